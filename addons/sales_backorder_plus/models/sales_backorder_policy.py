from odoo import fields, models

STRATEGIES = [
    ("keep", "Keep"),
    ("best", "Best first"),
    ("redistribute", "Redistribute"),
    ("fair", "Fair share"),
    ("give", "Give way"),
]


class SalesBackorderPolicy(models.Model):
    """How the shortages of some customers are handled; the first that fits holds.

    The sequence is also the tier: of two equally urgent backorders the one with the
    earlier policy gets goods first.
    """

    _name = "sales.backorder.policy"
    _description = "Backorder Policy"
    _inherit = ["sales.backorder.scope.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Named where a decision is explained."
    )
    strategy = fields.Selection(
        selection=STRATEGIES,
        default="keep",
        required=True,
        help="What Reallocate does with reservations. Keep: they stay. Best first: these "
        "customers also get what later ones without a policy hold. Redistribute: dealt "
        "out again by rank. Fair share: shared in proportion to what each needs. Give "
        "way: others get it.",
    )
    firm_days = fields.Integer(
        string="Promised Within (Days)",
        help="What is promised within so many days is not taken away; 0: promises do "
        "not protect.",
    )
    on_confirm = fields.Selection(
        selection=[
            ("register", "Register the shortage"),
            ("split", "Split the delivery"),
            ("hold", "Hold until complete"),
        ],
        string="At Confirmation",
        default="register",
        required=True,
        help="What happens to a confirmed order of which something is short. Split: "
        "what is there goes into a transfer of its own. Hold: nothing leaves until all "
        "of it is there.",
    )
    on_delivery = fields.Selection(
        selection=[
            ("type", "As the operation type says"),
            ("ask", "Ask"),
            ("always", "Create a backorder"),
            ("never", "Cancel the rest"),
        ],
        string="At Delivery",
        default="type",
        required=True,
        help="What becomes of what a delivery leaves out. Cancel the rest: the line is "
        "cancelled down to what was delivered.",
    )
    min_value = fields.Monetary(
        string="Only From",
        help="A rest worth less, without taxes, is cancelled at the delivery; 0: none.",
    )
    max_wait_days = fields.Integer(
        string="Longest Wait (Days)",
        help="What is short for longer is cancelled, if nothing of it is reserved or on "
        "its way; 0: never.",
    )

    _numbers_positive = models.Constraint(
        "CHECK(firm_days >= 0 AND max_wait_days >= 0 AND min_value >= 0)",
        "Backorder Policy: give numbers of 0 or more.",
    )
