from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import AllocationError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestMerge(BackorderCommon):
    """What goes to one address leaves as one transfer, if somebody wants it."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"].union(
            *(self._confirm((self.product, qty)) for qty in (5, 3, 2))
        )

    def _new_run(self, **values):
        run = self.env["sales.backorder.run"].with_user(self.storeman)
        run = run.create(
            {
                "product_ids": [Command.set(self.product.ids)],
                "is_merging": True,
                **values,
            }
        )
        run.action_propose()
        return run

    def _apply(self, run):
        run.action_apply()
        self._flush()

    def test_three_become_one(self):
        first, *_others = self._pickings(self.orders)
        run = self._new_run()
        self.assertEqual((run.change_count, len(run.merges[0]["others"])), (1, 2))
        self.assertIn(first.name, run.merge_note)
        self._apply(run)
        moves = self.orders.sudo().order_line.move_ids
        self.assertEqual(moves.picking_id, first.sudo())
        self.assertEqual(len(moves), 3)
        self.assertFalse(self._new_run().merges)
        for order in self.orders:
            self.assertRecordValues(
                order, [{"delivery_status": "pending", "delivery_count": 1}]
            )
            self.assertEqual(order.action_view_delivery()["res_id"], first.id)

    def test_delivered_as_one(self):
        self._set_stock(self.product, 10)
        self._apply(self._new_run())
        picking = self._pickings(self.orders)
        picking.action_assign()
        self._ship(picking)
        self.assertEqual(set(self.orders.mapped("delivery_status")), {"full"})
        delivered = [order.order_line.qty_delivered for order in self.orders]
        self.assertEqual(delivered, [5.0, 3.0, 2.0])
        self.assertFalse(self._find(self.orders))
        for order in self.orders:
            self.assertEqual(order._get_shipments(), picking.sudo())
            self.assertEqual(len(order._get_shipment_moves(picking)), 1)

    def test_other_address(self):
        elsewhere = self.env["res.partner"].create(
            {"name": "Test Branch", "parent_id": self.customer.id, "type": "delivery"}
        )
        order = self._confirm((self.product, 4), partner_shipping_id=elsewhere.id)
        run = self._new_run()
        self.assertNotIn(self._pickings(order).id, run.merges[0]["others"])

    def test_begun_ones_stay(self):
        pickings = self._pickings(self.orders)
        pickings[0].printed = True
        run = self._new_run()
        self.assertEqual(run.merges[0]["others"], pickings[2].ids)

    def test_changed_since_the_proposal(self):
        run = self._new_run()
        self._pickings(self.orders)[1].printed = True
        with self.assertRaises(AllocationError), self.env.cr.savepoint():
            run.action_apply()

    def test_only_if_wanted(self):
        run = self._new_run(is_merging=False)
        self.assertFalse(run.merges)


@tagged("post_install", "-at_install")
class TestDeliveryGroup(BackorderCommon):
    """Lines that are delivered together are planned on the day of the last of them."""

    def setUp(self):
        super().setUp()
        self.other = self._new_product("Test Widget", 5.0, is_storable=True)
        self._set_stock(self.product, 5)
        self.order = self._confirm((self.product, 5), (self.other, 3))
        self.first, self.last = self.order.order_line
        self._plan_receipt(self.other, 3, days=6)

    def _days(self):
        moves = self.order.sudo().order_line.move_ids
        return [fields.Date.to_date(move.date) for move in moves.sorted("id")]

    def _group(self, name):
        lines = self.order.order_line.with_user(self.salesman)
        lines.write({"delivery_group": name})
        self._flush()

    def test_both_on_the_later_day(self):
        deadlines = self.order.sudo().order_line.move_ids.mapped("date_deadline")
        self._group("A")
        self.assertEqual(self._days(), [self._in_days(6)] * 2)
        picking = self._pickings(self.order)
        self.assertEqual(fields.Date.to_date(picking.scheduled_date), self._in_days(6))
        for line in self.order.order_line:
            self.assertGreaterEqual(line.estimated_delivery_date, self._in_days(6))
        moves = self.order.sudo().order_line.move_ids
        self.assertEqual(moves.mapped("date_deadline"), deadlines)

    def test_ungrouped_the_first_leaves_earlier(self):
        self._group("A")
        self._group(False)
        days = self._days()
        self.assertEqual(days, [self.today, self._in_days(6)])
        picking = self._pickings(self.order)
        self.assertEqual(fields.Date.to_date(picking.scheduled_date), self.today)

    def test_follows_the_receipt(self):
        self._group("A")
        receipt = self.env["stock.picking"].search(
            [("product_id", "=", self.other.id), ("picking_type_code", "=", "incoming")]
        )
        receipt.move_ids.date += timedelta(days=4)
        self._flush()
        self.assertEqual(self._days(), [self._in_days(10)] * 2)

    def test_nobody_knows_when(self):
        third = self._new_product("Test Unknown", 5.0, is_storable=True)
        order = self._confirm((self.product, 1), (third, 1))
        before = order.sudo().order_line.move_ids.mapped("date")
        order.order_line.write({"delivery_group": "A"})
        self._flush()
        self.assertEqual(order.sudo().order_line.move_ids.mapped("date"), before)
