from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import RestrictionError
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestMinimumOrder(RestrictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls._new_product(
            "Test Small Order", 1.0, type="service", sale_ok=False
        )
        cls.customer.customer_class = "wholesale"

    def _set_minimum(self, **values):
        return self._new_entry(
            "sales.minimum.order",
            **{
                "name": "Wholesale minimum",
                "customer_class": "wholesale",
                "amount": 200,
                **values,
            },
        )

    def _charge(self, **values):
        charge = {"action": "surcharge", "product_id": self.fee.id, "surcharge": 15}
        return self._set_minimum(**charge, **values)

    def _get_fee(self, order):
        return order.order_line.filtered(lambda x: x.product_id == self.fee)

    def test_block(self):
        self._set_minimum()
        order = self._new_order((self.product, 1), (self.service, 1))
        text = self._assert_refused_everywhere(order, "minimum_order")
        self.assertIn("50.00", text)
        order.order_line[0].product_uom_qty = 2
        self._assert_confirms(order)

    def test_other_customers_pass(self):
        self._set_minimum()
        self.customer.customer_class = "retail"
        self._assert_confirms(self._new_order())

    def test_warn(self):
        self._set_minimum(action="warn")
        order = self._new_order()
        self.assertEqual(order.guard_state, "warning")
        self._assert_confirms(order)

    def test_surcharge_comes_and_goes(self):
        self._charge()
        order = self._new_order((self.product, 1), (self.service, 1))
        self.assertRecordValues(
            self._get_fee(order), [{"price_unit": 15, "product_uom_qty": 1}]
        )
        self.assertEqual(order.amount_untaxed, 165)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 2
        self.assertFalse(self._get_fee(order))
        order.order_line[0].product_uom_qty = 1
        self.assertEqual(self._get_fee(order).price_unit, 15)
        self._assert_confirms(order)
        self.assertEqual(order.amount_untaxed, 165)

    def test_surcharge_cannot_be_talked_away(self):
        self._charge()
        order = self._new_order()
        self._get_fee(order).write({"price_unit": 0, "discount": 50})
        self.assertRecordValues(
            self._get_fee(order), [{"price_unit": 15, "discount": 0}]
        )
        self._get_fee(order).unlink()
        self.assertEqual(self._get_fee(order).price_unit, 15)
        order.write({"order_line": [Command.delete(self._get_fee(order).id)]})
        self.assertEqual(self._get_fee(order).price_unit, 15)

    def test_minimum_set_after_quoting(self):
        order = self._new_order()
        self._charge()
        self._assert_refused(order, "minimum_order")
        self._apply(order, "Add Test Small Order")
        self.assertEqual(self._get_fee(order).price_unit, 15)
        self._assert_confirms(order)

    def test_order_in_another_currency(self):
        currency = self.env["res.currency"].create({"name": "TCU", "symbol": "T"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id}
        )
        self._charge(pricelist_ids=pricelist.ids)
        order = self._new_order(pricelist_id=pricelist.id)
        self.assertEqual(self._get_fee(order).price_unit, 30)
        order.order_line[0].product_uom_qty = 2
        self.assertFalse(self._get_fee(order))

    def test_country_and_first_that_fits(self):
        self._set_minimum(sequence=20, amount=50)
        self._set_minimum(sequence=10, country_ids=self.abroad.ids)
        self.assertFalse(self._get_codes(self._new_order()))
        order = self._new_order(partner_shipping_id=self.address.id)
        self.assertEqual(self._get_codes(order), ["minimum_order"])

    def test_complete(self):
        for values in (
            {"amount": 0},
            {"action": "surcharge", "surcharge": 15},
            {"action": "surcharge", "product_id": self.fee.id, "surcharge": -1},
        ):
            with self.assertRaises(RestrictionError), self.cr.savepoint():
                self._set_minimum(**values)

    def test_unconfigured_saves_and_confirms_without_a_query(self):
        order = self._new_order()
        self.env["sales.validation.rule"]._get_rules("confirm")
        order.mapped("state")
        with self.assertQueryCount(0):
            order._ensure_saved()
            self.assertFalse(self._get_findings(order))
