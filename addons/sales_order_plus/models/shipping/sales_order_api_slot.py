from odoo import api, fields, models

from ...exceptions import DeliveryError


class SalesOrderApi(models.AbstractModel):
    """When a warehouse delivers, and how much room there is."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_delivery_slots(self, *, name: str, date: str = "", days: int = 14):
        """Return the delivery slots for an order, with the room that is left.

        :param str name: number of the order
        :param str date: first day; empty: today
        :param int days: how many days, at most 60
        :return: list of dicts with ``date``, ``from`` and ``to`` (hours, time zone of
            the order) and ``left`` (orders), in the order of time
        :raise DeliveryError: if ``date`` is no day, or ``days`` no such number
        """
        order = self._get_order_by_name(name)
        try:
            start = fields.Date.to_date(date or fields.Date.context_today(order))
        except ValueError:
            start = None
        if not start or not 0 < days <= 60:
            raise DeliveryError(
                self.env._("date, days: give a day as 2026-03-07, and 1 to 60 days."),
                field="date" if not start else "days",
                rule="range",
            )
        # sudo: the orders of others take room too; only their number is told.
        order = order.sudo()
        slots = self.env["sales.delivery.slot"]._get_of(order.warehouse_id)
        return [
            {
                "date": str(day),
                "from": slot.hour_from,
                "to": slot.hour_to,
                "left": max(left, 0),
            }
            for (slot, day), left in slots._get_left(start, days, order).items()
        ]
