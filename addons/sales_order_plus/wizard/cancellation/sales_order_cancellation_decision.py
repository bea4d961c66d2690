from odoo import fields, models


class SalesOrderCancellationDecision(models.TransientModel):
    """What has to be said when a cancellation is refused."""

    _name = "sales.order.cancellation.decision"
    _description = "Refuse a Cancellation"

    cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The cancellation.",
    )
    text = fields.Text(
        string="Reason", required=True, help="Why; the customer is told."
    )

    def action_refuse(self):
        """Refuse it.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.cancellation_id.action_refuse(reason=self.text)
        return {"type": "ir.actions.act_window_close"}
