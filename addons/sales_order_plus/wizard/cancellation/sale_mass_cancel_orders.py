from odoo import api, fields, models

from ...exceptions import CancellationError
from ...models.cancellation.grants import because


class SaleMassCancelOrders(models.TransientModel):
    """Many orders are cancelled for one reason."""

    _inherit = "sale.mass.cancel.orders"

    reason_id = fields.Many2one(
        "sales.cancel.reason", help="Why; kept with each of the orders."
    )
    note = fields.Text(help="What there is to say about it.")
    is_reason_required = fields.Boolean(
        compute="_compute_is_reason_required",
        help="One of them is cancelled only with a reason.",
    )

    @api.depends("sale_order_ids")
    def _compute_is_reason_required(self):
        for wizard in self:
            orders = wizard.sale_order_ids
            wizard.is_reason_required = any(orders.mapped("is_cancel_controlled"))

    def action_mass_cancel(self):
        if not self.reason_id:
            if self.is_reason_required:
                raise CancellationError(
                    self.env._("Reason: choose why these orders are cancelled."),
                    field="reason_id",
                    rule="required",
                )
            return super().action_mass_cancel()
        with because(self.reason_id, self.note):
            return super().action_mass_cancel()
