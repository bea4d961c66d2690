from odoo import fields, models


class SalesChannel(models.Model):
    """Where orders come from: shop, portal, marketplace, phone."""

    _name = "sales.channel"
    _description = "Sales Channel"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="Shown on the order.")
    code = fields.Char(
        required=True, help="Short name for imports and RPC, such as EBAY."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived channels cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    kind = fields.Selection(
        selection=[
            ("online", "Online shop"),
            ("offline", "Offline"),
            ("b2b_portal", "B2B portal"),
            ("mobile", "Mobile"),
            ("social", "Social media"),
            ("marketplace", "Marketplace"),
        ],
        required=True,
        default="offline",
        help="What the channel means to rules and analyses.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another channel has this code."
    )
