from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_duration

from ..seam.moments import WEEKDAYS

# How far free slots are looked for.
LONGEST_SEARCH = 60


class SalesDeliverySlot(models.Model):
    """Hours of a weekday in which a warehouse delivers, and how many orders fit in."""

    _name = "sales.delivery.slot"
    _description = "Delivery Slot of a Warehouse"
    _inherit = ["sales.presence.mixin"]
    _order = "warehouse_id, weekday, hour_from"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        index=True,
        ondelete="cascade",
        help="The warehouse that delivers then.",
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, help="Its company."
    )
    active = fields.Boolean(default=True, help="Archived slots cannot be chosen.")
    weekday = fields.Selection(
        selection=WEEKDAYS, required=True, default="0", help="Day of the week."
    )
    hour_from = fields.Float(
        string="From",
        required=True,
        default=8,
        help="First hour, in the time zone of the delivery.",
    )
    hour_to = fields.Float(
        string="To",
        required=True,
        default=12,
        help="Last hour, in the time zone of the delivery.",
    )
    capacity = fields.Integer(
        required=True,
        default=10,
        help="How many orders are delivered in it on one day.",
    )

    _hours_order = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "From, To: the slot begins before it ends, between 00:00 and 24:00.",
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity > 0)", "Capacity: at least one order; else archive the slot."
    )
    _from_uniq = models.UniqueIndex(
        "(warehouse_id, weekday, hour_from) WHERE active",
        "This warehouse has a slot that begins then already.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for slot in self:
            slot.display_name = f"{days.get(slot.weekday, '')} {slot._get_hours_text()}"

    def _get_hours_text(self):
        self.ensure_one()
        return "-".join(map(format_duration, (self.hour_from, self.hour_to)))

    # === Which one === #

    @api.model
    @api.private
    def _get_of(self, warehouse):
        """Return the slots of a warehouse, as superuser; no query where none has any."""
        if not self._has_records():
            return self.sudo().browse()
        # sudo: they hold for everybody, the customer among them.
        found = self.sudo().search([("warehouse_id", "=", warehouse.id)])
        return found.sorted("hour_from")

    def _get_at(self, day, hour):
        """Return the one of these slots in which ``hour`` of ``day`` is."""
        weekday = str(day.weekday())
        return self.filtered(
            lambda one: one.weekday == weekday and one.hour_from <= hour < one.hour_to
        )[:1]

    # === How full === #

    def _get_left(self, start, days, order):
        """Return {(slot, day): how many more orders fit in}, in the order of time.

        :param start: first day
        :param int days: how many days
        :param order: the order that looks for room; it takes none itself
        """
        taken = self._get_taken(start, start + timedelta(days=days), order)
        return {
            (slot, day): slot.capacity - taken[slot, day]
            for day in (start + timedelta(days=number) for number in range(days))
            for slot in self
            if slot.weekday == str(day.weekday())
        }

    def _get_taken(self, start, end, order):
        """Return {(slot, day): orders} of the confirmed orders that are to come."""
        domain = [
            ("state", "=", "sale"),
            ("id", "!=", order._origin.id),
            ("warehouse_id", "in", self.warehouse_id.ids),
            ("requested_date", ">=", start),
            ("requested_date", "<", end),
            ("requested_window_to", ">", 0),
            ("delivery_status", "!=", "full"),
        ]
        names = ["requested_date", "requested_window_from"]
        orders = self.env["sale.order"].search_fetch(domain, names)
        days = ((one.requested_date, one.requested_window_from) for one in orders)
        return Counter((self._get_at(day, hour), day) for day, hour in days)

    def _get_next_free(self, start, hour, order, number=3):
        """Return the texts of the next free slots, not before ``hour`` of ``start``."""
        left = self._get_left(start, LONGEST_SEARCH, order)
        free = [
            (slot, day)
            for (slot, day), room in left.items()
            if room > 0 and (day, slot.hour_to) > (start, hour)
        ]
        return [slot._get_day_text(day) for slot, day in free[:number]]

    def _get_day_text(self, day):
        """Return day and hours, as people read them."""
        self.ensure_one()
        text = format_date(self.env, day, date_format="EEE d MMM")
        return f"{text} {self._get_hours_text()}"

    def _pass_one_by_one(self):
        """Make another transaction that takes room of these slots start again.

        Each counts what it sees: without a row that both write, both take the last
        place.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE sales_delivery_slot SET write_date = write_date "
                    "WHERE id IN %s",
                    tuple(self.ids),
                )
            )
