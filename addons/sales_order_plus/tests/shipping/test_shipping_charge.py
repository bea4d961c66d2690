from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ShippingCommon


@tagged("post_install", "-at_install")
class TestShippingCharge(ShippingCommon):
    """Over 500 shipping is free; the line follows the goods in both directions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shipping_auto_recompute = True
        cls.slow.write({"free_over": True, "amount": 500})

    def _new_shipped(self, quantity=6, carrier=None):
        order = self._new_order((self.product, quantity))
        carrier = carrier or self.slow
        order.set_delivery_line(carrier, carrier.rate_shipment(order)["price"])
        return order

    def _get_shipping(self, order):
        return order.order_line.filtered("is_delivery")

    def test_both_directions(self):
        order = self._new_shipped()
        self.assertEqual(self._get_shipping(order).price_unit, 0)
        order.order_line[0].product_uom_qty = 4
        shipping = self._get_shipping(order)
        self.assertEqual((shipping.price_unit, order.amount_untaxed), (5, 405))
        self.assertNotIn("Free Shipping", shipping.name)
        order.order_line[0].product_uom_qty = 5
        self.assertEqual((shipping.price_unit, order.amount_untaxed), (0, 500))
        self.assertIn("Free Shipping", shipping.name)

    def test_added_and_deleted_lines(self):
        order = self._new_shipped(4)
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.service.id, "product_uom_qty": 3}
                    )
                ]
            }
        )
        shipping = self._get_shipping(order)
        self.assertEqual(shipping.price_unit, 0)
        order.order_line.filtered(lambda x: x.product_id == self.service).unlink()
        self.assertEqual(shipping.price_unit, 5)

    def test_in_the_form(self):
        order = self._new_shipped()
        with Form(order) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
        self.assertEqual(order.amount_untaxed, 205)
        self.assertFalse(order.recompute_delivery_price)

    def test_without_the_setting_the_reminder_stays(self):
        self.company.shipping_auto_recompute = False
        order = self._new_shipped()
        with Form(order) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2
        self.assertEqual(self._get_shipping(order).price_unit, 0)
        self.assertTrue(order.recompute_delivery_price)

    def test_text_of_the_salesperson_stays(self):
        rules = self._new_carrier(
            "Rules",
            0,
            delivery_type="base_on_rule",
            price_rule_ids=[
                Command.create(
                    {
                        "variable": "quantity",
                        "operator": ">=",
                        "max_value": 0,
                        "list_base_price": 1,
                        "list_price": 2,
                        "variable_factor": "quantity",
                    }
                )
            ],
        )
        order = self._new_shipped(2, rules)
        shipping = self._get_shipping(order)
        self.assertEqual(shipping.price_unit, 5)
        shipping.name = "By our own van"
        order.order_line[0].product_uom_qty = 3
        self.assertEqual((shipping.price_unit, shipping.name), (7, "By our own van"))

    def test_services_are_not_asked_while_somebody_types(self):
        order = self._new_shipped()
        self.slow.sudo().write(
            {"delivery_type": "sales_http", "http_url": "http://127.0.0.1:9"}
        )
        order.order_line[0].product_uom_qty = 4
        self.assertEqual(self._get_shipping(order).price_unit, 0)
        self.assertTrue(order.recompute_delivery_price)

    def test_confirmed_orders_keep_their_price(self):
        order = self._new_shipped()
        order.action_confirm()
        order.order_line[0].product_uom_qty = 2
        self.assertEqual(self._get_shipping(order).price_unit, 0)
