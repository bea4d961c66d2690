from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import ProformaError
from .grants import writing_proforma


class SalesProforma(models.Model):
    """The life of a proforma: issued, sent, withdrawn."""

    _inherit = "sales.proforma"

    # === Actions === #

    def action_issue(self):
        """Give numbers, fix content and rate, and open the page for the customer.

        :return: True
        :raise ProformaError: if it is no draft, or more than the order would be asked
        :raise GuardError: if a rule, a hold or the credit limit stands against it
        """
        self.check_access("write")
        for proforma in self:
            proforma._issue()
        return True

    def _issue(self):
        self.ensure_one()
        self._check_is_draft()
        self.order_id._lock_for_proforma()
        self._check_order_open()
        with writing_proforma():
            self.date = self._get_today()
            self._build_lines()
            self._check_share()
            self._guard_ensure("issue")
            self.write(self._prepare_issue_vals())
        self._portal_ensure_token()
        self._log_event("proforma.issued", amount=self.amount_total)

    def _prepare_issue_vals(self):
        self.ensure_one()
        sequence = self.company_id._get_proforma_sequence()
        return {
            "name": sequence.next_by_id(sequence_date=self.date),
            "issued_on": fields.Datetime.now(),
            "valid_until": self.valid_until or self._get_default_valid_until(),
            "credit_result": self._get_credit_result(),
        }

    def _get_default_valid_until(self):
        days = self.company_id.proforma_validity_days
        return fields.Date.add(self.date, days=days) if days else False

    def action_cancel(self):
        """Withdraw proformas that are not paid; their share of the order is free again.

        :return: True
        :raise ProformaError: if something is paid already
        """
        self.check_access("write")
        for proforma in self.filtered("amount_paid"):
            raise ProformaError(
                self.env._(
                    "%(name)s: %(amount)s is paid on it. Refund or cancel the "
                    "payment first.",
                    name=proforma.display_name,
                    amount=proforma.currency_id.format(proforma.amount_paid),
                )
            )
        active = self.filtered(lambda proforma: not proforma.cancelled_on)
        with writing_proforma():
            active.write({"cancelled_on": fields.Datetime.now()})
        active._log_event("proforma.cancelled")
        return True

    def action_preview(self):
        """Open the customer's page.

        :return: URL action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    def action_send(self):
        """Open the mail to the customer with the PDF attached.

        :return: window action
        :raise ProformaError: if it is not issued
        """
        self.ensure_one()
        if self.state == "draft":
            raise ProformaError(
                self.env._("%s is a draft. Issue it first.", self.display_name)
            )
        template = self.env.ref("sales_order_plus.sales_proforma_mail_template")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
            },
        }

    # === Tools === #

    def _get_today(self):
        """Return today where the company is, for portal, cron and RPC alike."""
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _check_order_open(self):
        self.ensure_one()
        if self.order_id.state == "cancel":
            raise ProformaError(
                self.env._(
                    "Order %s is cancelled: nothing can be asked for it. "
                    "Set it back to quotation first.",
                    self.order_id.name,
                )
            )

    @api.model
    def _get_active_domain(self):
        """Proformas that hold a share of their order."""
        return Domain("state", "in", ("issued", "paid"))

    def _get_report_base_filename(self):
        self.ensure_one()
        return f"Proforma {self.name}"
