from odoo import api, fields, models

from ..models.sales_approval_override import CATEGORIES


class SalesApprovalOverride(models.TransientModel):
    """Ask why an order must pass without its approval."""

    _name = "sales.approval.override"
    _description = "Emergency Override"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order."
    )
    finding = fields.Text(
        related="order_id.guard_message", help="What stands against the order."
    )
    category = fields.Selection(
        selection=CATEGORIES, required=True, help="Kind of emergency."
    )
    reason = fields.Text(
        required=True, help="Why it cannot wait; an auditor reads it afterwards."
    )
    hours = fields.Integer(
        string="Holds (hours)",
        default=24,
        help="How long the order may be confirmed as it is.",
    )

    needs_second = fields.Boolean(
        compute="_compute_needs_second", help="Whether a second person has to agree."
    )

    @api.depends("order_id")
    def _compute_needs_second(self):
        for wizard in self:
            order = wizard.order_id
            standing = order._get_approval_standings("confirm").get(order.id)
            wizard.needs_second = bool(standing) and order._needs_second_person(
                standing
            )

    def action_override(self):
        """Let the order pass.

        :return: window action that closes the dialog
        :raise ApprovalError: names what is wrong
        """
        self.ensure_one()
        self.order_id.action_override_approval(
            reason=self.reason, category=self.category, hours=self.hours
        )
        return {"type": "ir.actions.act_window_close"}
