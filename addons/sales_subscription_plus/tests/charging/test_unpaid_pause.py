from freezegun import freeze_time

from odoo.tests import tagged

from .common_charge import ChargeCommon


@tagged("post_install", "-at_install")
class TestUnpaidPause(ChargeCommon):
    """What was paused for want of a payment goes on with it."""

    def _pay(self, subscription):
        with freeze_time("2026-02-20 12:00:00"):
            self.env["account.payment.register"].with_context(
                active_model="account.move",
                active_ids=subscription.period_ids.move_id.ids,
            ).create({})._create_payments()

    def test_a_pause_for_want_of_payment_ends_with_it(self):
        self._add_steps((5, "pause"))
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._dun_days("01-31", "02-05")
        self.assertTrue(subscription.paused_unpaid)
        self._pay(subscription)
        self.assertEqual(subscription.state, "active")
        self.assertFalse(subscription.paused_unpaid)

    def test_a_pause_by_grace_ends_with_the_payment(self):
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        self._run_cron("ir_cron_lifecycle", "2026-02-18 12:00:00")
        self.assertEqual(
            (subscription.state, subscription.paused_unpaid), ("paused", True)
        )
        self._pay(subscription)
        self.assertEqual(subscription.state, "active")

    def test_a_pause_by_hand_stays(self):
        self.answers = ["Insufficient funds"]
        subscription = self._new_charged()
        self._charge("2026-01-31 13:00:00")
        self.assertEqual(subscription.state, "past_due")
        subscription.action_pause()
        self._pay(subscription)
        self.assertEqual(subscription.state, "paused")
