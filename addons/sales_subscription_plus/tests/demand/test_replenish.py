from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import BaseCase, tagged

from ...tools import replenish
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestReplenishTools(BaseCase):
    """The day a customer runs out."""

    def _get_days(self, *gaps):
        days = [date(2026, 1, 5)]
        for gap in gaps:
            days.append(days[-1] + timedelta(days=gap))
        return days

    def test_median_gap(self):
        days = self._get_days(21, 20, 22)
        last = days[-1]
        for limits, wait in (
            ({}, 21),
            ({"safety": 2}, 19),
            ({"lowest": 30}, 30),
            ({"highest": 14}, 14),
            ({"safety": 40}, 1),
        ):
            with self.subTest(limits=limits):
                found = replenish.predict(days, **limits)
                self.assertEqual((found - last).days, wait)

    def test_too_little(self):
        self.assertIsNone(replenish.predict([]))
        self.assertIsNone(replenish.predict(self._get_days(21)))
        self.assertIsNone(replenish.measure(self._get_days(21, 20)))

    def test_the_error_is_measured_on_what_was_not_seen(self):
        # The third gap is foretold as 20.5, rounded to 20; it was 22.
        self.assertEqual(replenish.measure(self._get_days(21, 20, 22)), 2.0)
        self.assertEqual(replenish.measure(self._get_days(7, 7, 7, 7, 7)), 0.0)


@tagged("post_install", "-at_install")
class TestReplenish(SubscriptionCommon):
    """Goods come when the customer runs out, proposed or by themselves."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.box, 100)
        day = date(2026, 1, 5)
        for gap in (0, 21, 20, 22):
            day += timedelta(days=gap)
            self._buy(day)
        self.last = day
        self.assertEqual(str(self.last), "2026-03-09")
        with freeze_time("2026-03-10 10:00:00"):
            self.subscription = self._new_subscription(
                "2026-03-10", (self.box, 4), (self.care, 1)
            )
            self.subscription.action_start()
        self.line = self.subscription.sudo().line_ids[0]
        self.line.write({"replenish_mode": "suggest", "replenish_safety": 2})

    def _buy(self, day):
        with freeze_time(f"{day} 10:00:00"):
            order = self._new_order((self.box, 4))
            order.order_line.sales_plan_id = False
            order.action_confirm()
            self._deliver(order)

    def _deliver(self, order):
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.button_validate()

    def _run(self, at):
        self._run_cron("ir_cron_replenish", f"{at} 12:00:00")

    def _get_extras(self):
        rows = self.subscription.sudo().period_ids
        return rows.filtered(lambda row: row.kind == "adjustment")

    def test_last_delivery_and_median_gap_less_safety(self):
        self._run("2026-03-11")
        self.assertEqual(self.line.replenish_date, self.last + timedelta(days=21 - 2))
        self.assertEqual(self.line.replenish_error, 2.0)
        self.assertFalse(self.line.replenish_manual)

    def test_proposed_and_ordered_when_accepted(self):
        for day in ("2026-03-11", "2026-03-27", "2026-03-28", "2026-03-29"):
            self._run(day)
        change = self.subscription.sudo().change_ids
        self.assertEqual((len(change), change.state), (1, "proposed"))
        self.assertFalse(self._get_extras())
        with freeze_time("2026-03-29 13:00:00"):
            self.subscription.sudo()._customer_answer(change.id, True)
        extra = self._get_extras()
        self.assertEqual(extra.order_id.order_line.product_id, self.box)
        self.assertEqual((extra.order_id.state, extra.amount), ("sale", 80.0))
        with freeze_time("2026-03-30 10:00:00"):
            self._deliver(extra.order_id)
        self._run("2026-03-31")
        # 21, 20, 22 and 21 days: again 21, less 2.
        self.assertEqual(str(self.line.replenish_date), "2026-04-18")

    def test_never_by_itself_unless_he_chose_so(self):
        self.line.replenish_mode = "apply"
        for day in ("2026-03-11", "2026-03-28", "2026-03-29"):
            self._run(day)
        self.assertEqual(len(self._get_extras()), 1)
        self.assertEqual(self._get_extras().order_id.state, "sale")

    def test_a_day_set_by_hand_is_kept(self):
        self._run("2026-03-11")
        self.line.replenish_date = "2026-04-10"
        self.assertTrue(self.line.replenish_manual)
        self._run("2026-03-28")
        self.assertEqual(str(self.line.replenish_date), "2026-04-10")
        self.assertFalse(self.subscription.sudo().change_ids)

    def test_not_with_the_periods(self):
        self._bill("2026-03-10 12:00:00")
        period = self.subscription.sudo().period_ids
        self.assertEqual(period.order_id.order_line.product_id, self.care)
        self.assertEqual(self.subscription.sudo().mrr, 50.0)
