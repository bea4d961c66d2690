from odoo import fields, models


class SalesQuotationBatchLine(models.TransientModel):
    _name = "sales.quotation.batch.line"
    _description = "Result of One Quotation"
    _order = "success, id"

    batch_id = fields.Many2one(
        "sales.quotation.batch", required=True, ondelete="cascade", help="The batch."
    )
    order_id = fields.Many2one("sale.order", string="Quotation", help="The quotation.")
    currency_id = fields.Many2one(related="order_id.currency_id", help="Currency.")
    success = fields.Boolean(string="Done", help="Whether it was done.")
    difference = fields.Monetary(help="Total now less total before.")
    reason = fields.Text(help="Why it was refused, and what to do.")
