from odoo import fields, models


class SalesChangePolicy(models.Model):
    """What a policy says of returns."""

    _inherit = "sales.change.policy"

    return_portal = fields.Boolean(
        string="Customers Ask for Returns",
        help="Customers ask for returns on their page, as long as the days below last.",
    )
    return_days = fields.Integer(
        string="Return Within (days)",
        default=14,
        help="Days after the delivery, counted in the customer's time zone; the last "
        "one counts in full. 0: no limit.",
    )
    return_auto_authorise = fields.Boolean(
        string="Authorise at Once",
        help="What a customer asks for in time needs nobody's consent, unless an "
        "approval policy says so.",
    )
    return_auto_amount = fields.Monetary(
        string="Up to",
        help="Only returns worth at most this much, without taxes; 0: any.",
    )
    return_authorised_only = fields.Boolean(
        string="Only With Authorisation",
        help="Goods of an order come back with an authorised return alone: the warehouse "
        "makes no return of a delivery by itself.",
    )
    return_inspection = fields.Boolean(
        string="Inspect before Crediting",
        help="What came back waits until somebody has looked at it. Otherwise it counts "
        "as good as soon as the warehouse has it.",
    )
    return_credit_draft = fields.Boolean(
        string="Accounting Posts Credit Notes",
        help="Credit notes stay drafts, and nothing is paid back before they are posted.",
    )
    return_quarantine_id = fields.Many2one(
        "stock.location",
        string="Damaged Goods To",
        domain="[('usage', 'in', ('internal', 'inventory')),"
        " ('company_id', 'in', (company_id, False))]",
        help="Where goods go that the inspection found damaged, such as quarantine or "
        "scrap. Empty: they stay where they were received.",
    )
    return_instructions = fields.Html(
        translate=True,
        help="What the customer reads when his return is authorised: packing, address, "
        "who pays the freight.",
    )

    _return_days_positive = models.Constraint(
        "CHECK (return_days >= 0 AND return_auto_amount >= 0)",
        "Return Within, Up to: enter 0 or more.",
    )
