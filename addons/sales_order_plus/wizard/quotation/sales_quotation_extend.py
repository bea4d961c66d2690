from odoo import fields, models


class SalesQuotationExtend(models.TransientModel):
    _name = "sales.quotation.extend"
    _description = "Extend Validity"

    order_ids = fields.Many2many(
        "sale.order",
        string="Quotations",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        help="Quotations that shall stand longer.",
    )
    days = fields.Integer(
        default=15,
        required=True,
        help="Days from today, or from the end of the validity if that is later.",
    )
    reason = fields.Char(help="Kept with the event and told in the chatter.")
    reprice = fields.Boolean(
        string="Prices of Today",
        help="Fetch today's prices. Other prices than the ones sent start a new revision.",
    )

    def action_extend(self):
        """Extend the validity.

        :return: action that closes the dialog
        """
        self.order_ids.action_extend_validity(
            days=self.days, reason=self.reason or "", reprice=self.reprice
        )
        return {"type": "ir.actions.act_window_close"}
