from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestBackorderPolicy(BackorderCommon):
    """What becomes of a shortage and of the rest of a delivery is set once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["res.partner"].create(
            {"name": "Test VIP", "customer_class": "vip"}
        )

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 4)

    def _new_policy(self, **values):
        return (
            self.env["sales.backorder.policy"]
            .with_user(self.manager)
            .create({"name": "Test VIP", "customer_class": "vip", **values})
        )

    def _order(self, *lines):
        return self._confirm(*lines or ((self.product, 10),), partner_id=self.vip.id)

    def _validate(self, order):
        """Validate as a program does: no context, no wizard."""
        result = self._pickings(order).button_validate()
        self._flush()
        return result

    # === At delivery === #

    def test_always(self):
        """A program gets True, the rest has a transfer and its backorder."""
        self._new_policy(on_delivery="always")
        order = self._order()
        backorder = self._find(order)
        first = self._pickings(order)
        self.assertIs(self._validate(order), True)
        rest = self._pickings(order)
        self.assertEqual(rest.backorder_id, first)
        self.assertEqual(rest.move_ids.product_uom_qty, 6.0)
        self.assertEqual(rest.sudo().move_ids.sale_line_id, backorder.sale_line_id)
        self.assertFigures(backorder, open=6.0, short=6.0)

    def test_never(self):
        """The rest is cancelled: the line says what was delivered."""
        self._new_policy(on_delivery="never")
        order = self._order()
        backorder = self._find(order)
        self.assertIs(self._validate(order), True)
        line = order.order_line
        self.assertEqual(
            (line.product_uom_qty, line.qty_delivered, line.qty_cancelled),
            (4.0, 4.0, 6.0),
        )
        self.assertFalse(self._pickings(order))
        self.assertEqual(backorder.state, "cancelled")
        self.assertEqual(order.sudo().cancellation_ids.reason_id.code, "out_of_stock")
        self.assertEqual(line._get_fulfilment()["ordered"], 10.0)

    def test_more_ordered_after_never(self):
        """Raised by three after the rest was cancelled: exactly three are delivered."""
        self._new_policy(on_delivery="never")
        order = self._order()
        self._validate(order)
        order.order_line.product_uom_qty = 7
        self._flush()
        self.assertEqual(self._pickings(order).move_ids.product_uom_qty, 3.0)
        self.assertFigures(self._find(order), short=3.0)

    def test_ask_and_type(self):
        policy = self._new_policy(on_delivery="type")
        self.warehouse.out_type_id.create_backorder = "always"
        order = self._order()
        self.assertIs(self._validate(order), True)
        policy.on_delivery = "ask"
        self._receive(self.product, 1)
        self.assertEqual(
            self._validate(order)["res_model"], "stock.backorder.confirmation"
        )

    def test_small_rests_are_cancelled(self):
        """Below 500.00: four of five at 100.00 leave, the fifth is not sent after."""
        self._new_policy(on_delivery="always", min_value=500)
        order = self._order((self.product, 5))
        self.assertIs(self._validate(order), True)
        self.assertEqual(order.order_line.product_uom_qty, 4.0)

    def test_other_customers_are_asked(self):
        self._new_policy(on_delivery="never")
        order = self._confirm((self.product, 10))
        self.assertEqual(
            self._validate(order)["res_model"], "stock.backorder.confirmation"
        )

    # === At confirmation === #

    def test_split(self):
        self._new_policy(on_confirm="split")
        order = self._order()
        ready, waiting = self._pickings(order)
        found = {p.state: p.move_ids.product_uom_qty for p in (ready | waiting)}
        self.assertEqual(found, {"assigned": 4.0, "confirmed": 6.0})
        self.assertFigures(self._find(order), open=10.0, reserved=4.0, short=6.0)

    def test_nothing_to_split(self):
        self._new_policy(on_confirm="split")
        self.assertEqual(len(self._pickings(self._order((self.product, 4)))), 1)

    def test_hold(self):
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        self._new_policy(on_confirm="hold")
        order = self._order((self.product, 2), (other, 1))
        self.assertEqual(order.picking_policy, "one")
        self.assertNotEqual(self._pickings(order).state, "assigned")
        complete = self._order((self.product, 2))
        self.assertEqual(complete.picking_policy, "direct")

    # === Waiting too long === #

    def test_longest_wait(self):
        self._new_policy(max_wait_days=10)
        order = self._order()
        self._ship(self._pickings(order))
        other = self._confirm((self.product, 3))
        self._refresh()
        self.assertEqual(order.order_line.product_uom_qty, 10.0)
        with freeze_time(fields.Datetime.now() + timedelta(days=11)):
            self._refresh()
            self._flush()
        self.assertEqual(order.order_line.product_uom_qty, 4.0)
        self.assertFalse(self._find(order))
        self.assertEqual(other.order_line.product_uom_qty, 3.0)

    def test_what_is_on_its_way_is_waited_for(self):
        self._new_policy(max_wait_days=10)
        order = self._order()
        self._ship(self._pickings(order))
        self._plan_receipt(self.product, 6, days=30)
        with freeze_time(fields.Datetime.now() + timedelta(days=11)):
            self._refresh()
            self._flush()
        self.assertEqual(order.order_line.product_uom_qty, 10.0)

    # === Rights === #

    def test_who_sets_policies(self):
        policy = self._new_policy()
        self.assertEqual(policy.with_user(self.salesman).name, "Test VIP")
        for user in (self.salesman, self.storeman):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                policy.with_user(user).strategy = "best"


@tagged("post_install", "-at_install")
class TestShipmentRule(BackorderCommon):
    """In how many parts a customer takes his goods; no way to send around it."""

    def _order(self, **rules):
        self.customer.write(rules)
        self._set_stock(self.product, 10)
        return self._confirm((self.product, 10))

    def _try(self, order, quantity):
        """Return the rule that refuses a delivery, or None."""
        from ..exceptions import ShipmentRuleError

        try:
            with self.env.cr.savepoint():
                self._ship(self._pickings(order), quantity)
        except ShipmentRuleError as error:
            self.env.invalidate_all()
            return error.context["rule"]
        return None

    def test_complete_only(self):
        order = self._order(shipment_complete=True)
        self.assertTrue(order.shipment_complete)
        self.assertEqual(self._try(order, 4), "shipment_complete")
        self.assertIn("all of it", order._get_shipment_texts()[0])
        self.assertIsNone(self._try(order, 10))
        self.assertEqual(order.order_line.qty_delivered, 10.0)

    def test_two_partial_deliveries(self):
        """The third partial one is refused; the third that completes is not."""
        order = self._order(shipment_partial_max=2)
        self.assertIsNone(self._try(order, 2))
        self.assertIsNone(self._try(order, 2))
        self.assertEqual(self._try(order, 2), "shipment_partial_max")
        self.assertIsNone(self._try(order, 6))

    def test_share_of_the_first_delivery(self):
        order = self._order(shipment_first_percent=50)
        self.assertEqual(self._try(order, 4), "shipment_first_percent")
        self.assertIsNone(self._try(order, 5))
        self.assertIsNone(self._try(order, 1))

    def test_rule_of_one_order(self):
        order = self._order(shipment_complete=True)
        order.with_user(self.salesman).shipment_complete = False
        self.assertIsNone(self._try(order, 4))
        self.assertEqual(self._find(order), self._find(order).browse())

    def test_others_ship_as_they_like(self):
        order = self._order()
        self.assertIsNone(self._try(order, 1))
        self.assertEqual(self._pickings(order).move_ids.product_uom_qty, 9.0)

    def test_whole_company_of_the_customer(self):
        self.customer.shipment_complete = True
        person = self.env["res.partner"].create(
            {"name": "Test Person", "parent_id": self.customer.id}
        )
        order = self._new_order((self.product, 1), partner_id=person.id)
        self.assertTrue(order.shipment_complete)
