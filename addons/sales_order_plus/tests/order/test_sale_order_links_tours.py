from odoo.tests import HttpCase, tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestSaleOrderLinksTours(SalesPlusCommon, HttpCase):
    """A salesperson splits, copies and merges in the browser."""

    def _tour(self, url, name):
        self.env.flush_all()
        self.start_tour(url, name, login=self.salesman.login)

    def test_split(self):
        order = self._new_order((self.product, 3), (self.service, 2))
        self._tour(f"/odoo/orders/{order.id}", "sales_order_plus_order_split")
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.child_order_ids.order_line.product_id, self.service)

    def test_clone(self):
        order = self._new_order((self.product, 1))
        order.action_confirm()
        self._tour(f"/odoo/orders/{order.id}", "sales_order_plus_order_clone")
        self.env.invalidate_all()
        relation = order._get_order_relations()[order.id][0]
        self.assertEqual(relation.order.order_line.product_uom_qty, 2)

    def test_merge(self):
        old, new = (
            self._new_order((self.product, 2)),
            self._new_order((self.product, 3)),
        )
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Two quotations",
                "res_model": "sale.order",
                "view_mode": "list,form",
                "domain": f"[('id', 'in', {[old.id, new.id]})]",
            }
        )
        self._tour(f"/odoo/action-{action.id}", "sales_order_plus_order_merge")
        self.env.invalidate_all()
        self.assertEqual((old.state, new.state), ("draft", "cancel"))
        self.assertEqual(old.order_line.product_uom_qty, 5)
