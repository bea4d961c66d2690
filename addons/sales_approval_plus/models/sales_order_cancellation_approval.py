from odoo import fields, models


class SalesOrderCancellation(models.Model):
    """Cancellations, approved before the order or its lines go."""

    _inherit = "sales.order.cancellation"

    _approval_operation = "cancel"
    _approval_link = "cancellation_id"
    _approval_closing = ("draft", "refused", "withdrawn", "retained")

    approval_request_ids = fields.One2many(
        "sales.approval.request",
        "cancellation_id",
        string="Approvals",
        help="Requests for approval of this cancellation.",
    )

    # === What is measured === #

    def _measure_cancel_amount(self):
        return self._measure_each(lambda one: one._get_company_value(one.amount))

    def _measure_cancel_shipped(self):
        return self._measure_each(lambda one: one.order_id._get_shipped_percent())

    def _measure_cancel_invoiced(self):
        return self._measure_each(
            lambda one: any(line.order_line_id.qty_invoiced for line in one.line_ids)
        )

    def _measure_cancel_our_fault(self):
        return self._measure_each(lambda one: one.reason_id.our_fault)

    # === What is decided on === #

    def _get_approval_snapshot(self):
        """Return what is cancelled, why, and what its trial gave."""
        self.ensure_one()
        one = self.sudo()
        return {
            "terms": {
                "order": one.order_id.id,
                "kind": one.kind,
                "reason": one.reason_id.id,
                "lines": sorted(
                    [line.order_line_id.id, f"{line.quantity:.6f}"]
                    for line in one.line_ids
                ),
            },
            "summary": one.summary or "",
            "impact": one.impact or {},
        }

    def _render_approval_subject(self):
        return self.env["ir.qweb"]._render(
            "sales_approval_plus.cancellation_subject", {"document": self}
        )

    # === What becomes of it === #

    def _go_on_approved(self):
        self._apply_released()
