from freezegun import freeze_time
from lxml import html

from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestAdjust(SubscriptionCommon, HttpCase):
    """Quantities follow what is used: proposed, or by themselves where agreed."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.meter = self.env["sales.usage.meter"].create(
            {
                "name": "Pages",
                "code": "pages",
                "product_id": self.care.id,
                "aggregation": "sum",
            }
        )
        self.subscription = self._new_subscription("2026-01-01", (self.care, 10))
        self.line = self.subscription.sudo().line_ids
        self.line.write({"quantity_mode": "overage", "meter_id": self.meter.id})
        with freeze_time("2026-01-01 10:00:00"):
            self.subscription.action_start()
        self._use(8, 10, 12)

    def _use(self, *quantities):
        """Report what was used in January, February and so on."""
        for month, quantity in enumerate(quantities, 1):
            self.env["sales.usage.event"].create(
                {
                    "line_id": self.line.id,
                    "meter_id": self.meter.id,
                    "occurred_at": f"2026-{month:02}-15 12:00:00",
                    "quantity": quantity,
                    "idempotency_key": f"{self.id()}-{month}",
                }
            )

    def _bill_until(self, month):
        for one in range(1, month + 1):
            self._bill(f"2026-{one:02}-01 12:00:00")

    def _adjust(self, at="2026-04-02 12:00:00"):
        self._run_cron("ir_cron_adjust", at)

    def test_by_itself(self):
        """8, 10, 12 were used: twelve, as no more than 20 percent is allowed."""
        self.line.auto_adjust = "apply"
        self._bill_until(4)
        for _run in range(3):
            self._adjust()
        change = self.subscription.sudo().change_ids
        self.assertEqual(
            (len(change), change.state, change.quantity), (1, "scheduled", 12)
        )
        self.assertEqual(self.line.quantity, 10)
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(self.line.quantity, 12)
        movement = self.subscription.sudo().movement_ids.sorted("id")[-1]
        self.assertEqual((movement.kind, movement.amount), ("expansion", 100.0))
        self.assertIn("auto-adjust", movement.reason)
        self.assertIn("8, 10, 12", movement.reason)

    def test_only_when_the_customer_accepts(self):
        self.line.auto_adjust = "suggest"
        self._bill_until(4)
        self._adjust()
        self._bill("2026-05-01 12:00:00")
        change = self.subscription.sudo().change_ids
        self.assertEqual((change.state, self.line.quantity), ("proposed", 10))
        with freeze_time("2026-05-02 12:00:00"):
            self._answer("accept")
        self.assertEqual(change.state, "scheduled")
        self._bill("2026-06-01 12:00:00")
        self.assertEqual((change.state, self.line.quantity), ("applied", 12))

    def test_declined(self):
        self.line.auto_adjust = "suggest"
        self._bill_until(4)
        self._adjust()
        self._answer("decline")
        change = self.subscription.sudo().change_ids
        self.assertEqual((change.state, self.line.quantity), ("undone", 10))
        page = html.fromstring(
            self.url_open(self.subscription.sudo().get_portal_url()).content
        )
        self.assertFalse(page.xpath("//div[@id='subscription_proposals']"))

    def _answer(self, answer):
        """Press a button of the proposal on the customer's page, by token."""
        url = self.subscription.sudo().get_portal_url()
        page = html.fromstring(self.url_open(url).content)
        [form] = page.xpath(f"//form[contains(@action, '/{answer}')]")
        data = {
            field.get("name"): field.get("value") or ""
            for field in form.xpath(".//input[@name]")
        }
        self.url_open(form.get("action"), data=data)
        self.env.invalidate_all()

    def test_another_customers_proposal_is_not_answered(self):
        self.line.auto_adjust = "suggest"
        self._bill_until(4)
        self._adjust()
        change = self.subscription.sudo().change_ids
        other = self._subscribe()
        url = other.get_portal_url()
        page = html.fromstring(self.url_open(url).content)
        [csrf, *_rest] = page.xpath("//input[@name='csrf_token']/@value")
        self.url_open(
            f"/my/subscriptions/{other.id}/accept",
            data={
                "csrf_token": csrf,
                "access_token": other.access_token,
                "change_id": change.id,
            },
        )
        self.env.invalidate_all()
        self.assertEqual(change.state, "proposed")

    def test_the_mail_leads_to_the_answer(self):
        self.line.auto_adjust = "suggest"
        self._bill_until(4)
        self._adjust()
        [mail] = self.subscription.sudo().message_ids.filtered(
            lambda one: self.customer in one.notified_partner_ids
        )
        self.assertIn("10 → 12", mail.body)
        self.assertIn(f"/my/subscriptions/{self.subscription.id}", mail.body)

    def test_too_little_is_known(self):
        self.line.auto_adjust = "apply"
        self._bill_until(3)
        self._adjust("2026-03-02 12:00:00")
        self.assertFalse(self.subscription.sudo().change_ids)

    def test_the_error_is_kept(self):
        self.line.write({"auto_adjust": "suggest", "adjust_method": "mean"})
        self._bill_until(4)
        self._adjust()
        # March was foretold as 9, the mean of 8 and 10; 12 were used.
        self.assertEqual(self.line.adjust_error, 3.0)
