from odoo import fields, models


class SalesOrderType(models.Model):
    """A kind of order with its own numbers and defaults."""

    _name = "sales.order.type"
    _description = "Order Type"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="Shown on the order.")
    code = fields.Char(
        required=True, help="Short name for imports and RPC, such as RUSH."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived types cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    kind = fields.Selection(
        selection=[
            ("regular", "Regular"),
            ("recurring", "Recurring"),
            ("subscription", "Subscription"),
            ("rush", "Rush"),
            ("emergency", "Emergency"),
            ("sample", "Sample"),
        ],
        required=True,
        default="regular",
        help="What the type means to rules and analyses.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another order type has this code."
    )
