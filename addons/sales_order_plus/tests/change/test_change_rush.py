from odoo.tests import tagged

from ...exceptions import ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeRush(ChangeCommon):
    """Who hurries is starred, comes first, and may be charged a fee."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rush = cls._new_product("Rush", 1, type="service", taxes_id=cls.tax.ids)
        cls.hurry = cls.env["sales.change.policy"].create(
            {
                "name": "Rush",
                "sequence": -1,
                "company_id": cls.company.id,
                "rush_product_id": cls.rush.id,
                "rush_fee": 15,
                "rush_carrier_id": cls.carrier.id,
            }
        )

    def test_starred_and_charged(self):
        order = self._confirmed()
        change = self._new_change(order, "priority")
        self.assertEqual(change.line_ids.fee, 15)
        change.action_submit()
        self.assertAlmostEqual(change.amount_delta, 15 * 1.19, 2)
        self.assertIn("Change Express is faster", "\n".join(change.impact["remarks"]))
        change.action_apply()
        self._flush()
        self.assertEqual(order.order_priority, "3")
        self.assertEqual(order.sudo().picking_ids.priority, "1")
        fee = order.order_line.filtered(lambda line: line.product_id == self.rush)
        self.assertEqual((fee.product_uom_qty, fee.price_unit), (1, 15))
        self.assertEqual(change.line_ids.new_line_id, fee)
        self.assertAlmostEqual(order.amount_total, 1015 * 1.19, 2)

    def test_waived(self):
        order = self._confirmed()
        change = self._applied(order, self._kind(order, "priority", fee=0))
        self.assertEqual(change.amount_delta, 0)
        self.assertEqual(len(order.order_line), 1)

    def test_only_where_it_becomes_urgent(self):
        order = self._confirmed(order_priority="2")
        for priority in ("3", "1", "0"):
            row = self._kind(order, "priority", order_priority=priority)
            self.assertEqual(self._new_change(order, row).line_ids.fee, 0)
        self._applied(order, self._kind(order, "priority", order_priority="1"))
        self.assertEqual(order.sudo().picking_ids.priority, "0")

    def test_no_fee_below_zero_or_without_its_service(self):
        order = self._confirmed()
        with self.assertRaises(ChangeError) as refusal, self.cr.savepoint():
            self._new_change(
                order, self._kind(order, "priority", fee=-5)
            ).action_submit()
        self.assertEqual(refusal.exception.context["rule"], "range")
        self.hurry.rush_product_id = False
        with self.assertRaises(ChangeError) as refusal, self.cr.savepoint():
            self._new_change(
                order, self._kind(order, "priority", fee=5)
            ).action_submit()
        self.assertEqual(refusal.exception.context["rule"], "service")

    def test_in_the_currency_of_the_order(self):
        currency = self.env["res.currency"].create(
            {
                "name": "CHX",
                "symbol": "X",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 2})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        order = self._confirmed(pricelist_id=pricelist.id)
        self.assertEqual(self._new_change(order, "priority").line_ids.fee, 30)
