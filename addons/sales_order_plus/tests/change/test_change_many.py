from odoo.tests import tagged

from ...exceptions import ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeMany(ChangeCommon):
    """A change of many lines is made at once, and is told once."""

    def setUp(self):
        super().setUp()
        self._control()
        self.products = [
            self._new_product(f"Part {number}", 10.0, is_storable=True)
            for number in range(12)
        ]
        for product in self.products:
            self._set_stock(product, 20)

    def _many(self, count=12):
        return self._confirmed(*((one, 10) for one in self.products[:count]))

    def _quantities(self, order, quantities):
        pairs = zip(order.order_line, quantities, strict=True)
        return [self._quantity(order, quantity, line) for line, quantity in pairs]

    def _notes(self, document):
        messages = document.sudo().message_ids
        return messages.filtered(lambda m: "Quantities have been" in (m.body or ""))

    def test_less_and_more(self):
        order = self._many()
        wanted = [4, 4, 4, 7, 7, 7, 13, 13, 15, 15, 10, 10]
        self._applied(order, *self._quantities(order, wanted))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), wanted)
        for line, quantity in zip(order.order_line, wanted, strict=True):
            moves = self._moves(order).filtered(
                lambda m, one=line: m.sale_line_id == one
            )
            self.assertEqual(sum(moves.mapped("product_uom_qty")), quantity)
            self.assertEqual(sum(moves.mapped("quantity")), quantity, "reserved")
        self.assertEqual(len(order.picking_ids), 1)
        self._assert_no_return(order)

    def test_told_once(self):
        order = self._many()
        self._applied(order, *self._quantities(order, [*range(1, 10), 10, 10, 10]))
        note = self._notes(order)
        self.assertEqual(len(note), 1)
        self.assertIn("Part 0: 10 → 1<", note.body)
        self.assertNotIn("Part 9:", note.body)
        transfer = self._notes(order.picking_ids)
        self.assertEqual(len(transfer), 1)
        self.assertIn("Part 8: 10 → 9<", transfer.body)

    def test_one_refused_line_keeps_all(self):
        order = self._many(3)
        self._deliver(order, 6)
        change = self._new_change(order, *self._quantities(order, [7, 7, 3]))
        with self.assertRaisesRegex(ChangeError, "6 of Part 2 are delivered"):
            change.action_submit()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [10, 10, 10])
        self.assertEqual(self._open(order), 12)

    def test_queries_do_not_follow_the_lines(self):
        few, many = self._many(2), self._many(12)
        self._cost(self._many(2))
        difference = self._cost(many) - self._cost(few)
        self.assertLess(difference / 10, 12, "queries a line")

    def _cost(self, order):
        change = self._new_change(
            order, *self._quantities(order, [6] * len(order.order_line))
        )
        self._flush()
        before = self.env.cr.sql_log_count
        change.action_preview()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
