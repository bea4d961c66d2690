from freezegun import freeze_time
from lxml import html

from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSeasonPortal(SubscriptionCommon, HttpCase):
    """The customer sees what the seasons make of his next deliveries."""

    def test_the_next_three_with_the_season(self):
        self.env.ref("base.public_user").lang = "en_US"
        self.env["sales.subscription.season"].create(
            [
                {
                    "plan_id": self.monthly.id,
                    "month_from": "12",
                    "month_to": "12",
                    "quantity_factor": 2.0,
                },
                {
                    "plan_id": self.monthly.id,
                    "month_from": "1",
                    "month_to": "1",
                    "skip": True,
                },
            ]
        )
        subscription = self._subscribe((self.care, 3), at="2026-11-05 10:00:00")
        with freeze_time("2026-11-20 12:00:00"):
            page = html.fromstring(self.url_open(subscription.get_portal_url()).content)
        rows = page.xpath("//ul[@id='subscription_coming']/li")
        december, january, february = (row.text_content().split() for row in rows)
        self.assertIn("12/05/2026", december)
        self.assertIn("6", december)
        self.assertIn("01/05/2027", january)
        self.assertIn("left", january)
        self.assertEqual(february, ["02/05/2027"])
        for month, at in ((12, "2026-12-05"), (1, "2027-01-05"), (2, "2027-02-05")):
            self._bill(f"{at} 12:00:00")
            period = subscription.period_ids[0]
            with self.subTest(month=month):
                quantity = sum(period.order_id.order_line.mapped("product_uom_qty"))
                self.assertEqual(quantity, {12: 6.0, 1: 0.0, 2: 3.0}[month])
        states = [row[3] for row in self._get_ledger(subscription)]
        self.assertEqual(states[2], "skipped")
