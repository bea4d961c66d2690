from odoo import api, fields, models

from .fee_case import FeeCase


class SalesOrderReturn(models.Model):
    """What a return costs the customer, known before the goods are sent."""

    _name = "sales.order.return"
    _inherit = ["sales.order.return", "sales.fee.mixin"]

    expected_fee = fields.Monetary(
        compute="_compute_expected_fee",
        help="What is kept back if all of it comes and is good, without taxes.",
    )

    @api.model
    def _get_fee_states(self):
        open_ = ("draft", "requested")
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        return (*open_, "authorised", "received") if manager else open_

    @api.depends(
        "reason_id",
        "fee_waiver",
        "days_since_delivery",
        "line_ids.quantity",
        "line_ids.resolution",
        "line_ids.order_line_id",
    )
    def _compute_expected_fee(self):
        for one in self:
            given = {
                line: min(line.quantity, max(line.order_line_id.qty_invoiced, 0.0))
                for line in one.line_ids
                if line.order_line_id and line.resolution == "refund"
            }
            fees = one._get_return_fees(given) if one.order_id else {}
            one.expected_fee = sum(sum(part.values()) for part in fees.values())

    def _get_return_fees(self, given):
        if self.fee_waiver == "waived":
            return {}
        worths = {
            line.order_line_id: line._get_credit_worth(quantity)
            for line, quantity in given.items()
            if line.resolution == "refund"
        }
        case = FeeCase(
            on="return",
            reason=self.reason_id,
            days_after=self.days_since_delivery,
        )
        return self.env["sales.restocking.fee"]._get_fees(self.order_id, worths, case)

    # === Gate === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        return self._add_fee_findings(findings) if operation == "return" else findings
