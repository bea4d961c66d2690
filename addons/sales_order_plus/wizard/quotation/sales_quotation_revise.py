from odoo import fields, models


class SalesQuotationRevise(models.TransientModel):
    _name = "sales.quotation.revise"
    _description = "New Revision"

    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The quotation to revise.",
    )
    reason = fields.Char(required=True, help="Why; told in the chatter.")

    def action_revise(self):
        """Start the next revision.

        :return: action that closes the dialog
        """
        self.order_id.action_new_revision(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
