from unittest.mock import patch

from lxml import etree

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import Form, tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestLifecycle(SalesPlusCommon):
    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 10)

    def _deliver(self, order, quantity):
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking = picking.with_user(self.storeman)
        picking.move_ids.write({"quantity": quantity, "picked": True})
        result = picking.button_validate()
        if isinstance(result, dict):
            Form.from_action(picking.env, result).save().process()
        return picking

    def test_from_quotation_to_return(self):
        order = self._new_order((self.product, 4))
        self.assertEqual(order.lifecycle_stage, "draft")
        order.action_quotation_sent()
        self.assertEqual(order.lifecycle_stage, "draft")
        order.action_confirm()
        self.assertEqual(order.lifecycle_stage, "approved")
        self._deliver(order, 1)
        self.assertEqual(order.lifecycle_stage, "shipped")
        self._deliver(order, 3)
        self.assertEqual(order.lifecycle_stage, "delivered")
        for picking in order.picking_ids:
            self._return(picking)
        self.assertEqual(order.lifecycle_stage, "returned")
        self.assertEqual(order.state, "sale")

    def test_announced_return_changes_nothing(self):
        """Odoo takes a return that is not received yet for an open delivery."""
        order = self._new_order((self.product, 4))
        order.action_confirm()
        picking = self._deliver(order, 4)
        back = self._announce_return(picking)
        self.assertEqual(order.delivery_status, "partial")
        self.assertEqual(order.lifecycle_stage, "delivered")
        self._receive(back)
        self.assertEqual(order.lifecycle_stage, "returned")

    def test_part_of_it_comes_back(self):
        order = self._new_order((self.product, 4))
        order.action_confirm()
        picking = self._deliver(order, 4)
        self._receive(self._announce_return(picking, 1))
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertEqual(order.lifecycle_stage, "delivered")

    def test_remainder_is_not_delivered(self):
        order = self._new_order((self.product, 4))
        order.action_confirm()
        self._deliver(order, 1)
        order.picking_ids.filtered(lambda p: p.state != "done").sudo().action_cancel()
        self.assertEqual(order.lifecycle_stage, "delivered")

    def test_warehouse_has_begun(self):
        order = self._new_order((self.product, 4))
        order.action_confirm()
        order.picking_ids.sudo().printed = True
        self.assertEqual(order.lifecycle_stage, "processing")

    def test_service_is_done(self):
        order = self._new_order((self.service, 2))
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self.assertEqual(order.lifecycle_stage, "approved")
        order.order_line.qty_delivered = 2
        self.assertEqual(order.lifecycle_stage, "delivered")

    def _return(self, picking):
        self._receive(self._announce_return(picking))

    def _receive(self, back):
        back.move_ids.picked = True
        back.with_user(self.storeman).button_validate()

    def _announce_return(self, picking, quantity=None):
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storeman)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = quantity or line.move_id.quantity
        return self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )

    def test_cancelled(self):
        order = self._new_order()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(order.lifecycle_stage, "canceled")

    def test_services_need_no_delivery(self):
        order = self._new_order((self.service, 1))
        order.action_confirm()
        self.assertEqual(order.lifecycle_stage, "approved")

    def test_group_by_stage(self):
        orders = self._new_order() + self._new_order()
        orders[0].action_confirm()
        groups = self.env["sale.order"]._read_group(
            [("id", "in", orders.ids)], ["lifecycle_stage"], ["__count"]
        )
        self.assertEqual(dict(groups), {"draft": 1, "approved": 1})

    def test_stage_in_the_lists(self):
        """A column in every list of orders, and a group; quotations have a status."""
        shown = {
            "sale.sale_order_tree": "hide",
            "sale.view_order_tree": "show",
            "sale.view_quotation_tree": "hide",
            "sales_order_plus.sale_order_desk_view_list": "show",
        }
        orders = self.env["sale.order"].with_user(self.salesman)
        for view, optional in shown.items():
            arch = orders.get_view(self.env.ref(view).id, "list")["arch"]
            (column,) = etree.fromstring(arch).xpath("//field[@name='lifecycle_stage']")
            self.assertEqual(column.get("optional"), optional, view)
        search = self.env.ref("sale.view_sales_order_filter")
        arch = orders.get_view(search.id, "search")["arch"]
        self.assertEqual(
            len(etree.fromstring(arch).xpath("//*[@name='group_stage']")), 1
        )

    def test_stage_costs_no_query_when_creating(self):
        """The stage travels with the amounts: one UPDATE an order, as in plain Odoo."""
        vals = {
            "partner_id": self.customer.id,
            "order_line": [Command.create({"product_id": self.service.id})],
        }
        self.env["sale.order"].create(vals)
        self.env.flush_all()
        updates = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            code = str(getattr(query, "code", query)).strip()
            if code.startswith('UPDATE "sale_order"\n'):
                updates.append(code)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            order = self.env["sale.order"].create(vals)
            self.env.flush_all()
        self.assertEqual(order.lifecycle_stage, "draft")
        self.assertEqual(len(updates), 1, updates)
        self.assertIn("lifecycle_stage", updates[0])
