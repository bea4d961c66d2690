from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestPreference(SubscriptionCommon, HttpCase):
    """What customers do tells what they like; they can see, correct and erase it."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.other = self._new_recurring(
            "Other Care", 50.0, self.monthly, type="service"
        )
        self.subscription = self._subscribe(partner_id=self.portal_user.partner_id.id)
        self.preferences = self.env["sales.customer.preference"]

    def _get_scores(self):
        rows = self.preferences.search([("partner_id", "=", self.customer.id)])
        return {row.product_id: row.score for row in rows}

    def _skip_twice_and_swap(self):
        self.monthly.allow_skip = True
        with freeze_time("2026-02-10 12:00:00"):
            for _time in range(2):
                self.subscription._customer_skip()
            self.env["sales.subscription.change"].create(
                {
                    "subscription_id": self.subscription.id,
                    "kind": "substitute",
                    "line_id": self.subscription.line_ids.id,
                    "product_id": self.other.id,
                    "source": "portal",
                }
            ).action_confirm()

    def test_skipped_twice_and_swapped(self):
        self._skip_twice_and_swap()
        scores = self._get_scores()
        self.assertLess(scores[self.care], 0)
        self.assertGreater(scores[self.other], 0)
        ordered = self.preferences._sort(self.customer, self.care | self.other)
        self.assertEqual(ordered[0], self.other)

    def test_the_next_substitution_proposes_what_he_likes(self):
        self._skip_twice_and_swap()
        third = self._new_recurring("Third Care", 50.0, self.monthly, type="service")
        third.subscription_successor_id = self.care
        third.subscription_alternative_ids = self.other
        subscription = self._subscribe((third, 1), at="2026-02-11 10:00:00")
        third.sale_ok = False
        self._bill("2026-03-11 12:00:00")
        self.assertEqual(subscription.line_ids.product_id, self.other)

    def test_what_an_employee_does_tells_nothing(self):
        with freeze_time("2026-02-10 12:00:00"):
            self.env["sales.subscription.change"].create(
                {
                    "subscription_id": self.subscription.id,
                    "kind": "substitute",
                    "line_id": self.subscription.line_ids.id,
                    "product_id": self.other.id,
                }
            ).action_confirm()
        self.assertFalse(self._get_scores())

    def test_old_observations_fade(self):
        with freeze_time("2025-01-01 12:00:00"):
            self.preferences._observe(self.customer, self.care, 2.0)
        with freeze_time("2025-06-30 12:00:00"):
            self.preferences._observe(self.customer, self.care, 0.0)
        # 180 days later it counts half.
        self.assertAlmostEqual(self._get_scores()[self.care], 1.0, 2)

    def test_declared_beats_observed(self):
        self.preferences._declare(self.customer, self.care, True)
        for _time in range(20):
            self.preferences._observe(self.customer, self.care, -1.0)
        self.assertEqual(self._get_scores()[self.care], 5.0)

    def test_the_customer_corrects_and_resets(self):
        self._skip_twice_and_swap()
        self.authenticate("tsop_portal", "tsop_portal")
        self._press("prefer", product_id=self.care.id, liked="1")
        self.assertEqual(self._get_scores()[self.care], 5.0)
        self._press("forget")
        self.assertFalse(self._get_scores())
        page = self._get_page()
        self.assertFalse(page.xpath("//details[@id='subscription_preferences']"))
        self.assertIn(
            "subscription.preferences_erased", self._get_events(self.subscription)
        )

    def _get_page(self):
        url = f"/my/subscriptions/{self.subscription.id}"
        return html.fromstring(self.url_open(url).content)

    def _press(self, step, **values):
        [form, *_rest] = self._get_page().xpath(f"//form[contains(@action, '/{step}')]")
        data = {
            field.get("name"): field.get("value") or ""
            for field in form.xpath(".//input[@name]")
        }
        self.url_open(form.get("action"), data={**data, **values})
        self.env.invalidate_all()

    def test_rights(self):
        self.preferences._observe(self.customer, self.care, 1.0)
        row = self.preferences.search([("partner_id", "=", self.customer.id)])
        self.assertTrue(row.with_user(self.salesman).score)
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).score = 3.0
        with self.assertRaises(AccessError):
            row.with_user(self.portal_user).read(["score"])
