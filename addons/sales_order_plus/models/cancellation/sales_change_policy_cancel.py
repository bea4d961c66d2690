from odoo import fields, models


class SalesChangePolicy(models.Model):
    """What a policy says of cancellations."""

    _inherit = "sales.change.policy"

    cancel_portal = fields.Boolean(
        string="Customers Cancel",
        help="Customers cancel on their page, as long as the time below lasts.",
    )
    cancel_hours = fields.Float(
        string="Within (hours)",
        help="Hours after the confirmation; the last minute counts. 0: no limit.",
    )
    cancel_days_before = fields.Integer(
        string="Days before Delivery",
        help="Until the end of the day so many days before the planned delivery, in the "
        "time zone of the warehouse. 0: no limit.",
    )
    cancel_until = fields.Selection(
        selection=[
            ("picked", "Goods are picked or their list is printed"),
            ("shipped", "Something is shipped"),
        ],
        string="Until",
        required=True,
        default="picked",
        help="From then on nothing is cancelled any more, whatever the hours say.",
    )
    cancel_staff = fields.Boolean(
        string="Salespeople Too",
        help="When the time is over, sales administrators alone cancel. Otherwise the "
        "time is for customers.",
    )

    _cancel_times_positive = models.Constraint(
        "CHECK (cancel_hours >= 0 AND cancel_days_before >= 0)",
        "Within, Days before Delivery: enter 0 or more.",
    )
