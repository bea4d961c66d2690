import base64
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import CurrencyRateError
from .common_rates import ECB, RatesCommon

LOGGER = "odoo.addons.sales_order_plus.models.order.sales_currency_rate_provider"


@tagged("post_install", "-at_install")
class TestCurrencyRates(RatesCommon):
    def test_cron_takes_the_rates_over(self):
        self._run_cron()
        rates = self.env["res.currency.rate"].search(
            [("company_id", "=", self.europe.id), ("name", "=", "2026-05-05")]
        )
        self.assertEqual(
            {rate.currency_id.name: rate.company_rate for rate in rates},
            {"USD": 1.25, "GBP": 0.8},
        )
        self.assertEqual(self.provider.rates_date, date(2026, 5, 5))
        self.assertFalse(self.provider.last_error)

    def test_company_with_another_currency(self):
        """One euro is 1.25 dollars and 0.80 pounds: a dollar is 0.64 pounds."""
        america = self.env["res.company"].create(
            {"name": "America", "currency_id": self.dollar.id}
        )
        self.provider.company_id = america
        self._run_cron()
        rate = self.env["res.currency"]._get_conversion_rate(
            self.dollar, self.env.ref("base.GBP"), america, "2026-05-06"
        )
        self.assertAlmostEqual(rate, 0.64)

    def test_button_asks_no_server(self):
        """Who presses it does not wait: a cron is told to hurry."""
        triggers = self.env["ir.cron.trigger"].search_count([])
        self.provider.with_user(self.manager).with_company(
            self.europe
        ).sudo().action_update_rates()
        self.assertEqual(self.server.asked, [])
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)

    def test_unchanged_file_is_not_sent_again(self):
        self._run_cron()
        self._run_cron()
        self.assertEqual(self.server.asked, [None, '"one"'])
        self.assertFalse(self.provider.last_error)

    def test_same_day_again_is_written_over(self):
        self._run_cron()
        self.provider.entity_tag = False
        self.server.body = ECB.format(day="2026-05-05", usd=1.5)
        self._run_cron()
        self.assertAlmostEqual(self._get_rate("2026-05-05"), 1.5)

    @mute_logger(LOGGER)
    def test_failure_keeps_the_old_rate_and_tells(self):
        self._run_cron()
        self.server.status = 503
        for _day in range(2):
            self._run_cron()
        self.assertAlmostEqual(self._get_rate("2026-06-01"), 1.25)
        self.assertIn("503", self.provider.last_error)
        activity = self.provider.activity_ids
        self.assertEqual(len(activity), 1, "one activity, however often it fails")
        self.assertEqual(activity.user_id, self.manager)
        self.server.status = 200
        self._run_cron()
        self.assertFalse(self.provider.last_error)
        self.assertTrue(self.provider.last_success)

    @mute_logger(LOGGER)
    def test_nobody_answers(self):
        self.provider.url = "http://127.0.0.1:9/nothing"
        self._run_cron()
        self.assertIn("Address", self.provider.last_error)
        self.assertTrue(self.provider.activity_ids)

    @mute_logger(LOGGER)
    def test_garbage_and_half_a_file(self):
        good = self.server.body
        bad = ("<html/>", "", good[:300], good.replace("1.25", "-1"), "<a>&b;</a>")
        for body in bad:
            self.server.body = body
            self._run_cron()
            self.assertTrue(self.provider.last_error, body)
        rates = self.env["res.currency.rate"].search(
            [("company_id", "=", self.europe.id)]
        )
        self.assertFalse(rates)

    def test_file_by_hand(self):
        content = base64.b64encode(self.server.body.encode())
        self.provider.write({"kind": "file", "rates_file": content})
        self.provider.action_update_rates()
        self.assertAlmostEqual(self._get_rate("2026-05-05"), 1.25)
        self.assertEqual(self.server.asked, [])
        self.provider.rates_file = base64.b64encode(b"no rates")
        with self.assertRaises(CurrencyRateError):
            self.provider.action_update_rates()

    def test_order_shows_rate_and_total(self):
        self._run_cron()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "USD",
                "currency_id": self.dollar.id,
                "company_id": self.europe.id,
            }
        )
        product = self._new_product("Imported", 10)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.europe.id,
                "pricelist_id": pricelist.id,
                "date_order": "2026-05-08 10:00:00",
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 125.0})],
            }
        )
        self.assertAlmostEqual(order.currency_rate, 1.25)
        self.assertEqual(order.amount_total, 125)
        self.assertEqual(order.amount_total_company, 100)
        self.assertEqual(order.rate_date, date(2026, 5, 5))
        self.assertEqual(order.rate_age_days, 3)

    def test_own_currency_needs_no_rate(self):
        order = self._new_order()
        self.assertFalse(order.rate_date)
        self.assertEqual(order.amount_total_company, order.amount_total)

    def test_salesperson_may_not(self):
        provider = self.provider.with_user(self.salesman)
        with self.assertRaises(AccessError):
            provider.action_update_rates()

    def test_address_must_be_one(self):
        with self.assertRaisesRegex(CurrencyRateError, "Address"):
            self.provider.url = "file:///etc/passwd"
