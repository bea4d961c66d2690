import random

from freezegun import freeze_time

from odoo.tests import tagged

from .test_credit_note import CreditCommon


class CreditedChangeCommon(CreditCommon):
    """March is billed at 1.00 a day and credited by the accountant on the 2nd."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.write({"document": cls.document, "end_credit": True})
        cls.daily = cls._new_recurring("Test Daily", 31.0, cls.monthly, type="service")

    def _bill_march(self):
        subscription = self._subscribe((self.daily, 1), at="2026-02-01 10:00:00")
        self._bill("2026-03-01 12:00:00")
        subscription = subscription.with_user(self.manager)
        return subscription, subscription.sudo().period_ids[0]

    def _end(self, subscription, at="2026-03-16 12:00:00"):
        with freeze_time(at):
            subscription.action_cancel()
        self.assertEqual(subscription.state, "cancelled")

    def _change_quantity(self, subscription, quantity, at="2026-03-17 12:00:00"):
        with freeze_time(at):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=quantity
            )

    def _get_amounts(self, subscription):
        """Return the untaxed amounts of what was settled, below zero if given back."""
        moves = subscription.sudo().period_ids.filtered(
            lambda row: row.kind == "adjustment"
        )
        return [
            -row.move_id.amount_untaxed * row.move_id.direction_sign
            for row in moves.sorted("id")
        ]


class CreditedChangeCases:
    """What a person gave back of a period is not given back by settling it."""

    def test_the_end_without_a_credit_note(self):
        subscription, _period = self._bill_march()
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [-15.0])

    def test_the_end_after_all_was_credited(self):
        subscription, period = self._bill_march()
        self._credit(period.move_id)
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [])

    def test_the_end_after_a_part_was_credited(self):
        subscription, period = self._bill_march()
        self._credit(period.move_id, price=15.5)
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [-7.5])

    def test_an_upgrade_after_all_was_credited(self):
        subscription, period = self._bill_march()
        self._credit(period.move_id)
        self._change_quantity(subscription, 2.0)
        self.assertEqual(self._get_amounts(subscription), [30.0])
        # Nobody gave back what the change charged: it is settled in full.
        self._end(subscription, at="2026-03-26 12:00:00")
        self.assertEqual(self._get_amounts(subscription), [30.0, -10.0])

    def test_an_upgrade_after_a_part_was_credited(self):
        subscription, period = self._bill_march()
        self._credit(period.move_id, price=15.5)
        self._change_quantity(subscription, 2.0)
        self.assertEqual(self._get_amounts(subscription), [22.5])

    def test_all_is_credited_after_a_downgrade(self):
        subscription, period = self._bill_march()
        with freeze_time("2026-03-01 13:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=0.5
            )
        self.assertEqual(self._get_amounts(subscription), [-15.5])
        # 31.00 are given back, more than the 15.50 that were left.
        self._credit(period.move_id)
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [-15.5])

    def test_a_draft_gives_nothing_back_yet(self):
        subscription, period = self._bill_march()
        self._reverse(period.move_id)
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [-15.0])

    def test_never_more_than_was_left(self):
        rng = random.Random(1908)
        for _round in range(4):
            subscription, period = self._bill_march()
            invoiced = period.move_id.amount_untaxed
            price = rng.randint(1, 3100) / 100
            credited = self._credit(period.move_id, price=price).amount_untaxed
            day = rng.randint(3, 30)
            self._end(subscription, at=f"2026-03-{day:02d} 12:00:00")
            given = -sum(self._get_amounts(subscription))
            left = invoiced - credited
            self.assertTrue(0.0 <= given <= left, (price, day, given))
            self.assertAlmostEqual(given, left * (31 - day) / 31, delta=0.00501)


@tagged("post_install", "-at_install")
class TestCreditedChange(CreditedChangeCases, CreditedChangeCommon):
    """Where periods are ordered first."""

    document = "order"

    def test_an_order_that_was_invoiced_once_more(self):
        subscription, period = self._bill_march()
        self._credit(period.move_id)
        self._bill_again(period)
        self._end(subscription)
        self.assertEqual(self._get_amounts(subscription), [-15.0])


@tagged("post_install", "-at_install")
class TestCreditedChangeAtOnce(CreditedChangeCases, CreditedChangeCommon):
    """Where periods are invoiced without an order."""

    document = "invoice"
