from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_duration

from ..seam.moments import WEEKDAYS

# What a time field of a browser can show at the end of the day.
LAST_MINUTE = 23 + 59 / 60


def format_hour(hour):
    """Return 13.5 as 13:30, as the time field of a browser wants it."""
    return format_duration(min(hour, LAST_MINUTE)).zfill(5)


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

    def _format_hour(self, name):
        self.ensure_one()
        return format_hour(self[name])


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

    def _get_delivery_windows_text(self):
        """Return the windows in words, in the language of who reads them."""
        return ", ".join(self._get_delivery_windows().mapped("display_name"))

    def _get_portal_windows(self):
        """Return [(weekday, its name, from, to)] for the customer's address form."""
        first = {}
        for window in self.delivery_window_ids:
            first.setdefault(window.weekday, window)
        days = self.env["sales.delivery.window"]._fields["weekday"]
        return [
            (
                day,
                label,
                first[day]._format_hour("hour_from") if day in first else "",
                first[day]._format_hour("hour_to") if day in first else "",
            )
            for day, label in days._description_selection(self.env)
        ]

    def _set_portal_windows(self, windows):
        """Take over what the customer typed; days he left alone keep all theirs.

        :param dict windows: {weekday: (hour from, hour to) or None}
        """
        self.ensure_one()
        shown = {
            day: (begin, end) for day, _l, begin, end in self._get_portal_windows()
        }
        commands = []
        for day, typed in windows.items():
            hours = tuple(map(format_hour, typed)) if typed else ("", "")
            if hours == shown[day]:
                continue
            old = self.delivery_window_ids.filtered(lambda w, day=day: w.weekday == day)
            commands += [Command.delete(window.id) for window in old]
            if typed:
                vals = {"weekday": day, "hour_from": typed[0], "hour_to": typed[1]}
                commands.append(Command.create(vals))
        if commands:
            self.write({"delivery_window_ids": commands})
