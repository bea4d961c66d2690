from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from ..seam.granted import granted
from .account_move_invoicing import WITH_ORDER


class SaleOrder(models.Model):
    """Invoices by the trigger of the order type: made, posted and sent by a cron."""

    _inherit = "sale.order"

    invoicing_error = fields.Text(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Why no invoice is made by itself; nothing is tried until it is cleared.",
        prefetch="sales_rare",
    )

    def action_retry_invoicing(self):
        """Try to invoice again what failed."""
        self.check_access("write")
        self._write_own({"invoicing_error": False})
        self._trigger_invoicing()

    def _action_confirm(self):
        result = super()._action_confirm()
        self._trigger_invoicing()
        return result

    def _action_cancel(self):
        with granted(WITH_ORDER, True):
            return super()._action_cancel()

    def _trigger_invoicing(self):
        # sudo: whoever confirms or delivers need not see types and crons.
        triggers = set(self.sudo().order_type_id.mapped("invoicing_trigger"))
        if triggers - {"manual"}:
            cron = self.env.ref("sales_order_plus.ir_cron_invoicing").sudo()
            cron._trigger()

    @api.model
    def _get_invoicing_domain(self):
        """Return the orders something is to be invoiced of by their trigger.

        Odoo counts what was given back as not invoiced. Where somebody credited an
        invoice by hand, he decides what is invoiced of the order from then on.
        """
        trigger = "order_type_id.invoicing_trigger"
        due = Domain("invoice_status", "=", "to invoice")
        on_confirm = Domain(trigger, "=", "on_confirm") & (
            due | Domain("order_line.invoice_lines", "=", False)
        )
        on_delivery = (
            due
            & Domain(trigger, "=", "on_delivery")
            & Domain("delivery_status", "in", ("partial", "full", False))
        )
        on_full_delivery = (
            due
            & Domain(trigger, "=", "on_full_delivery")
            & Domain("delivery_status", "in", ("full", False))
        )
        return (
            Domain("state", "=", "sale")
            & Domain("invoicing_error", "=", False)
            & ~Domain("order_line.invoice_lines", "any", self._get_by_hand_domain())
            & (on_confirm | on_delivery | on_full_delivery)
        )

    @api.model
    def _get_by_hand_domain(self):
        """Return the invoice lines by which somebody gave back what was invoiced.

        Credit notes of returns and cancellations say by how much less was sold.
        """
        return (
            Domain("move_id.move_type", "=", "out_refund")
            & Domain("move_id.state", "!=", "cancel")
            & Domain("move_id.reversed_entry_id", "!=", False)
            & Domain("move_id.sales_return_id", "=", False)
            & Domain("move_id.sales_cancellation_id", "=", False)
        )

    @api.model
    def _cron_invoice_by_trigger(self):
        """Invoice what is due, one order after the other."""
        orders = self.search(self._get_invoicing_domain(), order="id")
        for order in orders:
            invoices = order._invoice_by_trigger()
            if not self.env["ir.cron"]._commit_progress(1):
                break
            if invoices and order.order_type_id.invoicing_send:
                order._send_trigger_invoices(invoices)

    def _invoice_by_trigger(self):
        """Make and post the invoice; what fails is told and leaves nothing behind."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._create_trigger_invoices()
        except OperationalError:
            # Somebody works on the order right now: the next run does it.
            return self.env["account.move"]
        except Exception as error:  # noqa: BLE001 the other orders must not wait
            self._write_own({"invoicing_error": str(error)})
            self._tell_invoicing(self.env._("Invoicing failed"), str(error))
            return self.env["account.move"]

    def _create_trigger_invoices(self):
        order = self.with_company(self.company_id)
        if order.order_type_id.invoicing_trigger == "on_confirm":
            order._force_lines_to_invoice_policy_order()
        invoices = order.with_context(
            raise_if_nothing_to_invoice=False
        )._create_invoices(final=True)
        invoices.action_post()
        return invoices

    def _send_trigger_invoices(self, invoices):
        """Send what is posted; if that fails, the invoice stays and people are told."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._check_invoice_recipient(invoices)
                self.env["account.move.send"]._generate_and_send_invoices(
                    invoices.with_company(self.company_id), allow_fallback_pdf=False
                )
        except Exception as error:  # noqa: BLE001 the invoice is posted already
            self._tell_invoicing(
                self.env._("Invoice is posted, but was not sent"), str(error)
            )

    def _check_invoice_recipient(self, invoices):
        for invoice in invoices.filtered(lambda move: not move.partner_id.email):
            raise ValueError(
                self.env._(
                    "%(partner)s has no e-mail address.",
                    partner=invoice.partner_id.display_name,
                )
            )

    def _tell_invoicing(self, summary, note):
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=note,
            user_id=self.user_id.id or self.env.ref("base.user_admin").id,
        )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self.sudo().sale_id._trigger_invoicing()
        return result
