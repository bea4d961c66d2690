import random

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import OwnFieldError

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestShipmentCost(BackorderCommon):
    """What a delivery costs is shared over its lines, to the last cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.weight = 1.0
        cls.heavy = cls._new_product("Test Heavy", 50.0, is_storable=True, weight=3.0)
        service = cls._new_product("Test Freight", 0.0, type="service")
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Test Carrier",
                "delivery_type": "fixed",
                "product_id": service.id,
                "invoice_policy": "real",
            }
        )

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 100)
        self._set_stock(self.heavy, 100)

    def _ship_at(self, order, price, quantity):
        """Ship a part, at what the carrier says it costs."""
        picking = self._pickings(order)
        picking.sudo().write({"carrier_id": self.carrier.id, "carrier_price": price})
        self._ship(picking, quantity)
        # As the connection to a carrier does when it has sent the parcel.
        picking.sudo()._add_delivery_cost_to_so()
        self._flush()
        return self.env["sales.shipment.cost"].search([("picking_id", "=", picking.id)])

    def _freight(self, order):
        return order.order_line.filtered("is_delivery").mapped("price_unit")

    def test_two_shipments_charged_once(self):
        """10 and 6: the report has 16, shared by weight; the customer pays 10."""
        self.company.sales_freight_charge = "first"
        order = self._confirm((self.product, 4), (self.heavy, 4))
        first = self._ship_at(order, 10, 2)
        second = self._ship_at(order, 6, 2)
        self.assertEqual((first.charged, second.charged), (10.0, 0.0))
        self.assertEqual(self._freight(order), [10.0])
        self.assertEqual(first.line_ids.mapped("amount"), [2.5, 7.5])
        self.assertEqual(second.line_ids.mapped("amount"), [1.5, 4.5])
        groups = self.env["sales.shipment.cost.line"]._read_group(
            [("order_id", "=", order.id)], ["product_id"], ["amount:sum"]
        )
        self.assertEqual(dict(groups), {self.product: 4.0, self.heavy: 12.0})
        goods = order.order_line.filtered(lambda line: not line.is_delivery)
        self.assertEqual(goods.mapped("freight_cost"), [4.0, 12.0])

    def test_each_is_charged(self):
        order = self._confirm((self.product, 4))
        self._ship_at(order, 10, 2)
        second = self._ship_at(order, 6, 2)
        self.assertEqual(second.charged, 6.0)
        self.assertEqual(sorted(self._freight(order)), [6.0, 10.0])

    def test_fixed_price_is_not_the_cost(self):
        self.carrier.invoice_policy = "estimated"
        order = self._confirm((self.product, 4))
        cost = self._ship_at(order, 10, 4)
        self.assertEqual((cost.cost, cost.charged), (10.0, 0.0))
        self.assertFalse(self._freight(order))

    def test_by_value_and_by_quantity(self):
        """Products of 100.00 and 50.00."""
        order = self._confirm((self.product, 1), (self.heavy, 4))
        cost = self._ship_at(order, 30, 1)
        cost.with_user(self.manager).method = "value"
        self.assertEqual(cost.line_ids.mapped("amount"), [20.0, 10.0])
        cost.with_user(self.manager).method = "quantity"
        self.assertEqual(cost.line_ids.mapped("amount"), [15.0, 15.0])

    def test_without_weights(self):
        (self.product | self.heavy).weight = 0.0
        order = self._confirm((self.product, 3), (self.heavy, 3))
        cost = self._ship_at(order, 10, 3)
        self.assertEqual(cost.line_ids.mapped("amount"), [5.0, 5.0])

    def test_corrected_afterwards(self):
        order = self._confirm((self.product, 4))
        cost = self._ship_at(order, 10, 4)
        cost.picking_id.carrier_price = 12.5
        self.assertEqual((cost.cost, cost.line_ids.amount), (12.5, 12.5))

    def test_no_cent_is_lost(self):
        order = self._confirm((self.product, 4))
        cost = self._ship_at(order, 10, 4)
        rng = random.Random(7)
        for _round in range(300):
            bases = [(1.0, rng.uniform(0, 9)) for _line in range(rng.randint(1, 7))]
            amount = round(rng.uniform(0, 99), 2)
            cost._write_own({"cost": amount})
            shares = cost._get_shares(bases)
            self.assertAlmostEqual(sum(shares), amount, 2)
            self.assertTrue(all(share >= 0 for share in shares))

    def test_who_reads_what(self):
        order = self._confirm((self.product, 4))
        cost = self._ship_at(order, 10, 4)
        self.assertEqual(cost.with_user(self.manager).cost, 10.0)
        for user in (self.storeman, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                cost.with_user(user).read(["cost"])
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.portal_user).read(["freight_cost"])
        with self.assertRaises(OwnFieldError):
            cost.with_user(self.manager).write({"cost": 1.0})
