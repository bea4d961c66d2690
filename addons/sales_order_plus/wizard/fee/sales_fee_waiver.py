from odoo import fields, models


class SalesFeeWaiver(models.TransientModel):
    """Why the restocking fee of a cancellation or a return is waived."""

    _name = "sales.fee.waiver"
    _description = "Waive a Restocking Fee"

    cancellation_id = fields.Many2one(
        "sales.order.cancellation", help="The cancellation."
    )
    return_id = fields.Many2one("sales.order.return", help="The return.")
    reason = fields.Char(required=True, help="Why the customer pays no fee.")

    def action_waive(self):
        """Waive the fee, or ask a sales manager to.

        :return: action that closes the dialog
        """
        self.ensure_one()
        (self.cancellation_id or self.return_id).action_waive_fee(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
