from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..common import SalesPlusCommon


class UndoneError(Exception):
    """Rolls a savepoint back."""


@tagged("post_install", "-at_install")
class TestLineGuard(SalesPlusCommon):
    """Two transactions that change one confirmed order meet in its row."""

    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.service, 1), (self.service, 2))
        self.order.action_confirm()
        self.env.flush_all()
        # Somebody else made it, some time ago.
        early = self.env.cr.now() - timedelta(hours=1)
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s",
            (early, self.order.id),
        )
        self.env.invalidate_all()
        self.env.cr.cache.clear()

    def _count_meetings(self, change):
        """Return how often ``change`` rewrites the row of the order."""
        core, met = type(self.env.cr).execute, []

        def execute(cr, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            if text.startswith("UPDATE sale_order SET write_date"):
                met.append(text)
            return core(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", execute):
            change()
        return len(met)

    def _change(self):
        for line in self.order.order_line:
            line.product_uom_qty += 1

    def test_once_a_transaction(self):
        self.assertEqual(self._count_meetings(self._change), 1)
        self.assertEqual(self._count_meetings(self._change), 0)

    def test_again_if_it_was_undone(self):
        def change_and_undo():
            self._change()
            raise UndoneError

        def try_it():
            with self.assertRaises(UndoneError), self.env.cr.savepoint():
                change_and_undo()

        self.assertEqual(self._count_meetings(try_it), 1)
        self.assertEqual(self._count_meetings(self._change), 1)

    def test_not_for_an_order_nobody_else_sees(self):
        order = self._new_order((self.service, 1))
        order.action_confirm()
        change = order.order_line.write
        self.assertEqual(
            self._count_meetings(lambda: change({"product_uom_qty": 5})), 0
        )
