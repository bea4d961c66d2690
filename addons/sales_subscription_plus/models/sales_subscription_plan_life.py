from odoo import fields, models


class SalesSubscriptionPlan(models.Model):
    """What happens at the end of a term, in a pause and when nobody pays."""

    _inherit = "sales.subscription.plan"

    renewal_mode = fields.Selection(
        selection=[
            ("none", "Nothing: it expires"),
            ("auto", "It goes on by itself"),
            ("quote", "A quotation to sign"),
        ],
        string="At the End of the Term",
        required=True,
        default="none",
        help="What happens when the term ends; can be changed on each subscription.",
    )
    renewal_term = fields.Integer(
        string="Renewed By (Periods)",
        help="Number of periods a renewal adds; 0: as many as the first term.",
    )
    renewal_uplift = fields.Float(
        string="Price Rise (%)",
        digits="Discount",
        help="Unit prices rise by this at each renewal that happens by itself.",
    )
    notice_days = fields.Integer(
        string="Days of Notice",
        default=30,
        help="The quotation to renew is made this many days before the end.",
    )
    pause_mode = fields.Selection(
        selection=[("keep", "Leaves periods out"), ("shift", "Moves what is paid")],
        string="A Pause",
        required=True,
        default="keep",
        help="Leaves out the periods that begin in it, or moves the days left of the "
        "period already paid to the time after it.",
    )
    dunning_policy_id = fields.Many2one(
        "sales.dunning.policy",
        ondelete="restrict",
        help="What is done day by day when a payment failed; empty: the first policy.",
    )
    grace_days = fields.Integer(
        default=7, help="Days to pay after a payment failed, before the end action."
    )
    grace_policy = fields.Selection(
        selection=[("continue", "Go on"), ("hold", "Wait for the payment")],
        string="Periods Meanwhile",
        required=True,
        default="continue",
        help="Whether further periods are ordered and billed while one is past due.",
    )
    grace_action = fields.Selection(
        selection=[("pause", "Pause"), ("cancel", "Cancel")],
        string="Then",
        required=True,
        default="pause",
        help="What is done on the day after the grace days, once.",
    )
    reactivation_days = fields.Integer(
        default=90,
        help="For so many days a subscription that ended can be started again; after "
        "that a new one is sold.",
    )

    _check_life_days = models.Constraint(
        "CHECK(grace_days >= 0 AND notice_days >= 0 AND reactivation_days >= 0 "
        "AND renewal_term >= 0)",
        "Days and periods: give 0 or more.",
    )
