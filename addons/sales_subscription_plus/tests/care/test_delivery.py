from datetime import date

from freezegun import freeze_time
from lxml import html

from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestDelivery(SubscriptionCommon, HttpCase):
    """Orders of periods keep to how the customer wants to be delivered."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.subscription = self._subscribe((self.box, 1), at="2026-07-03 10:00:00")
        self._set_stock(self.box, 20)

    def _open(self, url, data=None):
        return self.url_open(url, data=data, allow_redirects=False)

    def _post_form(self, **values):
        url = f"/my/subscriptions/{self.subscription.id}/delivery"
        token = self.subscription._portal_ensure_token()
        page = html.fromstring(self._open(f"{url}?access_token={token}").content)
        [csrf] = page.xpath("//main//form//input[@name='csrf_token']/@value")
        data = {"csrf_token": csrf, "access_token": token, **values}
        response = self._open(url, data)
        self.env.invalidate_all()
        return response

    def test_fridays_after_the_holidays(self):
        """No delivery from 1 to 15 August, and on Fridays only."""
        response = self._post_form(
            deliver_friday="1",
            away_from="2026-08-01",
            away_until="2026-08-15",
            away_mode="shift",
            delivery_note="Ring at number 3",
        )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.subscription.next_delivery_date, date(2026, 8, 21))
        self._bill("2026-08-03 12:00:00")
        order = self.subscription.period_ids[0].order_id
        self.assertEqual(order.state, "sale")
        # Noon in London is 11:00 UTC in summer.
        self.assertEqual(str(order.commitment_date), "2026-08-21 11:00:00")
        picking = order.picking_ids
        self.assertEqual(picking.scheduled_date.date(), date(2026, 8, 21))
        self.assertEqual(picking.delivery_instructions, "Ring at number 3")
        self.assertIn(
            "subscription.delivery_changed", self._get_events(self.subscription)
        )

    def test_left_out_while_away(self):
        self._post_form(
            away_from="2026-08-01", away_until="2026-08-15", away_mode="skip"
        )
        self._bill("2026-08-03 12:00:00")
        self._bill("2026-09-03 12:00:00")
        states = [row[3] for row in self._get_ledger(self.subscription)]
        self.assertEqual(states, ["ordered", "skipped", "ordered"])
        self.assertFalse(self.subscription.period_ids[1].order_id)

    def test_without_wishes_nothing_is_promised(self):
        self._bill("2026-08-03 12:00:00")
        self.assertFalse(self.subscription.period_ids[0].order_id.commitment_date)

    def test_carrier_and_policy(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Bike",
                "product_id": self._new_product("Bike", 5.0, type="service").id,
            }
        )
        self.subscription.with_user(self.salesman).write(
            {"carrier_id": carrier.id, "picking_policy": "one"}
        )
        self._bill("2026-08-03 12:00:00")
        order = self.subscription.period_ids[0].order_id
        self.assertEqual((order.carrier_id, order.picking_policy), (carrier, "one"))
        self.assertEqual(order.picking_ids.carrier_id, carrier)

    def test_nonsense_ends_on_the_page(self):
        for values in (
            {"away_from": "nonsense", "away_until": "2026-08-15"},
            {"away_from": "2026-08-20", "away_until": "2026-08-15"},
            {"away_from": "2026-08-20", "away_until": ""},
        ):
            response = self._post_form(**values)
            self.assertEqual(response.status_code, 303, values)
            self.assertFalse(self.subscription.away_from, values)
            page = html.fromstring(self.url_open(response.headers["Location"]).content)
            self.assertTrue(page.xpath("//div[@role='alert']"), values)

    def test_strangers_change_nothing(self):
        other = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self._subscribe(partner_id=other.id)
        self.authenticate("tsop_portal", "tsop_portal")
        url = f"/my/subscriptions/{foreign.id}/delivery"
        response = self._open(url)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("/my"))
        page = html.fromstring(self._open("/my/home").content)
        csrf = self.env["ir.http"] and page.xpath("//input[@name='csrf_token']/@value")
        response = self._open(
            url, {"deliver_friday": "1", "csrf_token": csrf[0] if csrf else "none"}
        )
        self.assertIn(response.status_code, (303, 400))
        self.assertFalse(foreign.deliver_friday)

    def test_the_page_leads_to_the_form(self):
        page = html.fromstring(
            self.url_open(self.subscription.get_portal_url()).content
        )
        [link] = page.xpath(
            f"//a[contains(@href, '/my/subscriptions/{self.subscription.id}/delivery')]"
        )
        self.assertIn("access_token=", link.get("href"))

    def test_cancelled_ones_take_no_wishes(self):
        with freeze_time("2026-07-10 12:00:00"):
            self.subscription.action_cancel()
        self._post_form(deliver_friday="1")
        self.assertFalse(self.subscription.deliver_friday)
