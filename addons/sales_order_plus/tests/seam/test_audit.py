from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...exceptions import AppendOnlyError
from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestAudit(GuardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["sales.audit.event"]

    def test_story_of_an_order(self):
        order = self._new_order()
        order.action_confirm()
        order.with_user(self.manager)._action_cancel()
        order.with_user(self.manager).action_draft()
        events = self._get_events(order)
        self.assertEqual(
            events.mapped("code"), ["order.confirmed", "order.cancelled", "order.reset"]
        )
        self.assertEqual(
            events.mapped("user_id.login"), [self.salesman.login, self.manager.login]
        )
        self.assertEqual(events.owner_id, self.salesman)
        self.assertEqual(events[0].name, "Order confirmed")
        self.assertEqual(order.audit_event_count, 3)

    def test_batch_confirm_adds_one_insert(self):
        orders = self._new_order() + self._new_order() + self._new_order()
        with patch.object(type(self.model), "_add", autospec=True) as add:
            orders.action_confirm()
        self.assertEqual([len(call.args[1]) for call in add.call_args_list], [3])

    def test_orm_refuses_change_and_delete(self):
        order = self._new_order()
        order.action_confirm()
        event = self._get_events(order).sudo()
        with self.assertRaises(AppendOnlyError):
            event.write({"user_id": self.manager.id})
        with self.assertRaises(AppendOnlyError):
            event.unlink()

    @mute_logger("odoo.sql_db")
    def test_database_refuses_change_and_delete(self):
        order = self._new_order()
        order.action_confirm()
        event = self._get_events(order)
        for statement in (
            "UPDATE sales_audit_event SET user_id = 1 WHERE id = %s",
            "DELETE FROM sales_audit_event WHERE id = %s",
        ):
            with self.assertRaises(RaiseException), self.cr.savepoint():
                self.cr.execute(statement, [event.id])

    def test_nobody_writes_events(self):
        vals = {"code": "x", "model": "sale.order", "res_id": 1, "user_id": 1}
        for user in (self.salesman, self.manager, self.storeman):
            with self.assertRaises(AccessError):
                self.model.with_user(user).create(vals)

    def test_who_reads_events(self):
        mine = self._new_order()
        theirs = self._new_order(user=self.colleague)
        mine.action_confirm()
        theirs.action_confirm()

        def visible(user):
            return (
                self._get_events(mine + theirs).with_user(user)._filtered_access("read")
            )

        self.assertEqual(visible(self.salesman).mapped("res_id"), mine.ids)
        # The role alone shows what others did, not that somebody sees all orders.
        self.assertEqual(visible(self.colleague).mapped("res_id"), theirs.ids)
        auditor = new_test_user(
            self.env, "audit_role", groups="sales_order_plus.group_sales_auditor"
        )
        self.assertEqual(len(visible(auditor)), 2)
        with self.assertRaises(AccessError):
            self.model.with_user(self.portal_user).search([])

    def test_open_document(self):
        order = self._new_order()
        order.action_confirm()
        action = self._get_events(order).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", order.id)
        )
