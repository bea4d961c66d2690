from odoo import api, fields, models
from odoo.tools import format_duration

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class SalesDeliveryWindow(models.Model):
    """Hours of a weekday in which a customer takes deliveries."""

    _name = "sales.delivery.window"
    _description = "Delivery Window"
    _order = "partner_id, weekday, hour_from"

    partner_id = fields.Many2one(
        "res.partner",
        string="Address",
        required=True,
        index=True,
        ondelete="cascade",
        help="Address that takes deliveries then.",
    )
    weekday = fields.Selection(
        selection=WEEKDAYS, required=True, default="0", help="Day of the week."
    )
    hour_from = fields.Float(
        string="From", required=True, default=8, help="First hour, in his time zone."
    )
    hour_to = fields.Float(
        string="To", required=True, default=17, help="Last hour, in his time zone."
    )

    _hours_order = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "From, To: the window begins before it ends, between 00:00 and 24:00.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for window in self:
            hours = map(format_duration, (window.hour_from, window.hour_to))
            window.display_name = f"{days.get(window.weekday, '')} {'-'.join(hours)}"


class ResPartner(models.Model):
    _inherit = "res.partner"

    delivery_window_ids = fields.One2many(
        "sales.delivery.window",
        "partner_id",
        string="Delivery Windows",
        groups="base.group_user",
        help="When this address takes deliveries; empty: always.",
    )

    def _get_delivery_windows(self):
        """Return the windows of the address, else those of its company."""
        own = self.delivery_window_ids
        return own or self.commercial_partner_id.delivery_window_ids
