from odoo import fields, models

UNTIL = [
    ("hours", "Some hours after the confirmation"),
    ("scheduled", "Some days before the delivery"),
    ("open", "As long as nothing is under way"),
]
CLOSED_BY = [
    ("picked", "Goods are picked"),
    ("printed", "A picking list is printed"),
    ("shipped", "Goods are shipped"),
]


class SalesChangePolicy(models.Model):
    """How long a confirmed order may be cancelled without asking anybody."""

    _inherit = "sales.change.policy"

    cancel_until = fields.Selection(
        selection=UNTIL,
        string="Customers May Cancel",
        help="How long customers cancel by themselves. Empty: they ask their "
        "salesperson.",
    )
    cancel_hours = fields.Float(
        string="Hours", default=2.0, help="How long after the confirmation."
    )
    cancel_days = fields.Integer(
        string="Days Before",
        default=1,
        help="How many days before the planned delivery the window closes.",
    )
    cancel_time = fields.Float(
        string="At",
        default=12.0,
        help="Time of that day at which it closes, in the time zone of the warehouse.",
    )
    cancel_closed_by = fields.Selection(
        selection=CLOSED_BY,
        string="Closed When",
        default="printed",
        help="It closes earlier as soon as the warehouse is that far. Empty: only the "
        "time counts.",
    )
    cancel_binds_staff = fields.Boolean(
        string="Also for Salespeople",
        help="Salespeople keep to it as well; sales managers may cancel later.",
    )

    _check_cancel_hours = models.Constraint(
        "CHECK(cancel_hours >= 0 AND cancel_days >= 0)",
        "Hours, Days Before: the window cannot close before it opens.",
    )
    _check_cancel_time = models.Constraint(
        "CHECK(cancel_time >= 0 AND cancel_time < 24)", "At: a time of the day."
    )
