from odoo import fields, models


class SalesQuotationCompare(models.TransientModel):
    _name = "sales.quotation.compare"
    _inherit = ["sales.compare.mixin"]
    _description = "Compare Revisions"

    order_id = fields.Many2one(string="Quotation", help="The quotation.")
    old_id = fields.Many2one(
        "sales.quotation.revision",
        string="Revision",
        required=True,
        domain="[('order_id', '=', order_id)]",
        help="The revision on the left.",
    )
    new_id = fields.Many2one(
        "sales.quotation.revision",
        string="With",
        domain="[('order_id', '=', order_id)]",
        help="The revision on the right; empty: the quotation as it is now.",
    )

    def _get_difference(self):
        self.ensure_one()
        return self.order_id._compare_revisions(self.old_id.number, self.new_id.number)
