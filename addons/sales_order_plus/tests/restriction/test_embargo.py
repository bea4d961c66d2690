from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import BypassError, RestrictionError, ValidationRuleError
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestEmbargo(RestrictionCommon):
    def _new_embargo(self, **values):
        return self._new_entry(
            "sales.embargo",
            self.officer,
            **{
                "name": "Dual-use goods",
                "country_ids": self.abroad.ids,
                "product_tag_ids": self.tag.ids,
                "legal_reference": "Regulation (EU) 2021/821",
                **values,
            },
        )

    def test_delivered_there(self):
        self._new_embargo()
        order = self._new_order((self.laser, 1), partner_shipping_id=self.address.id)
        text = self._assert_refused_everywhere(order, "embargo")
        self.assertIn("Dual-use goods (Regulation (EU) 2021/821)", text)
        self.assertIn("Test Laser", text)

    def test_invoiced_there(self):
        self._new_embargo()
        order = self._new_order((self.laser, 1), partner_invoice_id=self.address.id)
        self._assert_refused(order, "embargo")

    def test_other_goods_and_countries_pass(self):
        self._new_embargo()
        other = self._new_order((self.product, 1), partner_shipping_id=self.address.id)
        self._assert_confirms(other)
        self._assert_confirms(self._new_order((self.laser, 1)))

    def test_variant_with_tag(self):
        self._new_embargo()
        self.product.additional_product_tag_ids = self.tag
        order = self._new_order((self.product, 1), partner_shipping_id=self.address.id)
        self._assert_refused(order, "embargo")

    def test_country_nothing_goes_to(self):
        self._new_embargo(product_tag_ids=False)
        order = self._new_order((self.product, 1), partner_shipping_id=self.address.id)
        self._assert_refused(order, "embargo")

    def test_nobody_lets_it_pass(self):
        self._new_embargo()
        order = self._new_order((self.laser, 1), partner_shipping_id=self.address.id)
        (finding,) = self._get_findings(order)
        self.assertFalse(finding.bypassable)
        rule = self.env["sales.validation.rule"].browse(finding.rule_id)
        bypasses = self.env["sales.validation.bypass"].with_user(self.manager)
        with self.assertRaisesRegex(BypassError, "cannot be bypassed"):
            bypasses._ask(order.with_user(self.manager), rule, "I want it")
        own = rule.with_user(self.manager)
        for values in (
            {"is_bypassable": True},
            {"severity": "warn"},
            {"active": False},
            {"exempt_group_ids": [Command.link(self.env.ref("base.group_user").id)]},
        ):
            with self.assertRaises(ValidationRuleError), self.cr.savepoint():
                own.write(values)
        with self.assertRaises(ValidationRuleError), self.cr.savepoint():
            own.unlink()

    def test_address_changed_after_confirming(self):
        self._new_embargo()
        self._set_stock(self.product, 5)
        self.product.product_tag_ids = self.tag
        order = self._new_order((self.product, 1))
        self._assert_confirms(order)
        order.partner_shipping_id = self.address
        picking = order.picking_ids.with_user(self.storeman)
        with self.assertRaisesRegex(UserError, "Dual-use"), self.cr.savepoint():
            picking.button_validate()

    def test_needs_country_and_law(self):
        with self.assertRaises(RestrictionError), self.cr.savepoint():
            self._new_embargo(country_ids=False)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._new_embargo(date_from="2026-02-01", date_to="2026-01-01")
