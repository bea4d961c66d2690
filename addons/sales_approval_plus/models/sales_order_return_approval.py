from odoo import fields, models


class SalesOrderReturn(models.Model):
    """Returns, approved before the customer may send the goods."""

    _inherit = "sales.order.return"

    _approval_operation = "return"
    _approval_link = "return_id"
    _approval_closing = ("draft", "refused", "withdrawn")

    approval_request_ids = fields.One2many(
        "sales.approval.request",
        "return_id",
        string="Approvals",
        help="Requests for approval of this return.",
    )

    # === What is measured === #

    def _measure_return_amount(self):
        return self._measure_each(lambda one: one._get_company_amount())

    def _get_company_amount(self):
        """Return what comes back, without taxes, in the currency of the company."""
        order = self.order_id
        worth = sum(line._get_credit_worth(line.quantity) for line in self.line_ids)
        return order.currency_id._convert(
            worth, order.company_id.currency_id, order.company_id, order.date_order
        )

    def _measure_return_days(self):
        return self._measure_each(lambda one: one.days_since_delivery)

    def _measure_return_late(self):
        return self._measure_each(lambda one: one.is_late)

    # === What is decided on === #

    def _get_approval_snapshot(self):
        """Return what comes back, why, and what the customer wants instead."""
        self.ensure_one()
        one = self.sudo()
        return {
            "terms": {
                "order": one.order_id.id,
                "reason": one.reason_id.id,
                "lines": sorted(
                    [line.order_line_id.id, f"{line.quantity:.6f}", line.resolution]
                    for line in one.line_ids
                ),
            },
        }

    def _render_approval_subject(self):
        return self.env["ir.qweb"]._render(
            "sales_approval_plus.return_subject", {"document": self}
        )

    # === What becomes of it === #

    def _guard_release(self, operation):
        super()._guard_release(operation)
        if operation != self._approval_operation:
            return
        for one in self.filtered(lambda one: one.state == "requested"):
            if not one._get_guard_stops(operation):
                one._authorise_approved()

    def _authorise_approved(self):
        """Authorise in a savepoint; tell the salesperson if that fails."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                # sudo: who approves need not write orders.
                self.sudo()._authorise()
        except Exception as error:  # noqa: BLE001 whatever stops it, the decision stays
            self.order_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Approved, but authorising the return failed"),
                note=str(error),
                user_id=self.user_id.id or self.env.uid,
            )

    def _refuse_not_approved(self, reason):
        # sudo: an approver need not write orders; he has voted.
        self.sudo().filtered(lambda one: one.state == "requested").action_refuse(
            reason=reason
        )

    def _send_back_for_changes(self, reason):
        """A return is not edited by us: the customer asks again."""
        self._refuse_not_approved(reason)
