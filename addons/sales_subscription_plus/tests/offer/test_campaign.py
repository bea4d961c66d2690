from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import CampaignError
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestCampaign(SubscriptionCommon):
    """An offer to some subscribers: a code each, once, and none for who wants none."""

    def setUp(self):
        super().setUp()
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Stay",
                "program_type": "coupons",
                "reward_ids": [
                    (
                        0,
                        0,
                        {
                            "reward_type": "discount",
                            "discount": 20.0,
                            "discount_mode": "percent",
                            "required_points": 1,
                            "subscription_periods": 3,
                        },
                    )
                ],
            }
        )
        self.partners = self.env["res.partner"].create(
            [
                {"name": f"Subscriber {n}", "email": f"s{n}@test.example"}
                for n in range(4)
            ]
        )
        self.subscriptions = self.env["sales.subscription"].union(
            *(self._subscribe(partner_id=partner.id) for partner in self.partners)
        )
        self.subscriptions[:3].sudo().write({"churn_band": "high"})
        self.campaign = (
            self.env["sales.subscription.campaign"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Please stay",
                    "program_id": self.program.id,
                    "domain": "[('state', '=', 'active'), ('churn_band', '=', 'high')]",
                }
            )
        )

    def _send(self):
        self.campaign.action_send()
        for _run in range(2):
            self._run_cron("ir_cron_campaign", "2026-02-10 12:00:00")

    def _get_mails(self, partner):
        return self.campaign.sudo().line_ids.message_ids.filtered(
            lambda one: partner in one.notified_partner_ids
        )

    def test_a_code_each_and_none_for_who_wants_none(self):
        self.env["mail.blacklist"].create({"email": self.partners[1].email})
        self.assertEqual(self.campaign.customer_count, 2)
        self._send()
        lines = self.campaign.sudo().line_ids
        self.assertEqual(lines.partner_id, self.partners[0] | self.partners[2])
        codes = lines.card_id.mapped("code")
        self.assertEqual(len(set(codes)), 2)
        for line in lines:
            mail = self._get_mails(line.partner_id)
            self.assertEqual(len(mail), 1)
            self.assertIn(line.card_id.code, mail.body)
        self.assertFalse(self._get_mails(self.partners[1]))
        self.assertFalse(self._get_mails(self.partners[3]))
        self.assertEqual(self.campaign.state, "done")

    def test_the_code_discounts_the_next_periods(self):
        self._send()
        line = self.campaign.sudo().line_ids[0]
        with freeze_time("2026-02-11 12:00:00"):
            line.subscription_id.redeem_coupon(code=line.card_id.code)
        amounts = []
        for at in ("02-28", "03-31", "04-30", "05-31"):
            self._bill(f"2026-{at} 12:00:00")
            amounts.append(line.subscription_id.period_ids[0].amount)
        self.assertEqual(amounts, [40.0, 40.0, 40.0, 50.0])
        self.assertTrue(line.redeemed)
        self.assertEqual(self.campaign.redeemed_count, 1)

    def test_two_subscriptions_of_one_customer_are_one_code(self):
        again = self._subscribe(partner_id=self.partners[0].id)
        again.sudo().churn_band = "high"
        self._send()
        self.assertEqual(len(self.campaign.sudo().line_ids), 3)

    def test_a_program_without_a_reward_for_periods(self):
        self.program.reward_ids.subscription_periods = 0
        with self.assertRaises(CampaignError), self.env.cr.savepoint():
            self.campaign.action_send()

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.salesman).read(["name"])
