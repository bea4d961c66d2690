from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ...exceptions import ChangeError, DeliveryError, GuardError
from .common import ChangeCommon

# A Monday.
NOW = "2026-03-02 08:00:00"
SATURDAY, NEXT = date(2026, 3, 7), date(2026, 3, 14)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDeliverySlot(ChangeCommon):
    """Orders for certain hours go into slots that have room; else free ones are named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        slots = cls.env["sales.delivery.slot"]
        cls.morning, cls.noon, cls.monday = slots.create(
            [
                {
                    "warehouse_id": cls.warehouse.id,
                    "weekday": weekday,
                    "hour_from": start,
                    "hour_to": end,
                    "capacity": capacity,
                }
                for weekday, start, end, capacity in (
                    ("5", 9, 12, 1),
                    ("5", 12, 15, 5),
                    ("0", 8, 12, 5),
                )
            ]
        )

    def _day(self, day, start, end):
        return {
            "requested_date": day,
            "requested_window_from": start,
            "requested_window_to": end,
        }

    def _to(self, day, start, end, **values):
        return {
            "kind": "date",
            "requested_date": day,
            "window_from": start,
            "window_to": end,
            **values,
        }

    def _refused(self, order, row):
        change = self._new_change(order, row)
        with self.assertRaises(ChangeError) as refusal, self.env.cr.savepoint():
            change.action_submit()
        self._flush()
        self.assertEqual(refusal.exception.context["rule"], "slot")
        return str(refusal.exception)

    def test_moved_where_there_is_room(self):
        order = self._confirmed()
        self._applied(order, self._to(SATURDAY, 9, 12))
        self.assertEqual(order.requested_date, SATURDAY)
        planned = order._get_requested_moment(SATURDAY, 9)
        self.assertEqual(order.sudo().picking_ids.scheduled_date, planned)

    def test_by_its_slot(self):
        order = self._confirmed()
        row = {"kind": "date", "requested_date": SATURDAY, "slot_id": self.noon.id}
        change = self._new_change(order, row)
        self.assertEqual(
            (change.line_ids.window_from, change.line_ids.window_to), (12, 15)
        )
        change.action_submit()
        change.action_apply()
        self.assertEqual(order.requested_window_from, 12)
        wrong = {**row, "requested_date": date(2026, 3, 6)}
        with self.assertRaises(ChangeError) as refusal:
            self._new_change(order, wrong).action_submit()
        self.assertEqual(refusal.exception.context["rule"], "weekday")

    def test_full_one_is_refused_with_the_next_three(self):
        self._confirmed(**self._day(SATURDAY, 9, 12))
        order = self._confirmed()
        text = self._refused(order, self._to(SATURDAY, 9, 12))
        free = (
            "Sat 7 Mar 12:00-15:00",
            "Mon 9 Mar 08:00-12:00",
            "Sat 14 Mar 09:00-12:00",
        )
        self.assertIn(f"free are: {', '.join(free)}.", text)
        self.assertIn("Sat 7 Mar 09:00-12:00 is full", text)
        self._applied(order, self._to(NEXT, 10, 11))

    def test_hours_without_a_slot(self):
        text = self._refused(self._confirmed(), self._to(SATURDAY, 18, 19))
        self.assertIn("nothing is delivered at these hours", text)
        self.assertIn("Mon 9 Mar", text)

    def test_it_takes_its_own_place_once(self):
        order = self._confirmed(**self._day(SATURDAY, 9, 12))
        self._applied(order, self._to(SATURDAY, 10, 12))
        self.assertEqual(order.requested_window_from, 10)

    def test_delivered_and_cancelled_ones_take_none(self):
        for end in (
            lambda order: self._deliver(order, 10),
            lambda o: o.action_cancel(),
        ):
            order = self._confirmed(**self._day(SATURDAY, 9, 12))
            end(order)
            self._flush()
        self._confirmed(**self._day(SATURDAY, 9, 12))

    def test_a_day_alone_is_free(self):
        self._confirmed(**self._day(SATURDAY, 9, 12))
        self._applied(self._confirmed(), self._to(SATURDAY, 0, 0))

    def test_quotations_are_confirmed_where_there_is_room(self):
        self._confirmed(**self._day(SATURDAY, 9, 12))
        order = self._new_order((self.product, 1), **self._day(SATURDAY, 9, 12))
        self.assertIn("is full", order.guard_message)
        for user in (self.salesman, self.env.user):
            for way in ("action_confirm", "write"):
                mine = order.with_user(user).sudo()
                with self.assertRaises(GuardError), self.env.cr.savepoint():
                    if way == "write":
                        mine.write({"state": "sale"})
                    else:
                        mine.action_confirm()
        order.requested_window_from = 12
        order.requested_window_to = 13
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_nor_past_the_request(self):
        self._confirmed(**self._day(SATURDAY, 9, 12))
        order = self._confirmed()
        with self.assertRaises(DeliveryError) as refusal, self.env.cr.savepoint():
            order.with_user(self.salesman).write(self._day(SATURDAY, 9, 12))
        self.assertEqual(refusal.exception.context["rule"], "slot")

    def test_taken_between_submitting_and_applying(self):
        order = self._confirmed()
        change = self._submitted(order, self._to(SATURDAY, 9, 12))
        self._confirmed(**self._day(SATURDAY, 9, 12))
        with self.assertRaises(DeliveryError), self.env.cr.savepoint():
            change.action_apply()
        self.assertFalse(order.requested_date)

    def test_other_warehouses_deliver_as_they_like(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "SLT", "company_id": self.company.id}
        )
        for _time in range(2):
            self._confirmed(warehouse_id=other.id, **self._day(SATURDAY, 18, 19))

    def test_for_programs(self):
        self._confirmed(**self._day(SATURDAY, 9, 12))
        order = self._confirmed()
        api = self.env["sales.order.api"].with_user(self.salesman)
        rows = api.get_delivery_slots(name=order.name, date="2026-03-07", days=3)
        self.assertEqual(
            [(one["date"], one["from"], one["to"], one["left"]) for one in rows],
            [
                ("2026-03-07", 9, 12, 0),
                ("2026-03-07", 12, 15, 5),
                ("2026-03-09", 8, 12, 5),
            ],
        )
