from odoo import api, models

from ...exceptions import DeliveryError
from ..seam.sales_guard_mixin import Finding

WANTED = frozenset(
    {"requested_date", "requested_window_from", "requested_window_to", "warehouse_id"}
)


class SaleOrder(models.Model):
    """Hours that a customer wants are hours in which there is room.

    Where a warehouse has slots, an order for certain hours is confirmed, or moved, only
    into one that has room. Orders for a day alone take no place in any.
    """

    _inherit = "sale.order"

    def _get_slots(self):
        """Return the slots of the warehouse, as superuser, if hours are wanted."""
        self.ensure_one()
        # sudo: slots and hours may be hidden from who confirms, such as the customer.
        order = self.sudo()
        slots = order.env["sales.delivery.slot"]
        if not order.requested_date or not order.requested_window_to:
            return slots
        return slots._get_of(order.warehouse_id)

    def _get_slot_refusal(self, slots, day, hour):
        """Return why nothing is delivered on ``day`` from ``hour`` on, or False.

        :param slots: those of the warehouse; none: everything is possible
        """
        self.ensure_one()
        if not slots:
            return False
        slot = slots._get_at(day, hour)
        if slot and slots._get_left(day, 1, self)[slot, day] > 0:
            return False
        free = slots._get_next_free(day, hour, self)
        free = ", ".join(free) or self.env._("none")
        if slot:
            full = slot._get_day_text(day)
            return self.env._(
                "%(slot)s is full; free are: %(free)s", slot=full, free=free
            )
        return self.env._(
            "nothing is delivered at these hours; free are: %(free)s", free=free
        )

    def _get_own_slot_refusal(self):
        slots = self._get_slots()
        # sudo: as for the slots.
        order = self.sudo()
        return slots and order._get_slot_refusal(
            slots, order.requested_date, order.requested_window_from
        )

    def _pass_slots_one_by_one(self):
        for order in self.sudo():
            slots = order._get_slots()
            wanted = slots and slots._get_at(
                order.requested_date, order.requested_window_from
            )
            wanted._pass_one_by_one()

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "confirm":
            return findings
        for order in self:
            if text := order._get_own_slot_refusal():
                message = order.env._("Delivery Hours: %s.", text)
                found = Finding("order.delivery_slot", message)
                findings = {**findings, order.id: [*findings.get(order.id, ()), found]}
        return findings

    @api.model
    def _is_gate_shared(self):
        # sudo: slots hold for everybody.
        slots = self.env["sales.delivery.slot"].sudo()
        limited = slots._has_records() and bool(slots.search([], limit=1))
        return limited or super()._is_gate_shared()

    def _guard_ensure(self, operation, baseline=None):
        if operation == "confirm":
            self._pass_slots_one_by_one()
        return super()._guard_ensure(operation, baseline)

    def write(self, vals):
        result = super().write(vals)
        if not WANTED.isdisjoint(vals):
            self.filtered(lambda one: one.state == "sale")._ensure_slots()
        return result

    def _ensure_slots(self):
        """Refuse to move a confirmed order into hours without room."""
        self._pass_slots_one_by_one()
        for order in self:
            if text := order._get_own_slot_refusal():
                raise DeliveryError(
                    self.env._("Delivery Hours: %s.", text),
                    field="requested_window_from",
                    rule="slot",
                    order=order.name,
                )
