from datetime import date, datetime, timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import BaseCase, HttpCase, tagged

from ..exceptions import SelfServiceRefusedError
from ..tools import ics
from .common import SubscriptionCommon


class SelfServiceCommon(SubscriptionCommon):
    """A subscription whose current period began five days ago."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.today = fields.Date.today()
        self.start = self.today - timedelta(days=5)
        self.subscription = self._new_subscription(str(self.start), (self.care, 2))
        self.subscription.action_start()
        self.subscription.sudo()._bill_next_period()
        self.subscription = self.subscription.sudo()
        self.reason = self.env["sales.cancel.reason"].create({"name": "Too dear"})


@tagged("post_install", "-at_install")
class TestPortalSelfService(SelfServiceCommon, HttpCase):
    def setUp(self):
        super().setUp()
        other = self.env["res.partner"].create({"name": "Stranger"})
        self.foreign = self._subscribe(partner_id=other.id)
        self.authenticate("tsop_portal", "tsop_portal")

    def _post(self, path, subscription=None, **values):
        one = subscription or self.subscription
        response = self.url_open(
            f"/my/subscriptions/{one.id}/{path}",
            data={"csrf_token": Request.csrf_token(self), **values},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def _get_page(self, url=None):
        response = self.url_open(url or f"/my/subscriptions/{self.subscription.id}")
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def _get_alerts(self):
        page = self._get_page()
        return page.xpath("string(//div[hasclass('alert-danger')])").strip()

    # === Pause, skip === #

    def test_pause_for_a_month_and_on_by_itself(self):
        until = self.today + timedelta(days=30)
        response = self._post("pause", until=str(until))
        self.assertIn("message=pause", response.headers["Location"])
        self.assertEqual(
            (self.subscription.state, self.subscription.paused_until), ("paused", until)
        )
        page = self._get_page(response.headers["Location"])
        self.assertIn("is paused", page.text_content())
        # Twice the same: nothing more happens.
        self._post("pause", until=str(until))
        self.assertIn("cannot be done", self._get_alerts())
        at = datetime.combine(until, datetime.min.time()) + timedelta(days=1, hours=3)
        self._bill(str(at - timedelta(days=2)))
        self.assertEqual(self.subscription.period_no, 1)
        self._run_cron("ir_cron_lifecycle", str(at))
        self.assertEqual(self.subscription.state, "active")

    def test_no_longer_than_the_plan_lets(self):
        self._post("pause", until=str(self.today + timedelta(days=400)))
        self.assertEqual(self.subscription.state, "active")
        self.assertIn("choose a day up to", self._get_alerts())
        self._post("pause", until="tomorrow")
        self.assertIn("is no date", self._get_alerts())
        self.monthly.allow_pause = False
        self._post("pause")
        self.assertEqual(self.subscription.state, "active")

    def test_resume_and_skip(self):
        self._post("pause")
        self._post("resume")
        self.assertEqual(self.subscription.state, "active")
        self._post("skip")
        self.assertEqual(self.subscription.period_ids[0].state, "skipped")

    # === What is shown === #

    def test_past_due_is_shown(self):
        self.subscription.write({"state": "past_due"})
        page = self._get_page()
        [until] = page.xpath("//*[@data-id='grace_until']")
        self.assertIn(f"{self.subscription.grace_until:%m/%d/%Y}", until.text_content())
        self.assertIn("payment failed", page.text_content())
        self.assertTrue(page.xpath("//div[@id='subscription_token']"))

    def test_the_next_three_with_their_season(self):
        month = str(self.subscription.next_billing_date.month)
        self.monthly.season_ids = [
            Command.create(
                {"month_from": month, "month_to": month, "quantity_factor": 3}
            )
        ]
        rows = self._get_page().xpath("//ul[@id='subscription_coming']/li")
        self.assertEqual(len(rows), 3)
        self.assertIn("Test Care: 6", rows[0].text_content())
        self.assertNotIn("Test Care", rows[1].text_content())

    # === Change === #

    def test_quantity_with_the_price_shown_before(self):
        line = self.subscription.line_ids
        response = self._post("change", line_id=line.id, quantity="4")
        page = html.fromstring(response.content)
        [net] = page.xpath("//*[@data-id='net']")
        [after] = page.xpath("//*[@data-id='after']")
        self.assertIn("200.00", after.text_content())
        self.assertEqual(line.quantity, 2)
        self.assertFalse(self.subscription.change_ids)
        self._post("change", line_id=line.id, quantity="4", confirm="1")
        self.assertEqual(line.quantity, 4)
        change = self.subscription.change_ids
        self.assertEqual((change.source, change.state), ("portal", "applied"))
        charged = sum(change.charge_ids.mapped("amount"))
        self.assertIn(f"{charged:.2f}", net.text_content())

    def test_fewer_from_the_next_period_on(self):
        line = self.subscription.line_ids
        self._post("change", line_id=line.id, quantity="1", confirm="1")
        self.assertEqual(line.quantity, 2)
        self.assertEqual(self.subscription.change_ids.state, "scheduled")

    def test_nonsense_is_told(self):
        line = self.subscription.line_ids
        for quantity in ("-1", "0", "many", ""):
            self._post("change", line_id=line.id, quantity=quantity, confirm="1")
            self.assertIn("above zero", self._get_alerts())
        self._post("change", line_id=self.foreign.line_ids.id, quantity=4, confirm="1")
        self.assertIn("above zero", self._get_alerts())
        self.assertEqual(self.foreign.line_ids.quantity, 1)

    def test_only_plans_that_may_follow(self):
        family = self.env["sales.plan.family"].create({"name": "Shop"})
        self.monthly.family_id = family
        pro = self._new_plan("Pro", family_id=family.id, tier_rank=2)
        pro.price_ids = [Command.create({"product_id": self.care.id, "price": 80.0})]
        page = self._get_page()
        [plans] = page.xpath("//div[@id='subscription_plans']")
        self.assertIn("Pro", plans.text_content())
        self.assertIn("160.00", plans.text_content())
        self.assertNotIn("Yearly", plans.text_content())
        self._post("change", plan_id=self.yearly.id, confirm="1")
        self.assertTrue(self._get_alerts())
        self.assertEqual(self.subscription.plan_id, self.monthly)
        self._post("change", plan_id=pro.id, confirm="1")
        self.assertEqual(self.subscription.plan_id, pro)
        self.assertEqual(self.subscription.amount_untaxed, 160.0)

    # === Cancel === #

    def test_reason_then_an_offer_that_keeps_him(self):
        offer = self.env["sales.subscription.offer"].create(
            {"name": "20 % off", "percent": 20, "period_count": 3}
        )
        page = self._get_page(f"/my/subscriptions/{self.subscription.id}/cancel")
        self.assertIn("Too dear", page.text_content())
        response = self._post("cancel", reason_id=self.reason.id, note="Really")
        page = html.fromstring(response.content)
        [shown] = page.xpath("//div[@id='retention_offer']")
        self.assertIn("20 % off", shown.text_content())
        self.assertFalse(self.subscription.cancel_on)
        values = {"reason_id": self.reason.id, "offer_id": offer.id}
        self._post("cancel", step="stay", **values)
        self.assertEqual(self.subscription.state, "active")
        self.assertEqual(self.subscription.retention_offer_id, offer)
        discount = self.subscription.discount_ids
        self.assertEqual(
            (discount.percent, discount.period_count, discount.source),
            (20.0, 3, "retention"),
        )
        events = self._get_events(self.subscription)
        self.assertIn("subscription.retained", events)
        # Not one after the other.
        self._post("cancel", step="stay", **values)
        self.assertEqual(len(self.subscription.discount_ids), 1)
        amounts = []
        for _period in range(4):
            self._bill(f"{self.subscription.next_billing_date} 12:00:00")
            amounts.append(self.subscription.period_ids[0].amount)
        self.assertEqual(amounts, [80.0, 80.0, 80.0, 100.0])

    def test_cancelled_to_the_end_of_what_is_paid_and_undone(self):
        self._post("cancel", reason_id=self.reason.id, note="No need", step="leave")
        subscription = self.subscription
        self.assertEqual(subscription.cancel_on, subscription.current_end)
        self.assertEqual(subscription.cancel_reason_id, self.reason)
        self.assertEqual(subscription.cancel_note, "No need")
        self._post("undo")
        self.assertFalse(subscription.cancel_on)

    def test_without_a_reason_nothing_is_cancelled(self):
        self._post("cancel", step="leave")
        self.assertFalse(self.subscription.cancel_on)
        self.assertIn("choose why", self._get_alerts())
        self.reason.requires_note = True
        self._post("cancel", reason_id=self.reason.id, step="leave")
        self.assertIn("a few words more", self._get_alerts())

    # === Whose it is === #

    def test_strangers_do_nothing(self):
        for step in ("pause", "resume", "skip", "undo", "change", "cancel", "coupon"):
            response = self._post(step, self.foreign, access_token="wrong")
            self.assertEqual(response.status_code, 303, step)
            self.assertTrue(response.headers["Location"].endswith("/my"), step)
        self.assertEqual((self.foreign.state, self.foreign.period_no), ("active", 1))

    def test_by_token_without_login(self):
        self.logout()
        token = self.subscription._portal_ensure_token()
        self.authenticate(None, None)
        self._post("skip", access_token=token)
        self.assertEqual(self.subscription.period_no, 2)

    def test_no_form_from_elsewhere(self):
        response = self.url_open(
            f"/my/subscriptions/{self.subscription.id}/skip", data={"csrf_token": "x"}
        )
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.subscription.period_no, 1)

    # === Coupon === #

    def _new_coupon(self, **values):
        program = self.env["loyalty.program"].create(
            {
                "name": "Subscribers",
                "program_type": "coupons",
                "reward_ids": [
                    Command.create(
                        {
                            "discount": 20,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            "subscription_periods": 3,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        return self.env["loyalty.card"].create(
            {"program_id": program.id, "points": 1, **values}
        )

    def test_a_coupon_for_three_periods(self):
        card = self._new_coupon()
        self._post("coupon", code=card.code)
        self.assertEqual(self.subscription.discount_ids.source, "coupon")
        self.assertEqual(card.points, 0)
        amounts = []
        for _period in range(4):
            self._bill(f"{self.subscription.next_billing_date} 12:00:00")
            amounts.append(self.subscription.period_ids[0].amount)
        self.assertEqual(amounts, [80.0, 80.0, 80.0, 100.0])
        self._post("coupon", code=card.code)
        self.assertIn("does not hold", self._get_alerts())

    def test_codes_that_do_not_hold(self):
        expired = self._new_coupon(expiration_date=self.today - timedelta(days=2))
        others = self._new_coupon(partner_id=self.salesman.partner_id.id)
        for code in (expired.code, others.code, "nothing"):
            with self.assertRaisesRegex(SelfServiceRefusedError, "does not hold"):
                self.subscription.with_user(self.salesman).redeem_coupon(code=code)

    # === Calendar === #

    def _get_feed(self, token=None):
        token = token or self.subscription._portal_ensure_token()
        self.authenticate(None, None)
        return self.url_open(
            f"/my/subscriptions/{self.subscription.id}/calendar.ics?access_token={token}"
        )

    def test_calendar_of_the_next_twelve_dates(self):
        response = self._get_feed()
        self.assertEqual(
            response.headers["Content-Type"], "text/calendar; charset=utf-8"
        )
        days = [
            line.split(":")[1]
            for line in response.text.splitlines()
            if line.startswith("DTSTART")
        ]
        expected = [
            f"{day:%Y%m%d}"
            for _start, _end, day in self.subscription._get_next_dates(12)
        ]
        self.assertEqual(days, expected)
        self.assertEqual(len(days), 12)
        self.subscription.action_pause()
        self.assertNotIn("VEVENT", self._get_feed().text)
        self.assertEqual(self._get_feed("wrong").status_code, 404)


@tagged("post_install", "-at_install")
class TestNextDates(SubscriptionCommon):
    def test_the_31st_is_shown_on_month_ends(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-01 10:00:00"):
            days = [str(day) for _start, _end, day in subscription._get_next_dates(3)]
        self.assertEqual(days, ["2026-02-28", "2026-03-31", "2026-04-30"])

    def test_feed_as_the_standard_wants_it(self):
        feed = ics.build_feed(
            "A; b",
            datetime(2026, 1, 1),
            [
                {
                    "uid": "1@x",
                    "day": date(2026, 12, 31),
                    "summary": "Käse, " * 20,
                    "text": "a\nb\\c",
                }
            ],
        )
        self.assertTrue(feed.endswith("END:VCALENDAR\r\n"))
        self.assertIn("DTEND;VALUE=DATE:20270101", feed)
        self.assertIn("X-WR-CALNAME:A\\; b", feed)
        self.assertIn("DESCRIPTION:a\\nb\\\\c", feed)
        for line in feed.split("\r\n"):
            self.assertLessEqual(len(line.encode()), 75)
        self.assertIn("Käse\\, " * 20, feed.replace("\r\n ", ""))


@tagged("post_install", "-at_install")
class TestOffers(SelfServiceCommon, BaseCase):
    def test_a_pause_and_a_smaller_plan_as_offers(self):
        offers = self.env["sales.subscription.offer"]
        pause = offers.create({"name": "Pause", "kind": "pause", "period_count": 2})
        self.subscription._customer_stay(pause, self.reason, "")
        self.assertEqual(self.subscription.state, "paused")
        self.subscription.action_resume()
        family = self.env["sales.plan.family"].create({"name": "Shop"})
        self.monthly.family_id = family
        small = self._new_plan("Small", family_id=family.id)
        pause.active = False
        smaller = offers.create({"name": "Less", "kind": "plan", "plan_id": small.id})
        self.subscription._customer_stay(smaller, self.reason, "")
        self.assertEqual(self.subscription.change_ids.state, "scheduled")
        self.assertEqual(self.subscription.change_ids.plan_id, small)

    def test_the_first_that_fits(self):
        offers = self.env["sales.subscription.offer"]
        other = self.env["sales.cancel.reason"].create({"name": "Moving"})
        offers.create({"name": "A", "reason_ids": other.ids, "sequence": 1})
        offers.create({"name": "B", "plan_ids": self.yearly.ids, "sequence": 2})
        third = offers.create({"name": "C", "sequence": 3})
        self.assertEqual(self.subscription._get_retention_offer(self.reason), third)
