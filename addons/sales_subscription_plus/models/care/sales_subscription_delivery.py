from datetime import time

from odoo import api, fields, models

from odoo.addons.sales_order_plus.models.seam.moments import get_moment

from ...exceptions import SelfServiceRefusedError
from ...tools import delivery

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class SalesSubscription(models.Model):
    """How the customer wants to be delivered; each period's order keeps to it."""

    _inherit = "sales.subscription"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        groups="base.group_user",
        help="How the goods of the periods are sent.",
    )
    picking_policy = fields.Selection(
        selection=[("direct", "As soon as possible"), ("one", "All at once")],
        string="Shipping Policy",
        groups="base.group_user",
        help="Whether what is there is sent before the rest; empty: as usual.",
    )
    deliver_monday = fields.Boolean(string="Mondays", help="Deliver on Mondays.")
    deliver_tuesday = fields.Boolean(string="Tuesdays", help="Deliver on Tuesdays.")
    deliver_wednesday = fields.Boolean(
        string="Wednesdays", help="Deliver on Wednesdays."
    )
    deliver_thursday = fields.Boolean(string="Thursdays", help="Deliver on Thursdays.")
    deliver_friday = fields.Boolean(string="Fridays", help="Deliver on Fridays.")
    deliver_saturday = fields.Boolean(string="Saturdays", help="Deliver on Saturdays.")
    deliver_sunday = fields.Boolean(string="Sundays", help="Deliver on Sundays.")
    delivery_note = fields.Char(
        size=200, help="What the driver should know, such as a time or a place."
    )
    away_from = fields.Date(copy=False, help="First day without deliveries.")
    away_until = fields.Date(copy=False, help="Last day without deliveries.")
    away_mode = fields.Selection(
        selection=[("shift", "Deliver afterwards"), ("skip", "Leave it out")],
        string="While Away",
        required=True,
        default="shift",
        help="A period that begins while the customer is away is delivered when he is "
        "back, or neither delivered nor billed.",
    )
    next_delivery_date = fields.Date(
        compute="_compute_next_delivery_date",
        store=True,
        index="btree_not_null",
        help="When the goods of the next period are delivered.",
    )

    _check_away = models.Constraint(
        "CHECK((away_from IS NULL) = (away_until IS NULL) AND away_from <= away_until)",
        "Away: give the first and the last day, the last one not before the first.",
    )

    @api.depends(
        "next_billing_date",
        "away_from",
        "away_until",
        *(f"deliver_{day}" for day in WEEKDAYS),
    )
    def _compute_next_delivery_date(self):
        for subscription in self:
            day = subscription.next_billing_date
            subscription.next_delivery_date = day and subscription._find_delivery_day(
                day
            )

    # === Which day === #

    def _get_away(self):
        return self.away_from or None, self.away_until or None

    def _find_delivery_day(self, day):
        """Return the first day from ``day`` on that suits the customer."""
        self.ensure_one()
        weekdays = frozenset(
            number for number, name in enumerate(WEEKDAYS) if self[f"deliver_{name}"]
        )
        return delivery.find_day(day, weekdays, self._get_away())

    def _get_delivery_moment(self):
        """Return noon of the day the order made now is delivered on, in UTC, or False.

        False where the customer has no wish that moves it.
        """
        self.ensure_one()
        today = self._get_today()
        earliest = max(self.current_start or today, today)
        day = self._find_delivery_day(earliest)
        if day == earliest and not any(self[f"deliver_{name}"] for name in WEEKDAYS):
            return False
        return get_moment(day, time(12), self.tz)

    # === Orders === #

    def _prepare_order_vals(self, commands):
        vals = super()._prepare_order_vals(commands)
        # sudo: what was agreed counts, whoever bills.
        subscription = self.sudo()
        wishes = {
            "carrier_id": subscription.carrier_id.id,
            "picking_policy": subscription.picking_policy,
            "commitment_date": subscription._get_delivery_moment(),
            "delivery_instructions": subscription.delivery_note,
        }
        return {**vals, **{name: wish for name, wish in wishes.items() if wish}}

    def _prepare_period_lines(self, period):
        """Nothing is ordered for a period that begins while the customer is away."""
        skipped = (
            self.away_mode == "skip"
            and period.kind == "regular"
            and delivery.is_away(period.date_start, self._get_away())
        )
        return [] if skipped else super()._prepare_period_lines(period)

    # === The customer's own form === #

    def _customer_delivery(self, values):
        """Take over how the customer wants to be delivered.

        :param dict values: what his form sent, by the names of our fields
        """
        self._check_self_service("delivery")
        first, last = (
            self._to_date(values.get(name)) or False
            for name in ("away_from", "away_until")
        )
        if bool(first) != bool(last) or (first and first > last):
            raise SelfServiceRefusedError(
                self.env._(
                    "Give the first and the last day without deliveries, the last one "
                    "not before the first."
                )
            )
        self.write(
            {
                **{f"deliver_{day}": f"deliver_{day}" in values for day in WEEKDAYS},
                "delivery_note": (values.get("delivery_note") or "")[:200],
                "away_from": first,
                "away_until": last,
                "away_mode": "skip" if values.get("away_mode") == "skip" else "shift",
            }
        )
        self._log_event("subscription.delivery_changed")
