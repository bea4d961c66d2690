from odoo import fields, models


class SalesOrderType(models.Model):
    """When orders of a type are invoiced without anybody doing it."""

    _inherit = "sales.order.type"

    invoicing_trigger = fields.Selection(
        string="Invoice Orders",
        selection=[
            ("manual", "By hand"),
            ("on_confirm", "When confirmed"),
            ("on_delivery", "At each delivery"),
            ("on_full_delivery", "When all is delivered"),
        ],
        required=True,
        default="manual",
        help="When the invoice is made, posted and sent.",
    )
    invoicing_send = fields.Boolean(
        string="Send Invoices",
        default=True,
        help="Send the posted invoice the way the customer wants it.",
    )
