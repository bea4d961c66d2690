from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestRecommendation(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls._new_product("Desk", 10.0)
        cls.chair = cls._new_product("Chair", 5.0)
        cls.lamp = cls._new_product("Lamp", 3.0)

    def _sell(self, *products, times=1, **values):
        orders = self.env["sale.order"]
        for _time in range(times):
            orders |= self._new_order(*[(product, 1) for product in products], **values)
        orders.action_confirm()
        return orders

    def test_most_often_first(self):
        self._sell(self.desk, self.chair, times=2)
        self._sell(self.desk, self.lamp)
        # Two lines of one order count once; a quotation does not count.
        self._sell(self.desk, self.lamp, self.lamp)
        self._sell(self.desk, self.chair)
        self._new_order((self.desk, 1), (self.service, 1))
        order = self._new_order((self.desk, 1))
        self.assertEqual(
            order._get_recommendations(), [(self.chair, 3), (self.lamp, 2)]
        )
        self.assertEqual(order._get_recommendations(1), [(self.chair, 3)])

    def test_of_customers_of_the_class(self):
        self._sell(self.desk, self.chair, times=2, customer_class="retail")
        self._sell(self.desk, self.lamp, customer_class="vip")
        order = self._new_order((self.desk, 1), customer_class="vip")
        self.assertEqual(order._get_recommendations(), [(self.lamp, 1)])

    def test_not_what_is_old_or_no_longer_sold(self):
        old = self._sell(self.desk, self.chair)
        old.date_order = fields.Datetime.now() - timedelta(days=400)
        self._sell(self.desk, self.lamp)
        self.lamp.sale_ok = False
        order = self._new_order((self.desk, 1))
        self.assertEqual(order._get_recommendations(), [])

    def test_optional_section(self):
        """The customer may choose it; until then it costs nothing."""
        self._sell(self.desk, self.chair)
        order = self._new_order((self.desk, 1))
        order.action_add_recommendations()
        line = order.order_line.filtered(lambda one: one.product_id == self.chair)
        self.assertEqual(line.product_uom_qty, 0)
        self.assertTrue(line._is_line_optional())
        self.assertTrue(line.sudo()._can_be_edited_on_portal())
        self.assertEqual(order.amount_untaxed, 10)

    def test_nothing_known(self):
        order = self._new_order((self.lamp, 1))
        with self.assertRaisesRegex(QuotationTemplateError, "nothing to recommend"):
            order.action_add_recommendations()

    def test_over_rpc(self):
        self._sell(self.desk, self.chair)
        order = self._new_order((self.desk, 1))
        api = self.env["sales.order.api"].with_user(self.salesman)
        self.assertEqual(
            api.list_recommendations(name=order.name),
            [{"product_id": self.chair.id, "product": "Chair", "orders": 1}],
        )
        with self.assertRaisesRegex(QuotationTemplateError, "limit:"):
            api.list_recommendations(name=order.name, limit=0)
