from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestPoints(SubscriptionCommon):
    """Periods earn loyalty points as other orders do."""

    def setUp(self):
        super().setUp()
        self.env["loyalty.program"].search([("active", "=", True)]).action_archive()
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [
                    (0, 0, {"reward_point_mode": "money", "reward_point_amount": 1})
                ],
                "reward_ids": [
                    (
                        0,
                        0,
                        {
                            "reward_type": "discount",
                            "discount": 10.0,
                            "discount_mode": "per_order",
                            "discount_applicability": "order",
                            "required_points": 80,
                        },
                    )
                ],
            }
        )

    def _get_card(self):
        return self.env["loyalty.card"].search(
            [
                ("program_id", "=", self.program.id),
                ("partner_id", "=", self.customer.id),
            ]
        )

    def test_two_periods_of_fifty(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        card = self._get_card()
        self.assertEqual(card.points, 100.0)
        history = card.history_ids.sorted("id")
        self.assertEqual(history.mapped("issued"), [50.0, 50.0])
        self.assertEqual(set(history.mapped("order_model")), {"sale.order"})
        periods = subscription.period_ids.sorted("period_no")
        self.assertEqual(
            sorted(history.mapped("order_id")), sorted(periods.order_id.ids)
        )

    def test_first_period_only(self):
        self.program.rule_ids.subscription_scope = "first"
        self._subscribe()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self._get_card().points, 50.0)

    def test_later_periods_only(self):
        self.program.rule_ids.subscription_scope = "renewal"
        self._subscribe()
        self.assertFalse(sum(self._get_card().mapped("points")))
        self._bill("2026-02-28 12:00:00")
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(self._get_card().points, 100.0)

    def test_rewards_are_claimed_if_the_plan_says_so(self):
        self.monthly.auto_reward = True
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        second = subscription.period_ids[0]
        # 50 of before and 50 of this order: enough for 10 off.
        self.assertEqual(second.order_id.amount_total, 40.0)
        self.assertEqual((second.amount, second.move_id.amount_total), (40.0, 40.0))

    def test_rewards_wait_for_the_customer_otherwise(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(subscription.period_ids[0].order_id.amount_total, 50.0)
