from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestRecommendation(SubscriptionCommon, HttpCase):
    """Products others bought with his, with their price, added in two clicks."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.monthly.allow_recommended = True
        self.extras = [
            self._new_recurring(f"Extra {n}", 30.0, self.monthly, type="service")
            for n in range(5)
        ]
        # Bought with it twice, three times, …; and once, which says nothing.
        for number, count in enumerate((2, 3, 4, 5, 1)):
            for _time in range(count):
                self._buy(self.care, self.extras[number])
        for _time in range(8):
            self._buy(self.product)
        with freeze_time("2026-02-01 10:00:00"):
            self.subscription = self._new_subscription("2026-02-01")
            self.subscription.action_start()
        self._bill("2026-02-01 12:00:00")

    def _buy(self, *products):
        other = self.env["res.partner"].create({"name": "Other"})
        with freeze_time("2026-01-10 10:00:00"):
            order = self._new_order(
                *((product, 1) for product in products), partner_id=other.id
            )
            order.order_line.sales_plan_id = False
            order.action_confirm()

    def _get_offers(self):
        with freeze_time("2026-02-15 12:00:00"):
            found = self.subscription.sudo()._get_recommended()
        return [product for product, _lift in found]

    def test_at_most_three_he_does_not_own(self):
        offers = self._get_offers()
        self.assertEqual(len(offers), 3)
        self.assertNotIn(self.care, offers)
        self.assertNotIn(self.extras[4], offers)
        self.assertNotIn(self.product, offers)
        self.subscription.sudo().line_ids = [
            (0, 0, {"product_id": offers[0].id, "quantity": 1})
        ]
        self.assertNotIn(offers[0], self._get_offers())

    def test_what_he_likes_comes_first(self):
        liked = self._get_offers()[-1]
        self.env["sales.customer.preference"]._declare(self.customer, liked, True)
        self.assertEqual(self._get_offers()[0], liked)

    def _press(self, page, step):
        [form, *_rest] = page.xpath(f"//form[contains(@action, '/{step}')]")
        data = {
            field.get("name"): field.get("value") or ""
            for field in form.xpath(".//input[@name]")
        }
        response = self.url_open(form.get("action"), data=data)
        self.env.invalidate_all()
        return html.fromstring(response.content)

    @freeze_time("2026-02-15 12:00:00")
    def test_added_with_the_price_that_was_shown(self):
        before = self.subscription.sudo().mrr
        page = html.fromstring(
            self.url_open(self.subscription.sudo().get_portal_url()).content
        )
        cards = page.xpath("//div[@id='subscription_recommended']//h6")
        self.assertEqual(len(cards), 3)
        page = self._press(page, "recommended")
        [net] = page.xpath("//*[@data-id='net']")
        # 14 of the 28 days of February.
        self.assertIn("15.00", net.text_content())
        self.assertEqual(self.subscription.sudo().mrr, before)
        self._press(page, "recommended")
        subscription = self.subscription.sudo()
        self.assertEqual(subscription.mrr, before + 30.0)
        movement = subscription.movement_ids.sorted("id")[-1]
        self.assertEqual(
            (movement.kind, movement.amount, movement.reason),
            ("expansion", 30.0, "recommendation"),
        )
        self.assertEqual(subscription.change_ids.charge_ids.amount, 15.0)
        row = self.env["sales.subscription.recommendation"].search(
            [("accepted_at", "!=", False)]
        )
        self.assertEqual(row.product_id, subscription.change_ids.product_id)
        self.assertTrue(row.clicked_at and row.shown_count)
        self.assertEqual(row.change_id, subscription.change_ids)

    def test_only_where_the_plan_allows_it(self):
        self.monthly.allow_recommended = False
        with freeze_time("2026-02-15 12:00:00"):
            page = html.fromstring(
                self.url_open(self.subscription.sudo().get_portal_url()).content
            )
        self.assertFalse(page.xpath("//div[@id='subscription_recommended']"))

    def test_what_was_not_recommended_is_not_added(self):
        with freeze_time("2026-02-15 12:00:00"):
            page = html.fromstring(
                self.url_open(self.subscription.sudo().get_portal_url()).content
            )
            [csrf, *_rest] = page.xpath("//input[@name='csrf_token']/@value")
            self.url_open(
                f"/my/subscriptions/{self.subscription.id}/recommended",
                data={
                    "csrf_token": csrf,
                    "access_token": self.subscription.sudo().access_token,
                    "product_id": self.report.id,
                    "confirm": "1",
                },
            )
        self.env.invalidate_all()
        self.assertEqual(self.subscription.sudo().line_ids.product_id, self.care)

    def test_rights(self):
        with freeze_time("2026-02-15 12:00:00"):
            rows = self.subscription.sudo()._show_recommended()
        with self.assertRaises(AccessError):
            rows.with_user(self.portal_user).read(["lift"])
        with self.assertRaises(AccessError):
            rows.with_user(self.manager).unlink()
