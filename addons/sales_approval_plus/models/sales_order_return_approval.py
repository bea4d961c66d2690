from odoo import fields, models


class SalesOrderReturn(models.Model):
    """Returns, approved before the customer may send the goods."""

    _inherit = "sales.order.return"

    _approval_operation = "return"
    _approval_link = "return_id"
    _approval_closing = ("draft", "refused", "withdrawn")
    _approval_waiting = "requested"

    approval_request_ids = fields.One2many(
        "sales.approval.request",
        "return_id",
        string="Approvals",
        help="Requests for approval of this return.",
    )

    # === What is measured === #

    def _measure_return_amount(self):
        return self._measure_each(lambda one: one._get_company_value(one._get_worth()))

    def _get_worth(self):
        """Return what comes back, without taxes, in the currency of the order."""
        return sum(line._get_credit_worth(line.quantity) for line in self.line_ids)

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

    def _go_on_approved(self):
        # sudo: who approves need not write orders.
        go_on = self.sudo()._authorise
        summary = self.env._("Approved, but authorising the return failed")
        self._try_released(go_on, self.order_id, summary)
