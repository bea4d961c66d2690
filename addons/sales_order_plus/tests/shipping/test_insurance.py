from odoo.fields import Command
from odoo.tests import tagged

from .common import ShippingCommon


@tagged("post_install", "-at_install")
class TestInsurance(ShippingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slow.insurance_rate = 1
        cls.company.insurance_threshold = 1000

    def _get_fee(self, order):
        return order.order_line.filtered("is_insurance")

    def test_above_the_threshold(self):
        order = self._new_order((self.product, 50), (self.service, 10))
        self.assertRecordValues(order, [{"declared_value": 5000, "insured": True}])
        self.assertFalse(self._get_fee(order), "no carrier, no fee")
        order.set_delivery_line(self.slow, 5)
        fee = self._get_fee(order)
        self.assertRecordValues(
            fee, [{"price_unit": 50, "product_uom_qty": 1, "price_subtotal": 50}]
        )
        self.assertEqual(order.amount_untaxed, 5000 + 500 + 5 + 50)

    def test_declared_value_on_the_commercial_invoice(self):
        order = self._new_order((self.product, 50))
        order.declared_value = 4321
        totals = dict(order._get_trade_document("commercial_invoice").totals)
        self.assertIn("4,321.00", totals["Declared Value"])
        self.company.insurance_threshold = 0
        small = self._new_order((self.product, 1))
        small.insured = False
        totals = dict(small._get_trade_document("commercial_invoice").totals)
        self.assertNotIn("Declared Value", totals)

    def test_follows_lines_carrier_and_value(self):
        order = self._new_order((self.product, 50))
        order.set_delivery_line(self.slow, 5)
        order.order_line[0].product_uom_qty = 20
        self.assertEqual(self._get_fee(order).price_unit, 20)
        self.fast.insurance_rate = 2
        order.set_delivery_line(self.fast, 20)
        self.assertEqual(self._get_fee(order).price_unit, 40)
        order.declared_value = 3000
        self.assertEqual(self._get_fee(order).price_unit, 60)
        self.assertEqual(len(self._get_fee(order)), 1)

    def test_by_hand_below_the_threshold(self):
        order = self._new_order((self.product, 5))
        order.set_delivery_line(self.slow, 5)
        self.assertFalse(self._get_fee(order))
        order.insured = True
        self.assertEqual(self._get_fee(order).price_unit, 5)
        order.insured = False
        self.assertFalse(self._get_fee(order))

    def test_taxes_of_the_service(self):
        tax = self.env["account.tax"].create(
            {"name": "Ten", "amount": 10, "type_tax_use": "sale"}
        )
        product = self._new_product("Cover", 0, type="service")
        product.taxes_id = [Command.set(tax.ids)]
        self.company.insurance_product_id = product
        order = self._new_order((self.product, 50))
        order.set_delivery_line(self.slow, 5)
        self.assertEqual(self._get_fee(order).product_id, product)
        self.assertEqual(self._get_fee(order).price_total, 55)
        self.assertEqual(order.amount_tax, 5)

    def test_unconfigured_adds_nothing(self):
        self.company.insurance_threshold = 0
        order = self._new_order((self.product, 500))
        order.set_delivery_line(self.slow, 5)
        self.assertEqual(len(order.order_line), 2)
        self.assertFalse(order.insured)

    def test_printed_on_the_slip(self):
        order = self._new_order((self.product, 50))
        order.set_delivery_line(self.slow, 5)
        order.action_confirm()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "stock.action_report_delivery", order.sudo().picking_ids.ids
        )[0]
        self.assertIn("Declared Value", html.decode())
        self.assertIn("5,000.00", html.decode())

    def test_copy_has_one_fee(self):
        order = self._new_order((self.product, 50))
        order.set_delivery_line(self.slow, 5)
        copy = order.copy()
        copy.order_line[0].product_uom_qty = 40
        self.assertLessEqual(len(self._get_fee(copy)), 1)
