from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_open

from ...exceptions import GuardError
from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestGuard(GuardCommon):
    """A stopped order does not reach ``sale`` on any path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.product, 10)

    def _assert_refused(self, order, path):
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            path(order)
        order.invalidate_recordset()
        self.assertNotEqual(order.state, "sale")
        self.assertIn("Too large: ask Ann.", str(caught.exception))
        return caught.exception

    def test_free_order_confirms(self):
        order = self._new_order((self.product, 2))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 2)

    def test_button(self):
        self._stop_orders()
        self._assert_refused(self._new_order(), lambda order: order.action_confirm())

    def test_write_state(self):
        self._stop_orders()
        self._assert_refused(
            self._new_order(), lambda order: order.write({"state": "sale"})
        )

    def test_write_state_as_superuser(self):
        self._stop_orders()
        self._assert_refused(
            self._new_order(),
            lambda order: order.with_user(SUPERUSER_ID).write({"state": "sale"}),
        )

    def test_write_state_with_context_keys(self):
        self._stop_orders()
        keys = {"sales_guard_hold": "x", "install_mode": True, "tracking_disable": True}
        self._assert_refused(
            self._new_order(),
            lambda order: order.with_context(**keys).write({"state": "sale"}),
        )

    def test_hold_context_key_confirms_nothing(self):
        """The key a client could send chooses holding, it lets nothing pass."""
        self._stop_orders()
        order = self._new_order()
        order.with_context(sales_guard_hold="x").action_confirm()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
        self.assertFalse(order.picking_ids)

    def test_create_confirmed(self):
        self._stop_orders()
        before = self.env["sale.order"].search_count([])
        with self.assertRaises(GuardError), self.cr.savepoint():
            self._new_order(state="sale")
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_create_with_default_state(self):
        self._stop_orders()
        with self.assertRaises(GuardError), self.cr.savepoint():
            self.env["sale.order"].with_user(self.salesman).with_context(
                default_state="sale"
            ).create({"partner_id": self.customer.id})

    def test_copy_confirmed(self):
        self._stop_orders()
        self._assert_refused(
            self._new_order(), lambda order: order.copy({"state": "sale"})
        )

    def test_load(self):
        self._stop_orders()
        result = (
            self.env["sale.order"]
            .with_user(self.salesman)
            .load(
                ["partner_id/.id", "state"],
                [[str(self.customer.id), "Sales Order"]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("Too large", result["messages"][0]["message"])

    def test_form_save(self):
        self._stop_orders()
        order = self._new_order()

        def save(record):
            with Form(record) as form:
                form.client_order_ref = "PO1"
            record.web_save({"state": "sale"}, {"state": {}})

        self._assert_refused(order, save)

    def test_server_action_over_many(self):
        """Of two selected orders none confirms when one is stopped."""
        other = self.env["res.partner"].create({"name": "Free Customer"})
        free = self._new_order(partner_id=other.id)
        self._stop_orders()
        orders = free + self._new_order()
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["draft", "draft"])
        self.assertNotIn(free.name, str(caught.exception))

    def test_error_carries_findings(self):
        self._stop_orders()
        order = self._new_order()
        error = self._assert_refused(order, lambda o: o.action_confirm())
        self.assertEqual(error.http_status, 422)
        self.assertEqual(error.context["code"], "guard_refused")
        self.assertEqual(
            error.context["findings"],
            [
                {
                    "model": "sale.order",
                    "id": order.id,
                    "code": "test.stop",
                    "message": "Too large: ask Ann.",
                    "severity": "block",
                }
            ],
        )

    def test_refusal_is_logged(self):
        self._stop_orders()
        order = self._new_order()
        # No savepoint here: in a test the second cursor shares the connection.
        refused = False
        try:
            order.action_confirm()
        except GuardError:
            refused = True
        self.assertTrue(refused)
        event = self._get_events(order, "guard.refused")
        self.assertEqual(event.user_id, self.salesman)
        self.assertEqual(
            event.data, {"operation": "confirm", "findings": ["test.stop"]}
        )

    def test_warning_passes(self):
        self._stop_orders(severity="warn")
        order = self._new_order()
        self.assertEqual(order.guard_state, "warning")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_guard_shown_in_form(self):
        order = self._new_order()
        self.assertEqual(order.guard_state, "free")
        self._stop_orders(severity="approve")
        order.invalidate_recordset()
        self.assertEqual(order.guard_state, "waiting")
        self.assertEqual(order.guard_message, "Too large: ask Ann.")

    def test_line_with_own_state_ships_nothing(self):
        """sale_stock launches deliveries for lines created in state sale."""
        order = self._new_order((self.service, 1))
        vals = {"order_id": order.id, "product_id": self.product.id, "state": "sale"}
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["sale.order.line"].with_user(self.salesman).create(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            order.order_line.write({"state": "sale"})
        self.assertFalse(order.picking_ids)


@tagged("post_install", "-at_install")
class TestGuardAmend(GuardCommon):
    """Lines of a confirmed order are checked with the operation ``amend``."""

    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.service, 1))
        self.order.action_confirm()
        self._stop_orders(operations=("amend",))

    def _assert_line_refused(self, path):
        with self.assertRaises(GuardError), self.cr.savepoint():
            path(self.order)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.amount_untaxed, 50)

    def test_quantity(self):
        self._assert_line_refused(
            lambda order: order.order_line.write({"product_uom_qty": 1000})
        )

    def test_price_through_order(self):
        self._assert_line_refused(
            lambda order: order.write(
                {"order_line": [Command.update(order.order_line.id, {"price_unit": 1})]}
            )
        )

    def test_new_line(self):
        vals = {"order_id": self.order.id, "product_id": self.service.id}
        self._assert_line_refused(
            lambda order: (
                self.env["sale.order.line"].with_user(self.salesman).create(vals)
            )
        )

    def test_line_moved_from_quotation(self):
        other = self._new_order((self.service, 7))
        self._assert_line_refused(
            lambda order: other.order_line.write({"order_id": order.id})
        )

    def test_description_is_free(self):
        self.order.order_line.name = "Other words"
        self.assertEqual(self.order.order_line.name, "Other words")

    def test_title_of_the_dialog(self):
        """The web client and a till know the error by the name of its class."""
        name = f"{GuardError.__module__}.{GuardError.__qualname__}"
        with file_open(
            "sales_order_plus/static/src/guard/guard_error_title.js"
        ) as file:
            self.assertIn(f'"{name}"', file.read())
