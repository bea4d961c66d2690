from odoo import fields, models


class SalesSubscriptionPeriodAgain(models.TransientModel):
    """Why a period is billed again whose document was cancelled."""

    _name = "sales.subscription.period.again"
    _description = "Bill a Period Again"

    period_id = fields.Many2one(
        "sales.subscription.period", required=True, readonly=True, help="The period."
    )
    period_state = fields.Selection(related="period_id.state")
    reason = fields.Char(required=True, help="Why it is billed again after all.")

    def action_bill(self):
        """Bill the period again.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.period_id.action_bill_again(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
