from odoo import fields, models


class SalesCounterOfferRefuse(models.TransientModel):
    _name = "sales.counter.offer.refuse"
    _description = "Refuse Counter-Offer"

    offer_id = fields.Many2one(
        "sales.counter.offer",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The offer to refuse.",
    )
    answer = fields.Text(required=True, help="What the customer reads.")

    def action_refuse(self):
        """Refuse the offer.

        :return: action that closes the dialog
        """
        self.offer_id.action_refuse(answer=self.answer)
        return {"type": "ir.actions.act_window_close"}
