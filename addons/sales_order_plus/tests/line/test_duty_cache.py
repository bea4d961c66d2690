from odoo.fields import Command
from odoo.tests import tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestDutyCache(SalesPlusCommon):
    """Duties are kept between orders, and a changed duty counts at once."""

    def setUp(self):
        super().setUp()
        self.env["sales.duty.rule"].search([]).active = False
        self.abroad = self.env.ref("base.jp")
        self.company.country_id = self.env.ref("base.us")
        self.customer.country_id = self.abroad
        self.product.country_of_origin = self.abroad
        self.rule = self.env["sales.duty.rule"].create(
            {
                "name": "Duty",
                "country_ids": [Command.link(self.abroad.id)],
                "origin_country_ids": [Command.link(self.abroad.id)],
                "percent": 10,
            }
        )
        self.order = self._new_order((self.product, 1))

    def _get_duty(self):
        self.env.invalidate_all()
        return self.order.duty_estimate

    def test_each_change_counts(self):
        self.assertEqual(self._get_duty(), 10)
        self.rule.percent = 5
        self.assertEqual(self._get_duty(), 5)
        self.rule.origin_country_ids = self.env.ref("base.fr")
        self.assertEqual(self._get_duty(), 0)
        self.rule.origin_country_ids = False
        self.assertEqual(self._get_duty(), 5)
        self.rule.country_ids = self.env.ref("base.fr")
        self.assertEqual(self._get_duty(), 0)
        self.rule.country_ids = False
        self.rule.date_to = "2020-01-01"
        self.assertEqual(self._get_duty(), 0)
        self.rule.date_to = False
        self.assertEqual(self._get_duty(), 5)
        self.rule.unlink()
        self.assertEqual(self._get_duty(), 0)

    def test_no_query_once_they_are_known(self):
        self.assertEqual(self._get_duty(), 10)
        self.env.invalidate_all()
        order = self.order
        order.mapped("order_line.price_subtotal")
        order.mapped("order_line.product_id.hs_code")
        order.mapped("partner_shipping_id.country_id.name")
        order.mapped("currency_id.rounding")
        before = self.env.cr.sql_log_count
        rules = self.env["sales.duty.rule"]._get_rules(order)
        self.assertEqual(rules, self.rule)
        self.assertEqual(rules.origin_country_ids, self.abroad)
        self.assertEqual(rules.mapped("percent"), [10])
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_name_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.with_context(lang="fr_FR").name = "Droit"
        for lang, name in (("fr_FR", "Droit"), ("en_US", "Duty"), ("fr_FR", "Droit")):
            self.env.invalidate_all()
            order = self.order.with_context(lang=lang)
            self.assertEqual(order.duty_breakdown[0]["name"], name)

    def test_another_company_keeps_its_own(self):
        self.rule.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self._get_duty(), 0)
