from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon

AUDITOR = "sales_order_plus.group_sales_auditor"


@tagged("post_install", "-at_install")
class TestRetention(ApprovalCommon):
    """Details of old decisions go; what was decided, by whom, and the seals stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["sales.audit.event"]
        cls.auditor = new_test_user(cls.env, "tsap_aud", groups=AUDITOR)
        cls.admin = new_test_user(cls.env, "tsap_root", groups="base.group_system")
        cls.rule = cls.env["sales.approval.retention"].create(
            {"name": "Two years", "months": 24, "action": "redact"}
        )

    def _new_decided(self, months, **values):
        """Approve an order and make it look as old as ``months``."""
        order = self._new_submitted(**values)
        self._approve(order, self.ann, "Because of Mrs Smith")
        request = self._get_request(order)
        self.env.flush_all()
        self._age(order, request, months)
        while self.events._seal():
            pass
        return order

    def _age(self, order, request, months):
        date = fields.Datetime.now() - relativedelta(months=months, days=1)
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        for table, columns, key, value in (
            ("sales_audit_event", ("date",), "res_id", order.id),
            (
                "sales_approval_request",
                ("submitted_on", "decided_on"),
                "id",
                request.id,
            ),
        ):
            for column in columns:
                self.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        date,
                        SQL.identifier(key),
                        value,
                    )
                )
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def _get_own_events(self, order, code):
        domain = [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        return self.events.search([*domain, ("code", "=", code)])

    def _apply(self):
        result = self.rule.with_user(self.admin).action_apply()
        self.env.invalidate_all()
        return result["params"]["message"]

    def test_dry_run_changes_nothing(self):
        old, young = self._new_decided(30), self._new_decided(10)
        self.assertEqual(self.rule.due_count, 1)
        action = self.rule.with_user(self.auditor).action_view_due()
        listed = self.env["sales.approval.request"].search(action["domain"])
        self.assertEqual(listed.sale_order_id, old)
        self.env["sales.approval.retention"]._cron_apply()
        for order in (old, young):
            self.assertTrue(self._get_request(order).snapshot)
        self.assertFalse(self.rule.last_run)

    def test_redact(self):
        old, young = self._new_decided(30), self._new_decided(10)
        request = self._get_request(old)
        kept = request.read(["fingerprint", "metrics", "state", "decided_on"])
        self.assertEqual(self._apply(), "Applied to 1 requests.")
        self.assertFalse(request.snapshot)
        vote = request.vote_ids
        self.assertFalse(vote.snapshot)
        self.assertFalse(vote.reason)
        self.assertEqual((vote.user_id, vote.decision), (self.ann, "approve"))
        self.assertEqual(vote.metrics["discount"], 20.0)
        self.assertEqual(
            request.read(["fingerprint", "metrics", "state", "decided_on"]), kept
        )
        event = self._get_own_events(old, "vote.cast")
        self.assertFalse(event.data)
        self.assertTrue(event.redacted_on)
        self.assertIn("Smith", str(self._get_own_events(young, "vote.cast").data))
        self.assertTrue(self._get_request(young).snapshot)
        self.assertEqual(self.events._verify_chain()["problems"], [])
        while self.events._seal():
            pass
        self.assertEqual(self.events._verify_chain()["problems"], [])
        self.assertEqual(self.rule.due_count, 0)
        self.assertEqual(self._apply(), "Applied to 0 requests.")
        self.assertTrue(self._get_own_events(old, "approval.redacted"))

    def test_delete_snapshots_only(self):
        self.rule.action = "snapshot"
        order = self._new_decided(30)
        self._apply()
        request = self._get_request(order)
        self.assertFalse(request.snapshot)
        self.assertFalse(request.vote_ids.snapshot)
        self.assertEqual(request.vote_ids.reason, "Because of Mrs Smith")
        self.assertTrue(self._get_own_events(order, "vote.cast").data)
        self.assertEqual(self.rule.due_count, 0)
        # A rule that takes more away still finds it.
        self.rule.action = "redact"
        self.assertEqual(self.rule.due_count, 1)

    def test_legal_hold(self):
        held, free = self._new_decided(30), self._new_decided(30)
        hold = (
            self.env["sales.approval.hold"]
            .with_user(self.auditor)
            .create({"sale_order_id": held.id, "reason": "Lawsuit 7/2026"})
        )
        self.assertEqual((self.rule.due_count, self.rule.held_count), (1, 1))
        self._apply()
        request = self._get_request(held)
        self.assertTrue(request.snapshot)
        self.assertEqual(request.vote_ids.reason, "Because of Mrs Smith")
        self.assertTrue(self._get_own_events(held, "vote.cast").data)
        self.assertFalse(self._get_request(free).snapshot)
        self.assertTrue(self._get_own_events(held, "hold.created"))
        hold.active = False
        self._apply()
        self.assertFalse(request.snapshot)

    def test_only_rules_that_are_switched_on(self):
        order = self._new_decided(30)
        self.rule.is_live = True
        self.assertEqual(self.rule._apply(10), 1)
        self.assertFalse(self._get_request(order).snapshot)
        self.assertEqual(self.rule.last_count, 1)

    def test_pending_and_other_companies_stay(self):
        order = self._new_submitted()
        request = self._get_request(order)
        self.env.flush_all()
        self._age(order, request, 30)
        self.assertEqual(self.rule.due_count, 0)
        self._new_decided(30)
        second = self.env["res.company"].create({"name": "Second"})
        self.rule.company_id = second
        self.assertEqual(self.rule.due_count, 0)

    def test_confirmed_order_after_it(self):
        """It may still be changed, but not be made worse; as it is, it is approved."""
        order = self._new_decided(30)
        order.action_confirm()
        self._apply()
        order.order_line.name = "Another text"
        with self.assertRaises(GuardError):
            order.order_line.discount = 40

    def test_quotation_after_it(self):
        order = self._new_decided(30)
        self._apply()
        self.assertEqual(order.approval_state, "approved")
        order.order_line.discount = 19
        self.env.invalidate_all()
        # Better, but nothing is left to compare it with.
        self.assertEqual(order.approval_state, "to_submit")

    def test_submitted_again_after_it(self):
        """Votes of a round that cannot be compared any more are not reused."""
        order = self._new_decided(30)
        self._apply()
        order.order_line.discount = 18
        self.env.invalidate_all()
        order.action_submit_for_approval()
        request = self._get_request(order)
        self.assertEqual(request.state, "pending")
        self.assertFalse(request.line_ids.reused_from_id)

    def test_certificate_after_it(self):
        order = self._new_decided(30)
        self._apply()
        checks = self._get_request(order)._get_certificate()["verification"]
        self.assertEqual([one[0] for one in checks][:1], [None])
        self.assertIn("not kept any longer", checks[0][1])
        self.assertNotIn(False, [one[0] for one in checks])
        self.assertNotIn("Smith", str(order._get_approval_timeline()))

    @mute_logger("odoo.sql_db")
    def test_at_least_a_year(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.rule.months = 11
            self.env.flush_all()

    def test_who_may(self):
        order = self._new_decided(30)
        for user in (self.auditor, self.manager):
            mine = self.rule.with_user(user)
            self.assertEqual(mine.due_count, 1)
            with self.assertRaises(AccessError):
                mine.action_apply()
            with self.assertRaises(AccessError):
                mine.is_live = True
        holds = self.env["sales.approval.hold"]
        for user in (self.salesman, self.manager, self.ann):
            with self.assertRaises(AccessError):
                holds.with_user(user).create({"sale_order_id": order.id, "reason": "x"})

    def test_changes_of_rules_are_told(self):
        self.rule.with_user(self.admin).months = 36
        event = self.events.search(
            [("model", "=", self.rule._name), ("code", "=", "retention.changed")]
        )
        self.assertEqual(event.data, {"months": [24, 36]})
        self._new_decided(40)
        self._apply()
        self.assertEqual(
            self.events.search_count([("code", "=", "retention.changed")]), 1
        )

    def test_runs_in_portions(self):
        orders = [self._new_decided(30) for _number in range(3)]
        self.assertEqual(self.rule._apply(2), 2)
        self.assertEqual(self.rule._apply(2), 1)
        self.assertFalse(any(self._get_request(one).snapshot for one in orders))
        self.assertGreater(
            fields.Datetime.now() + timedelta(seconds=5), self.rule.last_run
        )
