from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import SalesError
from odoo.addons.sales_order_plus.models.intake.batch.scope import batch_scope

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestAllocation(BackorderCommon):
    """A receipt fills the higher priority first."""

    def setUp(self):
        super().setUp()
        self.low = self._find(self._confirm((self.product, 5)))
        self.normal = self._find(self._confirm((self.product, 5)))
        self.critical = self._find(self._confirm((self.product, 5)))

    def _reserved(self):
        backorders = self.low, self.normal, self.critical
        return [backorder.qty_reserved for backorder in backorders]

    def _rank(self):
        self.low.priority = "0"
        self.critical.priority = "3"

    def test_odoo_order_without_priorities(self):
        self._receive(self.product, 7)
        self.assertEqual(self._reserved(), [5.0, 2.0, 0.0])
        self.assertEqual(self.low.state, "filled")

    def test_receipt_by_rank(self):
        self._rank()
        self._receive(self.product, 5)
        self.assertEqual(self._reserved(), [0.0, 0.0, 5.0])
        self._receive(self.product, 3)
        self.assertEqual(self._reserved(), [0.0, 3.0, 5.0])
        self._receive(self.product, 3)
        self.assertEqual(self._reserved(), [1.0, 5.0, 5.0])

    def test_reserved_together_by_rank(self):
        """The intake reserves many moves at once, and in the same order."""
        self._rank()
        self._set_stock(self.product, 6)
        orders = (self.low | self.normal | self.critical).order_id
        with batch_scope():
            orders.sudo().order_line.move_ids._action_assign()
        self._flush()
        self.assertEqual(self._reserved(), [0.0, 1.0, 5.0])
        self.assertEqual(self.critical.state, "filled")

    def test_taken_in_together(self):
        """Orders confirmed by the intake open the same backorders."""
        self._set_stock(self.product, 7)
        orders = self._new_order((self.product, 5)) | self._new_order((self.product, 5))
        with batch_scope():
            orders.action_confirm()
            self._flush()
        backorder = self._find(orders)
        self.assertEqual(backorder.order_id, orders[1])
        self.assertEqual((backorder.qty_reserved, backorder.qty_short), (2.0, 3.0))

    def test_low_only(self):
        """Below normal: after those who came later."""
        self.low.priority = "0"
        self._receive(self.product, 7)
        self.assertEqual(self._reserved(), [0.0, 5.0, 2.0])

    def test_dated_promise_decides_among_equals(self):
        soon = fields.Datetime.now() - timedelta(days=1)
        early = self._find(self._confirm((self.product, 5), commitment_date=soon))
        self._receive(self.product, 5)
        self.assertEqual(early.qty_reserved, 5.0)
        self.assertEqual(self._reserved(), [0.0, 0.0, 0.0])

    def test_scheduler(self):
        """Reserving by the scheduler: stock that came without a trigger."""
        self._rank()
        self._set_stock(self.product, 6)
        self.env["stock.rule"]._run_scheduler_tasks(company_id=self.company.id)
        self._flush()
        self.assertEqual(self._reserved(), [0.0, 1.0, 5.0])

    def test_scheduler_in_chunks(self):
        """Also when the scheduler takes the moves one by one in its own order."""
        self._rank()
        self._set_stock(self.product, 6)

        def one_by_one(_size, ids):
            return [[record_id] for record_id in ids]

        with patch("odoo.addons.stock.models.stock_rule.split_every", one_by_one):
            self.env["stock.rule"]._run_scheduler_tasks(company_id=self.company.id)
        self._flush()
        self.assertEqual(self._reserved(), [0.0, 1.0, 5.0])

    def test_check_availability_of_several(self):
        self._rank()
        self._set_stock(self.product, 6)
        orders = self.low.order_id | self.normal.order_id | self.critical.order_id
        self._pickings(orders).action_assign()
        self._flush()
        self.assertEqual(self._reserved(), [0.0, 1.0, 5.0])

    def test_reservation_is_not_taken_away(self):
        """A priority ranks who waits; it takes nothing from who has."""
        self._receive(self.product, 5)
        self.assertEqual(self._reserved(), [5.0, 0.0, 0.0])
        self.critical.priority = "3"
        self._flush()
        self.assertEqual(self._reserved(), [5.0, 0.0, 0.0])

    def test_star_of_the_transfer(self):
        picking = self._pickings(self.critical.order_id)
        for priority, star in (("2", "1"), ("1", "0"), ("3", "1"), ("0", "0")):
            self.critical.priority = priority
            self.assertEqual(picking.priority, star, f"priority {priority}")

    def test_star_of_a_shared_transfer(self):
        """One urgent line stars the transfer; the last one takes the star away."""
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        order = self._confirm((self.product, 1), (other, 1))
        first, second = self._find(order)
        picking = self._pickings(order)
        (first | second).write({"priority": "3"})
        first.priority = "1"
        self.assertEqual(picking.priority, "1")
        second.priority = "1"
        self.assertEqual(picking.priority, "0")

    def test_star_given_by_hand_stays(self):
        picking = self._pickings(self.normal.order_id)
        picking.priority = "1"
        self._plan_receipt(self.product, 1)
        self._receive(self.product, 1)
        self.assertEqual(picking.priority, "1")

    def test_rank_goes_to_the_rest(self):
        """After a partial delivery the rest keeps its rank and its star."""
        self._rank()
        self._receive(self.product, 3)
        self._ship(self._pickings(self.critical.order_id))
        rest = self._pickings(self.critical.order_id)
        self.assertEqual(rest.move_ids.allocation_rank, 2)
        self.assertEqual(rest.priority, "1")
        self._receive(self.product, 2)
        self.assertEqual(self.critical.state, "filled")
        self.assertEqual(self._reserved()[:2], [0.0, 0.0])

    def test_rank_goes_to_added_quantity(self):
        self._rank()
        order = self.critical.order_id.with_user(self.salesman)
        order.order_line.product_uom_qty = 8
        self._flush()
        self._receive(self.product, 8)
        self.assertEqual(self._reserved(), [0.0, 0.0, 8.0])

    def test_priority_event(self):
        self.critical.priority = "3"
        event = self._events("backorder.priority", self.critical)
        self.assertEqual(event.user_id, self.storeman)
        self.assertEqual(event.data, {"from": "1", "to": "3"})
        self.critical.priority = "3"
        self.assertEqual(len(self._events("backorder.priority", self.critical)), 1)

    def test_multi_edit(self):
        """The list writes one value on many records."""
        (self.low | self.normal).write({"priority": "2"})
        self.assertEqual(self.low.order_id.sudo().picking_ids.priority, "1")
        self._receive(self.product, 5)
        self.assertEqual(self._reserved(), [5.0, 0.0, 0.0])

    def test_closed_backorder_has_no_priority(self):
        self._receive(self.product, 5)
        with self.assertRaisesRegex(SalesError, "the backorder is closed"):
            self.low.priority = "3"

    def test_linked_receipt_does_not_beat_the_rank(self):
        """Odoo prefers moves that share a reference with the receipt; rank goes first."""
        self._rank()
        receipt = self._plan_receipt(self.product, 5, days=0)
        reference = self.low.order_id.sudo().stock_reference_ids
        receipt.sudo().move_ids.reference_ids = [Command.set(reference.ids)]
        self._ship(receipt, 5)
        self.assertEqual(self._reserved(), [0.0, 0.0, 5.0])

    # === Among equals === #

    def _add_policy(self):
        self.env["sales.backorder.policy"].create({"name": "Test", "strategy": "best"})

    def test_better_margin_first(self):
        self._add_policy()
        better = self._confirm((self.product, 5))
        better.order_line.sudo().purchase_price -= 1.0
        self.env.flush_all()
        self._receive(self.product, 5)
        self.assertEqual(better.sudo().order_line.move_ids.quantity, 5.0)
        self.assertEqual(self._reserved(), [0.0, 0.0, 0.0])

    def test_ranking_computes_no_cost(self):
        """Odoo counts what leaves first, and then the cost of the line."""
        self._add_policy()
        lines = (self.low | self.normal).sudo().sale_line_id
        cost = lines._fields["purchase_price"]
        self.env.add_to_compute(cost, lines)
        lines.move_ids._sort_by_rank()
        self.assertEqual(self.env.records_to_compute(cost) & lines, lines)
