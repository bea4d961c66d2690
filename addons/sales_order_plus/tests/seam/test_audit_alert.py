import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL

from ...exceptions import GuardError
from ...models.seam.sales_audit_alert import TOLD_PARAMETER
from .common import GuardCommon


class AlertCommon(GuardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["sales.audit.event"]
        cls.auditor = new_test_user(
            cls.env,
            "audit_alert",
            groups="sales_order_plus.group_sales_auditor",
            email="audit@test.example",
        )

    def _get_messages(self):
        return self.env["mail.message"].search(
            [("partner_ids", "in", self.auditor.partner_id.ids)], order="id"
        )

    def _write_past_the_buttons(self, order):
        # No assertRaises: its savepoint would take the audit event along.
        try:
            order.write({"state": "sale"})
        except GuardError:
            return
        self.fail("GuardError not raised")


@tagged("post_install", "-at_install")
class TestAuditAlert(AlertCommon):
    def setUp(self):
        super().setUp()
        self.model._alert()

    def test_written_past_the_buttons(self):
        self._stop_orders()
        order = self._new_order()
        self._write_past_the_buttons(order)
        event = self._get_events(order, "guard.refused")
        self.assertTrue(event.data["direct"])
        self.model._alert()
        message = self._get_messages()
        self.assertIn(order.name, message.body)
        self.assertIn(self.salesman.name, message.body)
        # Told once.
        self.model._alert()
        self.assertEqual(self._get_messages(), message)

    def test_button_is_daily_business(self):
        self._stop_orders()
        order = self._new_order()
        refused = False
        try:
            order.action_confirm()
        except GuardError:
            refused = True
        self.assertTrue(refused)
        event = self._get_events(order, "guard.refused")
        self.assertTrue(event.is_security)
        self.model._alert()
        self.assertFalse(self._get_messages())

    def test_other_companies_are_not_told(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.auditor.write({"company_ids": second.ids, "company_id": second.id})
        self._stop_orders()
        self._write_past_the_buttons(self._new_order())
        self.model._alert()
        self.assertFalse(self._get_messages())

    def test_nothing_before_the_first_time(self):
        self._stop_orders()
        self._write_past_the_buttons(self._new_order())
        self.env["ir.config_parameter"].sudo().set_param(TOLD_PARAMETER, False)
        self.model._alert()
        self.assertFalse(self._get_messages())

    def test_chain_that_does_not_hold(self):
        while self.model._seal():
            pass
        self.model._cron_verify()
        broken = [("code", "=", "audit.chain_broken")]
        self.assertFalse(self.model.search(broken))
        order = self._new_order()
        order.action_confirm()
        self.model._seal()
        event = self._get_events(order, "order.confirmed")
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(
            SQL("UPDATE sales_audit_event SET user_id = 1 WHERE id = %s", event.id)
        )
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.model._cron_verify()
        self.assertEqual(self.model.search(broken).data["first"], event.chain_no)
        self.model._alert()
        self.assertIn(f"number {event.chain_no}", self._get_messages().body)

    def test_filter(self):
        self._stop_orders()
        order = self._new_order()
        self._write_past_the_buttons(order)
        own = [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        security = self.model.search([*own, ("is_security", "=", True)])
        self.assertEqual(security.mapped("code"), ["guard.refused"])
        self.assertNotIn(
            security, self.model.search([*own, ("is_security", "=", False)])
        )


@tagged("post_install", "-at_install")
class TestAuditExport(AlertCommon, HttpCase):
    def test_session_and_address(self):
        order = self._new_order()
        self.assertFalse(self._get_events(order))
        order.action_confirm()
        event = self._get_events(order, "order.confirmed").sudo()
        self.assertEqual((event.session, event.ip), ("system", False))
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "test", self.env.cr.now())
        )
        self.url_open(
            "/json/2/sale.order/action_cancel",
            data=json.dumps({"ids": order.ids}),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        ).raise_for_status()
        self.env.invalidate_all()
        event = self._get_events(order, "order.cancelled").sudo()
        self.assertEqual((event.session, event.ip), ("rpc", "127.0.0.1"))
        self.assertEqual(event.user_id, self.manager)

    def test_seal_covers_the_session(self):
        order = self._new_order()
        order.action_confirm()
        while self.model._seal():
            pass
        event = self._get_events(order, "order.confirmed").sudo()
        previous = self.model.search([("chain_no", "=", event.chain_no - 1)])
        self.assertEqual(event._get_seal(previous.chain_hash or ""), event.chain_hash)
        self.env.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            SQL("UPDATE sales_audit_event SET session = 'web' WHERE id = %s", event.id)
        )
        self.env.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        event.invalidate_recordset()
        self.assertNotEqual(
            event._get_seal(previous.chain_hash or ""), event.chain_hash
        )

    def test_export(self):
        api = self.env["sales.order.api"].with_user(self.auditor)
        last = self.model.search([], limit=1).id
        order = self._new_order()
        order.action_confirm()
        self.model._seal()
        rows = api.export_audit(after=last)
        [row] = [row for row in rows if row["code"] == "order.confirmed"]
        self.assertEqual(row["document"], order.name)
        self.assertEqual(row["user"], self.salesman.login)
        self.assertEqual(len(row["chain_hash"]), 64)
        json.dumps(rows, default=str)
        [exported] = self.model.search([("code", "=", "audit.exported")], limit=1)
        self.assertEqual(exported.user_id, self.auditor)
        self.assertEqual(exported.data["events"], len(rows))

    def test_export_of_the_list(self):
        order = self._new_order()
        order.action_confirm()
        event = self._get_events(order).with_user(self.auditor)
        event.export_data(["code", "document_name"])
        exported = self.model.search([("code", "=", "audit.exported")], limit=1)
        self.assertEqual(exported.user_id, self.auditor)

    def test_refused(self):
        api = self.env["sales.order.api"]
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                api.with_user(user).export_audit()
        with self.assertRaisesRegex(UserError, "limit: give a number"):
            api.with_user(self.auditor).export_audit(limit=0)
