from odoo import fields, models


class SalesSubscriptionPlan(models.Model):
    """What customers may do by themselves on their page."""

    _inherit = "sales.subscription.plan"

    allow_pause = fields.Boolean(
        string="Pause", default=True, help="Customers may pause and resume."
    )
    max_pause_days = fields.Integer(
        string="At Most (Days)",
        default=92,
        help="Longest pause a customer may choose; 0: as long as he wants.",
    )
    allow_skip = fields.Boolean(
        string="Leave Out a Period",
        default=True,
        help="Customers may leave the next period out.",
    )
    allow_quantity = fields.Boolean(
        string="Change Quantities",
        default=True,
        help="Customers may change quantities; the price is shown before.",
    )
    allow_plan = fields.Boolean(
        string="Change the Plan",
        default=True,
        help="Customers may go to another plan of the family.",
    )
    allow_cancel = fields.Boolean(
        string="Cancel",
        default=True,
        help="Customers may cancel to the end of what is paid.",
    )

    _check_pause_days = models.Constraint(
        "CHECK(max_pause_days >= 0)", "At Most: give 0 or more days."
    )
