from odoo import api, fields, models
from odoo.fields import Command

from ..grants import billing


class SalesSubscriptionPeriod(models.Model):
    """Rows of the ledger become orders or invoices, as many at once as there are."""

    _inherit = "sales.subscription.period"

    invoice_line_ids = fields.One2many(
        "account.move.line",
        "sales_period_id",
        string="Invoice Lines",
        readonly=True,
        help="Lines of invoices that bill this period without an order.",
    )

    @api.model
    def _bill(self, lines_by_period):
        """Order or invoice what each period sells; with nothing it is left out.

        The periods are of one company, which is the environment's, and code bills:
        the gate of the orders does not look at whose code.

        :param dict lines_by_period: {period: values of lines of orders}
        """
        empty = self.union(
            *(row for row, lines in lines_by_period.items() if not lines)
        )
        if empty:
            empty.state = "skipped"
        filled = {row: lines for row, lines in lines_by_period.items() if lines}
        ordered = {
            row: lines
            for row, lines in filled.items()
            if not row._is_invoiced_at_once(lines)
        }
        invoiced = {row: filled[row] for row in filled if row not in ordered}
        if invoiced:
            self._invoice_at_once(invoiced)
        if ordered:
            self._order_first(ordered)

    def _is_invoiced_at_once(self, lines):
        """Return whether the period needs no order.

        A discount by hand was never agreed by those who decide on discounts: the gate
        of an order asks them.
        """
        self.ensure_one()
        own = self.subscription_id
        by_hand = own.discount_ids.filtered(lambda one: one.source == "manual")
        if any(discount._holds_for(self.period_no) for discount in by_hand):
            return False
        ids = {vals["product_id"] for vals in lines}
        products = self.env["product.product"].browse(ids)
        return own.plan_id._invoices_at_once(products)

    # === Orders === #

    @api.model
    def _order_first(self, lines_by_period):
        """Order what the periods sell, and invoice the orders that may go on."""
        periods = self.union(*lines_by_period)
        with billing():
            orders = self.env["sale.order"].create(
                [row._prepare_order_vals(lines_by_period[row]) for row in periods]
            )
        for row, order in zip(periods, orders, strict=True):
            row.subscription_id._freeze_currency(order)
            row._link_order(order, order.order_line.filtered("product_id"))
        confirmed = periods._confirm_or_submit()
        confirmed._invoice_or_wait()
        periods._log_billed()

    def _prepare_order_vals(self, lines):
        self.ensure_one()
        section = self._prepare_section_vals()
        commands = [Command.create(vals) for vals in (section, *lines)]
        return self.subscription_id._prepare_order_vals(commands)

    def _confirm_or_submit(self):
        """Confirm the orders of the periods, or ask those who can decide.

        :return: the periods whose orders are confirmed
        """
        stops = self.order_id._get_guard_stops("confirm")
        free = self.filtered(lambda row: row.order_id not in stops)
        free.order_id.action_confirm()
        for row in self - free:
            row._wait_for_decision(stops[row.order_id])
        return free

    def _wait_for_decision(self, findings):
        self.ensure_one()
        order, subscription = self.order_id, self.subscription_id
        self.waiting_reason = "\n".join(finding.message for finding in findings)
        order._guard_submit("confirm", "subscription")
        subscription._log_event("subscription.period_waiting", order=order.name)
        subscription._tell(
            self.env._("Order %(order)s waits for a decision", order=order.name),
            self.waiting_reason,
        )

    def _invoice_or_wait(self):
        """Invoice now, or leave it to the job that puts periods on one invoice."""
        shared = self.filtered("subscription_id.plan_id.consolidate")
        if shared:
            # sudo: only wakes the scheduler.
            self.env.ref("sales_subscription_plus.ir_cron_invoice").sudo()._trigger()
        alike = (self - shared).grouped(
            lambda row: (row.subscription_id.tz, row.subscription_id.plan_id.auto_post)
        )
        for rows in alike.values():
            rows._create_invoices(grouped=True)

    def _log_billed(self):
        """Leave an event of what was ordered or invoiced."""
        self.env["sales.audit.event"]._log_each(
            "subscription.billed",
            [(row.subscription_id, row._get_billed_details()) for row in self],
        )

    def _get_billed_details(self):
        self.ensure_one()
        details = {
            "period": self.period_no,
            "kind": self.kind,
            "amount": self.amount,
        }
        if self.order_id:
            waiting = self.order_id.state != "sale"
            details.update(order=self.order_id.name, waiting=waiting)
        return details
