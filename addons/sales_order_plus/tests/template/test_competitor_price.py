from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestCompetitorPrice(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["res.partner"].create({"name": "Test Rival"})
        cls.today = fields.Date.context_today(cls.env.user)

    def _new_price(self, price, **values):
        return (
            self.env["sales.competitor.price"]
            .with_user(self.salesman)
            .create(
                {
                    "product_tmpl_id": self.product.product_tmpl_id.id,
                    "partner_id": self.rival.id,
                    "price": price,
                    **values,
                }
            )
        )

    def _get_line(self, quantity=1, **values):
        order = self._new_order((self.product, quantity), **values)
        return order.order_line

    def test_gap(self):
        """100 against 90 is 11 % more."""
        self._new_price(90)
        line = self._get_line()
        self.assertEqual(line.competitor_price, 90)
        self.assertAlmostEqual(line.competitor_gap, 10 / 90)
        line.discount = 10
        self.assertAlmostEqual(line.competitor_gap, 0)

    def test_lowest_that_is_valid(self):
        past = self.today - timedelta(days=10)
        self._new_price(50, date=past, date_to=self.today - timedelta(days=1))
        self._new_price(60, date=self.today + timedelta(days=1))
        self._new_price(70, min_quantity=5)
        self._new_price(95)
        self._new_price(92, date=past, date_to=self.today)
        self.assertEqual(self._get_line().competitor_price, 92)
        self.assertEqual(self._get_line(quantity=5).competitor_price, 70)

    def test_unit_and_currency(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        euro = self.env["res.currency"].create(
            {
                "name": "TSC",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": "2000-01-01", "rate": 2})],
            }
        )
        self._new_price(150, currency_id=euro.id)
        line = self._get_line()
        self.assertAlmostEqual(line.competitor_price, 75)
        line.product_uom_id = dozen
        self.assertAlmostEqual(line.competitor_price, 900)

    def test_match(self):
        self._new_price(90)
        line = self._get_line()
        line.discount = 3
        line.action_match_competitor()
        self.assertEqual((line.price_unit, line.discount), (90, 0))

    def test_match_keeps_the_margin(self):
        self.product.standard_price = 80
        self.company.match_min_margin = 20
        self._new_price(90)
        line = self._get_line()
        with self.assertRaisesRegex(QuotationTemplateError, "margin of 20.0% .*100.00"):
            line.action_match_competitor()
        self.assertEqual(line.price_unit, 100)
        self.company.match_min_margin = 10
        line.action_match_competitor()
        self.assertEqual(line.price_unit, 90)

    def test_nothing_to_match(self):
        with self.assertRaisesRegex(QuotationTemplateError, "no competitor's price"):
            self._get_line().action_match_competitor()

    def test_rights(self):
        price = self._new_price(90)
        with self.assertRaises(AccessError):
            price.unlink()
        for user in (self.portal_user, self.storeman):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                price.with_user(user).read(["price"])
        line = self._get_line().with_user(self.portal_user)
        with self.assertRaises(AccessError):
            line.read(["competitor_price"])

    def test_one_search_for_all_lines(self):
        self._new_price(90)

        def count(size):
            order = self._new_order(*[(self.product, 1)] * size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.mapped("competitor_gap")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(60), count(6) + 1)
