from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import RaiseException

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...models.seam.sales_audit_chain import HEAD_PARAMETER, YEARS_PARAMETER
from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestAuditChain(GuardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["sales.audit.event"]
        cls.auditor = new_test_user(
            cls.env, "audit_reader", groups="sales_order_plus.group_sales_auditor"
        )

    def setUp(self):
        super().setUp()
        while self.model._seal():
            pass
        self.assertEqual(self.model._verify_chain()["problems"], [])

    def _seal_orders(self, count=3):
        orders = self._new_order()
        for _one in range(count - 1):
            orders += self._new_order()
        orders.action_confirm()
        self.model._seal()
        return self._get_events(orders, "order.confirmed")

    def _tamper(self, query):
        """What somebody with the password of the database does."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(query)
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def _get_problems(self):
        problems = self.model._verify_chain()["problems"]
        return [(one["kind"], one["chain_no"]) for one in problems]

    # === Verifying === #

    def test_untouched(self):
        events = self._seal_orders()
        result = self.model._verify_chain()
        self.assertEqual(result["problems"], [])
        self.assertEqual(result["head"], [events[-1].chain_no, events[-1].chain_hash])

    def test_changed(self):
        event = self._seal_orders()[1]
        number = event.chain_no
        self._tamper(
            SQL("UPDATE sales_audit_event SET data = '{}' WHERE id = %s", event.id)
        )
        self.assertEqual(self._get_problems(), [("changed", number)])

    def test_changed_with_its_seal(self):
        """Who forges the seal as well breaks the next one."""
        event, following = self._seal_orders()[:2]
        before = self.model.search([("chain_no", "=", event.chain_no - 1)])
        self._tamper(
            SQL("UPDATE sales_audit_event SET res_id = 7 WHERE id = %s", event.id)
        )
        seal = event._get_seal(before.chain_hash or "")
        self._tamper(
            SQL(
                "UPDATE sales_audit_event SET chain_hash = %s WHERE id = %s",
                seal,
                event.id,
            )
        )
        self.assertEqual(self._get_problems(), [("changed", following.chain_no)])

    def test_missing(self):
        number = self._seal_orders()[1].chain_no
        self._tamper(SQL("DELETE FROM sales_audit_event WHERE chain_no = %s", number))
        self.assertEqual(self._get_problems(), [("missing", number)])

    def test_missing_tail(self):
        events = self._seal_orders()
        numbers = events.mapped("chain_no")
        self._tamper(
            SQL("DELETE FROM sales_audit_event WHERE chain_no >= %s", numbers[1])
        )
        self.assertEqual(self._get_problems(), [("missing", numbers[1])])
        message = self.model._verify_chain()["problems"][0]["message"]
        self.assertIn(f"{numbers[1]} to {numbers[2]}", message)

    def test_reordered(self):
        one, other = self._seal_orders()[:2]
        numbers = [one.chain_no, other.chain_no]
        query = "UPDATE sales_audit_event SET chain_no = %s WHERE id = %s"
        self._tamper(SQL(query, 10**9, one.id))
        self._tamper(SQL(query, numbers[0], other.id))
        self._tamper(SQL(query, numbers[1], one.id))
        problems = self._get_problems()
        self.assertTrue({("changed", number) for number in numbers} <= set(problems))

    def test_forged_end(self):
        event = self._seal_orders()[-1]
        before = self.model.search([("chain_no", "=", event.chain_no - 1)])
        self._tamper(
            SQL("UPDATE sales_audit_event SET res_id = 7 WHERE id = %s", event.id)
        )
        seal = event._get_seal(before.chain_hash)
        self._tamper(
            SQL(
                "UPDATE sales_audit_event SET chain_hash = %s WHERE id = %s",
                seal,
                event.id,
            )
        )
        self.assertEqual(self._get_problems(), [("changed", event.chain_no)])

    def test_button_of_an_auditor(self):
        number = self._seal_orders()[1].chain_no
        events = self.model.with_user(self.auditor)
        good = events.action_verify_chain()["params"]
        self.assertEqual(good["type"], "success")
        self._tamper(SQL("DELETE FROM sales_audit_event WHERE chain_no = %s", number))
        bad = events.action_verify_chain()["params"]
        self.assertEqual((bad["type"], bad["sticky"]), ("danger", True))
        self.assertIn(f"numbers {number} to {number}", bad["message"])
        verified = self._get_events(self.env.company, "audit.verified")[-2:]
        self.assertEqual([one.data["problems"] for one in verified], [0, 1])
        self.assertEqual(verified.user_id, self.auditor)

    def test_verify_over_rpc(self):
        self._seal_orders()
        api = self.env["sales.order.api"]
        result = api.with_user(self.auditor).verify_audit()
        number, seal = result["head"]
        head = self.env["ir.config_parameter"].sudo().get_param(HEAD_PARAMETER)
        self.assertEqual(head, f"{number}:{seal}")
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                api.with_user(user).verify_audit()

    # === Kept === #

    def test_kept_when_the_order_is_gone(self):
        order = self._new_order()
        order.action_confirm()
        order.with_user(self.manager)._action_cancel()
        name, order_id = order.name, order.id
        order.with_user(self.manager).unlink()
        events = self.model.with_user(self.auditor).search(
            [("model", "=", "sale.order"), ("res_id", "=", order_id)], order="id"
        )
        self.assertEqual(events.mapped("code"), ["order.confirmed", "order.cancelled"])
        self.assertEqual(set(events.mapped("document_name")), {name})

    def test_retention(self):
        """Removes the begin of the chain; what is left is still verified."""
        long_ago = fields.Datetime.now() - relativedelta(years=6)
        old = self._seal_orders()
        last = old[-1].chain_no
        # Written, not sealed anew: the date is part of the seal.
        self._tamper(SQL("UPDATE sales_audit_event SET date = %s", long_ago))
        young = self._seal_orders(1)
        self.model._cron_purge()
        self.assertTrue(
            old.exists(), "Nothing is removed unless a number of years is set"
        )
        self.env["ir.config_parameter"].sudo().set_param(YEARS_PARAMETER, "5")
        self.model._cron_purge()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
        purge = self._get_events(self.env.company, "audit.purged")
        self.assertEqual(purge.data["up_to"], last)
        self.model._seal()
        self.assertEqual(self._get_problems(), [])

    @mute_logger("odoo.sql_db")
    def test_retention_of_days_is_refused(self):
        event = self._seal_orders(1)
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self._tamper(SQL("UPDATE sales_audit_event SET date = %s", yesterday))
        with self.assertRaises(RaiseException), self.cr.savepoint():
            self.model._purge(fields.Datetime.now())
        self.assertTrue(event.exists())


@tagged("post_install", "-at_install")
class TestAuditChanges(GuardCommon):
    def _get_last(self, order, code):
        return self._get_events(order, code)[-1:]

    def test_price_of_a_draft(self):
        order = self._new_order()
        line = order.order_line
        price = line.price_unit
        line.with_context(tracking_disable=True).price_unit = price + 5
        event = self._get_last(order, "order.line_changed")
        self.assertEqual(event.data["price_unit"], [price, price + 5])
        self.assertEqual(event.data["line"], line.product_id.display_name)
        self.assertEqual(event.user_id, self.salesman)
        self.assertIn(f"price_unit: {price} → {price + 5}", event.details)

    def test_same_price_is_no_change(self):
        order = self._new_order()
        order.order_line.price_unit = order.order_line.price_unit
        self.assertFalse(self._get_events(order, "order.line_changed"))

    def test_quantity_once_it_was_sent(self):
        order = self._new_order()
        order.order_line.product_uom_qty = 3
        self.assertFalse(self._get_events(order, "order.line_changed"))
        order.action_quotation_sent()
        order.order_line.product_uom_qty = 4
        event = self._get_last(order, "order.line_changed")
        self.assertEqual(event.data["product_uom_qty"], [3.0, 4.0])

    def test_customer_and_removed_line(self):
        order = self._new_order()
        order.action_quotation_sent()
        term = self.env.ref("account.account_payment_term_immediate")
        order.payment_term_id = term
        event = self._get_last(order, "order.changed")
        self.assertEqual(event.data["payment_term_id"][1], term.display_name)
        name = order.order_line.product_id.display_name
        order.order_line.unlink()
        event = self._get_last(order, "order.line_removed")
        self.assertEqual(event.data["line"], name)

    def test_many_lines_one_insert(self):
        order = self._new_order()
        lines = order.order_line + order.order_line.copy({"order_id": order.id})
        lines.write({"discount": 10})
        events = self._get_events(order, "order.line_changed")
        self.assertEqual(
            [event.data["discount"] for event in events], [[0.0, 10.0]] * 2
        )

    def test_export(self):
        order = self._new_order()
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        order.with_user(self.manager).export_data(["name", "amount_total"])
        event = self._get_last(order, "document.exported")
        self.assertEqual(event.data["fields"], "name, amount_total")
        self.assertEqual(event.user_id, self.manager)
