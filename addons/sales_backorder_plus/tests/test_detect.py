from ast import literal_eval

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestDetect(BackorderCommon):
    """A confirmed line that stock cannot cover gives one record, computed from moves."""

    def test_short_line(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        backorder = self._find(order)
        self.assertFigures(
            backorder, open=10.0, reserved=4.0, chained=0.0, unplanned=0.0, short=6.0
        )
        self.assertRecordValues(
            backorder,
            [
                {
                    "sale_line_id": order.order_line.id,
                    "order_id": order.id,
                    "partner_id": self.customer.id,
                    "user_id": self.salesman.id,
                    "product_id": self.product.id,
                    "product_uom_id": self.unit.id,
                    "warehouse_id": self.warehouse.id,
                    "company_id": self.company.id,
                    "state": "open",
                    "priority": "1",
                    "close_reason": False,
                    "date_closed": False,
                }
            ],
        )
        self.assertIn(order.name, backorder.display_name)
        self.assertIn("Test Gadget", backorder.display_name)

    def test_opened_event(self):
        backorder = self._find(self._confirm((self.product, 3)))
        event = self._events("backorder.opened", backorder)
        self.assertEqual(event.user_id, self.salesman)
        self.assertEqual(event.owner_id, self.salesman)
        self.assertEqual(event.data, {"short": 3.0, "to_deliver": 3.0})
        self.assertEqual(event.name, "Backorder opened")

    def test_covered_line(self):
        self._set_stock(self.product, 10)
        order = self._confirm((self.product, 10))
        self.assertFalse(self._find(order, states=("open", "filled", "cancelled")))

    def test_exactly_the_rest_of_the_stock(self):
        self._set_stock(self.product, 10)
        self._confirm((self.product, 6))
        self.assertFalse(self._find(self._confirm((self.product, 4))))
        self.assertFigures(self._find(self._confirm((self.product, 1))), short=1.0)

    def test_services_and_consumables(self):
        consumable = self._new_product("Test Tape", 1.0, is_storable=False)
        order = self._confirm((self.service, 5), (consumable, 5))
        self.assertFalse(self._find(order))

    def test_one_record_a_line(self):
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        order = self._confirm((self.product, 2), (other, 3), (self.product, 4))
        backorders = self._find(order).sorted("sale_line_id")
        self.assertEqual(backorders.sale_line_id, order.order_line)
        self.assertEqual(backorders.mapped("qty_short"), [2.0, 3.0, 4.0])

    def test_quotation_has_none(self):
        order = self._new_order((self.product, 10))
        self._flush()
        self.assertFalse(self._find(order))

    def test_created_in_state_sale(self):
        order = self._new_order((self.product, 10), state="sale")
        self._flush()
        self.assertFigures(self._find(order), open=10.0, short=10.0)

    def test_unit_of_the_line(self):
        """Two dozen ordered, six units in stock: 0.5 dozen reserved, 1.5 short."""
        self._set_stock(self.product, 6)
        order = self._new_order((self.product, 2))
        order.order_line.product_uom_id = self.dozen
        order.action_confirm()
        self._flush()
        backorder = self._find(order)
        self.assertEqual(backorder.product_uom_id, self.dozen)
        self.assertFigures(backorder, open=2.0, reserved=0.5, short=1.5)

    def test_rounding_of_the_unit(self):
        """Five of twelve units: 0.42 dozen reserved, 0.58 short, to the cent of a unit."""
        self._set_stock(self.product, 5)
        order = self._new_order((self.product, 1))
        order.order_line.product_uom_id = self.dozen
        order.action_confirm()
        self._flush()
        self.assertFigures(self._find(order), open=1.0, reserved=0.42, short=0.58)

    def test_quantity_raised_and_reduced(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 4))
        self.assertFalse(self._find(order))
        order.order_line.product_uom_qty = 9
        self._flush()
        backorder = self._find(order)
        self.assertFigures(backorder, open=9.0, reserved=4.0, short=5.0)
        order.order_line.product_uom_qty = 6
        self._flush()
        self.assertFigures(backorder, open=6.0, reserved=4.0, short=2.0)
        order.order_line.product_uom_qty = 4
        self._flush()
        self.assertEqual(backorder.state, "filled")

    def test_line_added_later(self):
        order = self._confirm((self.service, 1))
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 2})
        ]
        self._flush()
        self.assertFigures(self._find(order), open=2.0, short=2.0)

    def test_two_flushes_change_nothing(self):
        order = self._confirm((self.product, 3))
        backorder = self._find(order)
        written = backorder.write_date
        self.env["sales.backorder"]._sync(order.sudo().order_line, self.product.ids)
        self._flush()
        self.assertEqual(self._find(order), backorder)
        self.assertEqual(backorder.write_date, written)
        self.assertEqual(len(self._events("backorder.opened", backorder)), 1)

    def test_savepoint_rolled_back(self):
        """What a rolled-back savepoint did leaves no record and no note behind."""
        order = self._new_order((self.product, 3))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
            raise UserError(self.env._("stop"))
        self._flush()
        self.assertEqual(order.state, "draft")
        self.assertFalse(self._find(order))

    def test_savepoint_released(self):
        """A savepoint empties the notes of the cursor: what was noted is done by then."""
        order = self._new_order((self.product, 3))
        with self.env.cr.savepoint():
            order.action_confirm()
            with self.env.cr.savepoint():
                order.note = "<p>inner</p>"
        self.assertFigures(self._find(order), short=3.0)

    def test_default_values_of_the_client(self):
        """default_* keys of a client do not colour what the system creates."""
        order = self._new_order((self.product, 3))
        order.with_context(
            default_state="cancelled", default_priority="3"
        ).action_confirm()
        self._flush()
        backorder = self._find(order)
        self.assertEqual((backorder.state, backorder.priority), ("open", "1"))

    def test_order_cancelled(self):
        order = self._confirm((self.product, 3))
        backorder = self._find(order)
        order.with_user(self.manager).action_cancel()
        self._flush()
        self.assertRecordValues(
            backorder,
            [{"state": "cancelled", "close_reason": "order", "qty_short": 0.0}],
        )
        self.assertTrue(backorder.date_closed)
        event = self._events("backorder.cancelled", backorder)
        self.assertEqual(event.data["reason"], "order")

    def test_confirmed_again(self):
        """An order that comes back after a cancellation gets a record of its own."""
        order = self._confirm((self.product, 3))
        first = self._find(order)
        order.with_user(self.manager).action_cancel()
        self._flush()
        order.action_draft()
        order.action_confirm()
        self._flush()
        second = self._find(order)
        self.assertEqual(first.state, "cancelled")
        self.assertNotEqual(first, second)
        self.assertFigures(second, open=3.0, short=3.0)

    def test_stock_found(self):
        """An inventory adjustment reserves and fills."""
        order = self._confirm((self.product, 3))
        backorder = self._find(order)
        quant = self.env["stock.quant"].create(
            {
                "product_id": self.product.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": 3,
            }
        )
        quant.action_apply_inventory()
        self._flush()
        self.assertEqual(backorder.state, "filled")

    def test_reserved_by_hand_is_not_short(self):
        """Where the storeman reserves by hand, free stock is no shortage."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._set_stock(self.product, 5)
        self.assertFalse(self._find(self._confirm((self.product, 5))))
        self.assertFigures(self._find(self._confirm((self.product, 6))), short=6.0)

    def test_unreserved_and_reserved_again(self):
        """The record comes back with its priority, not a new one."""
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 6))
        backorder = self._find(order)
        backorder.priority = "3"
        self._receive(self.product, 2)
        self.assertEqual(backorder.state, "filled")
        self._pickings(order).do_unreserve()
        self._flush()
        self.assertRecordValues(
            backorder,
            [
                {
                    "state": "open",
                    "priority": "3",
                    "qty_short": 6.0,
                    "date_closed": False,
                }
            ],
        )
        self.assertRecordValues(
            backorder, [{"date_source": "stock", "date_expected": self.today}]
        )
        self._pickings(order).action_assign()
        self._flush()
        self.assertEqual(backorder.state, "filled")
        self.assertEqual(self._find(order, states=("open", "filled")), backorder)

    def test_edited_reservation(self):
        """A quantity changed on the detailed operation counts too."""
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        picking = self._pickings(order)
        picking.move_line_ids.quantity = 2
        self._flush()
        self.assertFigures(self._find(order), open=5.0, reserved=2.0, short=3.0)

    def test_detect_existing(self):
        """What was short before the addon came is found by its installation."""
        order = self._confirm((self.product, 3))
        self.env.cr.execute(
            "DELETE FROM sales_backorder WHERE order_id = %s", [order.id]
        )
        self.env.invalidate_all()
        self.env["sales.backorder"]._detect_existing()
        self.assertFigures(self._find(order), open=3.0, short=3.0)

    def test_line_columns_and_desk(self):
        self._set_stock(self.product, 1)
        order = self._confirm((self.product, 3))
        covered = self._confirm((self.service, 1))
        self._plan_receipt(self.product, 2, days=4)
        self.env.invalidate_all()
        line = order.order_line
        self.assertEqual((line.qty_short, line.date_expected), (2.0, self._in_days(4)))
        self.assertEqual((order.backorder_count, covered.backorder_count), (1, 0))
        counters = self.env["sale.order"].with_user(self.salesman).get_order_desk()
        counter = {c["key"]: c for c in counters}["backordered"]
        mine = self.env["sale.order"].with_user(self.salesman)
        found = mine.search(mine._get_backordered_domain())
        self.assertIn(order, found)
        self.assertNotIn(covered, found)
        self.assertEqual(counter["count"], len(found))
        self.assertEqual(counter["sequence"], 30)

    def test_counters_above_the_backorders(self):
        """Each counter is what its filter finds, for whoever looks."""
        self._set_stock(self.product, 2)
        self._find(self._confirm((self.product, 4))).priority = "2"
        view = self.env.ref("sales_backorder_plus.sales_backorder_view_search")
        filters = {
            node.get("name"): literal_eval(node.get("domain"))
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("domain") and "uid" not in node.get("domain")
        }
        for user in (self.salesman, self.storeman):
            mine = self.env["sales.backorder"].with_user(user)
            counters = {one["key"]: one for one in mine.get_order_desk()}
            self.assertTrue(counters["open"]["count"])
            self.assertTrue(counters["urgent"]["count"])
            for one in counters.values():
                found = mine.search_count(filters[one["filter"]])
                self.assertEqual(one["count"], found, one["key"])
        with self.assertRaises(AccessError):
            self.env["sales.backorder"].with_user(self.portal_user).get_order_desk()

    def test_smart_button_action(self):
        order = self._confirm((self.product, 3))
        action = order.action_view_backorders()
        self.assertEqual(action["res_id"], self._find(order).id)
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        both = self._confirm((self.product, 1), (other, 1))
        action = both.action_view_backorders()
        found = self.env["sales.backorder"].search(action["domain"])
        self.assertEqual(found, self._find(both).sudo())
        self.assertNotIn("res_id", {k: v for k, v in action.items() if v})

    def test_core_rows_stay_the_same(self):
        """Nothing configured: deliveries, priorities and ranks are those of Odoo."""
        order = self._confirm((self.product, 3), (self.service, 1))
        move = order.sudo().order_line.move_ids
        self.assertRecordValues(
            move,
            [{"product_uom_qty": 3.0, "state": "confirmed", "priority": "0"}],
        )
        self.assertFalse(move.allocation_rank)
        self.assertEqual(order.sudo().picking_ids.priority, "0")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3.0, 1.0])
        self.assertTrue(fields.Datetime.now() >= order.date_order)
