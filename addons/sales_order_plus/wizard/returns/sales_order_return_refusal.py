from odoo import fields, models


class SalesOrderReturnRefusal(models.TransientModel):
    """Why a return is refused."""

    _name = "sales.order.return.refusal"
    _description = "Refuse a Return"

    return_id = fields.Many2one(
        "sales.order.return",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The return.",
    )
    reason = fields.Text(required=True, help="Why; the customer reads it.")

    def action_refuse(self):
        """Refuse the return.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.return_id.action_refuse(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
