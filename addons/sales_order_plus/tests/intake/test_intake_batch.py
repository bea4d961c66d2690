from functools import partial

from odoo.tests import tagged

from ...models.intake.batch.scope import batch_scope, get_batch, is_defined_in
from .common_equal import EqualCommon


@tagged("post_install", "-at_install")
class TestBatch(EqualCommon):
    """What a batch remembers is right, and gone with the batch."""

    def _sequence(self, **values):
        return self.env["ir.sequence"].create({"name": "TSOP", **values})

    def _search(self):
        return self.env["ir.sequence"].search([("code", "=", "tsop.batch")])

    def test_ends_with_the_call(self):
        """Each confirmation has a memory of its own, of the server alone."""
        self._set_stock(self.goods[0], 10)
        seen = []
        order_class = self.env.registry["sale.order"]
        core = order_class._confirmation_error_message

        def spied(order):
            seen.append(get_batch())
            return core(order)

        self.patch(order_class, "_confirmation_error_message", spied)
        orders = [("E0", [(self.goods[0], 1)])]
        created = self._create_plain(orders)
        created.action_confirm()
        self.assertIsNone(get_batch())
        self._take_in([("E1", [(self.goods[0], 1)])])
        self.assertIsNone(get_batch())
        self.assertTrue(all(seen))
        self.assertIsNot(seen[0], seen[1])

    def test_remembered_in_a_batch(self):
        sequence = self._sequence(code="tsop.batch")
        with batch_scope():
            self.assertEqual(self._search(), sequence)
            with self.assertQueryCount(0):
                self.assertEqual(self._search(), sequence)
        before = self.env.cr.sql_log_count
        self._search()
        self.assertGreater(self.env.cr.sql_log_count, before)

    def test_forgotten_when_it_changes(self):
        with batch_scope():
            self.assertFalse(self._search())
            sequence = self._sequence(code="tsop.batch")
            self.assertEqual(self._search(), sequence)
            sequence.code = "tsop.other"
            self.assertFalse(self._search())
            sequence.code = "tsop.batch"
            self.assertEqual(self._search(), sequence)
            sequence.unlink()
            self.assertFalse(self._search())

    def test_exists_in_a_batch(self):
        """What is deleted is gone, whatever was remembered."""
        sequence = self._sequence(code="tsop.batch")
        with batch_scope():
            self.assertEqual(sequence.exists(), sequence)
            with self.assertQueryCount(0):
                self.assertEqual(sequence.exists(), sequence)
            sequence.unlink()
            self.assertFalse(sequence.exists())

    def test_asked_as_somebody_else(self):
        """Each environment has its own memory: rights and companies differ."""
        other = self.env["res.company"].create({"name": "TSOP other"})
        self.manager.company_ids |= other
        warehouses = self.env["stock.warehouse"].with_user(self.manager)
        with batch_scope():
            first = warehouses.with_company(self.company).search([])
            both = warehouses.with_context(
                allowed_company_ids=(self.company | other).ids
            ).search([])
        self.assertEqual(first.company_id, self.company)
        self.assertEqual(both.company_id, self.company | other)

    def test_forgotten_with_the_savepoint(self):
        engine = self.env["sales.order.intake"]

        def process(items):
            self._sequence(code="tsop.batch")
            self.assertTrue(self._search())
            if len(items) == 2:
                raise ValueError("both")

        with batch_scope():
            engine._isolate([1, 2], process, self.fail)
            self.assertEqual(len(self._search()), 2)

    def test_one_of_many_fails(self):
        """The others are reserved once, whatever was tried together before."""
        for product in self.goods:
            self._set_stock(product, 20)
        order_class = self.env.registry["sale.order"]
        core = order_class._confirmation_error_message

        def refuse(order):
            refused = order.client_order_ref == "E3"
            return "Not this one" if refused else core(order)

        core_putaway = self.env.registry["stock.move.line"]._apply_putaway_strategy
        failed = []

        def fail_late(lines):
            core_putaway(lines)
            refs = lines.move_id.sale_line_id.order_id.mapped("client_order_ref")
            if "E5" in refs:
                failed.append(len(refs))
                raise ValueError("no place")

        self.patch(order_class, "_confirmation_error_message", refuse)
        self.patch(
            self.env.registry["stock.move.line"], "_apply_putaway_strategy", fail_late
        )
        orders = [(f"E{n}", [(self.goods[0], 2), (self.goods[1], 1)]) for n in range(8)]
        taken = self._take_in(orders, unconfirmed=("E3", "E5"))
        self.assertEqual(
            {order.client_order_ref for order in taken if order.state == "sale"},
            {"E0", "E1", "E2", "E4", "E6", "E7"},
        )
        self.assertTrue(failed)
        quants = self._search_quants(taken)
        reserved = {quant.product_id: quant.reserved_quantity for quant in quants}
        self.assertEqual(reserved, {self.goods[0]: 12, self.goods[1]: 6})
        lines = taken.order_line.move_ids.move_line_ids
        self.assertEqual(sum(lines.mapped("quantity")), 18)

    def test_somebody_else_has_a_say(self):
        moves = self.env["stock.move"]
        self.assertTrue(is_defined_in(moves, "_assign_picking", "stock"))
        # stock_account adds to what happens when a move is done.
        self.assertFalse(is_defined_in(moves, "_action_done", "stock"))

    def test_warehouse_of_the_queue(self):
        """Whoever takes in orders waits for the warehouse they go out from."""
        from_user = self.env["stock.warehouse"].create({"name": "TSOP 2", "code": "T2"})
        queue = self.env["sales.intake.queue"].with_user(self.salesman)
        take_in = partial(self._take_in, [("E0", [(self.goods[0], 1)])])
        self.assertEqual(queue._get_warehouse(self._options()), self.warehouse)
        self.salesman.property_warehouse_id = from_user
        self.assertEqual(queue._get_warehouse(self._options()), from_user)
        self.assertEqual(take_in().warehouse_id, from_user)
        chosen = self._options(warehouse_id=self.warehouse.id)
        self.assertEqual(queue._get_warehouse(chosen), self.warehouse)
