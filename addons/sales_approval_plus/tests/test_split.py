from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestSplit(ApprovalCommon):
    """Splitting, merging and copying are no way around an approval."""

    def _confirmed(self):
        order = self._new_approved(quantity=10)
        order.with_user(self.salesman).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(self.salesman)

    def test_part_that_needs_approval_refuses_the_split(self):
        """The approval was for the whole order; the part has none of its own."""
        order = self._confirmed()
        self.assertEqual(order.state, "sale")
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            order._split([{order.order_line: 4}])
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertFalse(order.child_order_ids)

    def test_part_that_needs_none(self):
        order = self._new_discounted(discount=5, quantity=10)
        order.action_confirm()
        new = order._split([{order.order_line: 4}])
        self.assertEqual(new.state, "sale")

    def test_part_of_an_approved_quotation_asks_again(self):
        """What is left is less of the same; the part was never decided on."""
        order = self._new_approved(quantity=10).with_user(self.salesman)
        new = order._split([{order.order_line: 4}])
        self.assertFalse(new.approval_request_ids)
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            new.action_confirm()

    def test_merged_quotation_asks_again(self):
        order = self._new_approved(discount=20).with_user(self.salesman)
        merged = (order | self._new_discounted(discount=40))._merge()
        self.assertEqual(merged, order)
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            merged.action_confirm()

    def test_approvals_are_not_copied(self):
        order = self._new_approved().with_user(self.salesman)
        clone, _left = order._clone(reprice=False)
        self.assertFalse(clone.approval_request_ids)
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            clone.action_confirm()
