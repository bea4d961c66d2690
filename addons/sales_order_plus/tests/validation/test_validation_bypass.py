from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import AppendOnlyError, BypassError, GuardError
from .common import ValidationCommon


@tagged("post_install", "-at_install")
class TestValidationBypass(ValidationCommon):
    def setUp(self):
        super().setUp()
        self.rule = self._new_filter("no_po")
        self.order = self._new_order()
        self.bypasses = self.env["sales.validation.bypass"].with_user(self.salesman)

    def _ask(self, order=None, user=None, reason="By telephone", days=7):
        user = user or self.salesman
        order = (order or self.order).with_user(user)
        rule = self.rule.with_user(user)
        return self.bypasses.with_user(user)._ask(order, rule, reason, days)

    def test_asked_granted_and_dead_after_a_change(self):
        request = self._ask()
        self.assertEqual(request.state, "asked")
        self.assertFalse(request.can_decide)
        self._assert_refused(self.order, "no_po")
        with self.assertRaises(AccessError):
            request.action_grant()
        request.with_user(self.manager).action_grant()
        self._assert_bypassed()
        self.order.order_line.product_uom_qty = 2
        self._assert_refused(self.order, "no_po")
        self.order.order_line.product_uom_qty = 1
        self._assert_confirms(self.order)
        events = self.env["sales.audit.event"].search(
            [("model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )
        self.assertIn("rule.bypassed", events.mapped("code"))
        logs = self.env["sales.validation.log"].search(
            [("order_id", "=", self.order.id), ("outcome", "=", "bypassed")]
        )
        self.assertEqual(logs.rule_id, self.rule.with_env(self.env))

    def _assert_bypassed(self):
        self.assertEqual(self._get_codes(self.order), [])

    def test_who_may_decide_lets_pass_at_once(self):
        bypass = self._ask(user=self.manager)
        self.assertEqual((bypass.state, bypass.is_valid), ("granted", True))
        self._assert_confirms(self.order)

    def test_refused_request(self):
        request = self._ask().with_user(self.manager)
        request.action_refuse()
        self._assert_refused(self.order, "no_po")
        with self.assertRaises(BypassError):
            request.action_grant()

    def test_changed_between_asking_and_granting(self):
        request = self._ask().with_user(self.manager)
        self.order.order_line.product_uom_qty = 3
        with self.assertRaises(BypassError):
            request.action_grant()

    def test_expires(self):
        self._ask(user=self.manager, days=2)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._assert_refused(self.order, "no_po")

    def test_other_order_and_other_rule_are_not_covered(self):
        self._ask(user=self.manager)
        self._assert_refused(self._new_order(), "no_po")
        self._new_filter("second")
        self._assert_refused(self.order, "second")

    def test_never_changed(self):
        bypass = self._ask()
        for change in (
            lambda: bypass.write({"state": "granted"}),
            lambda: bypass.sudo().write({"state": "granted"}),
            lambda: bypass.sudo().unlink(),
        ):
            with self.assertRaises(AppendOnlyError), self.cr.savepoint():
                change()
        with self.assertRaises(AccessError):
            self.bypasses.create(
                {
                    "order_id": self.order.id,
                    "rule_id": self.rule.id,
                    "state": "granted",
                    "reason": "me",
                    "user_id": self.salesman.id,
                    "fingerprint": self.order._get_validation_fingerprint(),
                    "expires": fields.Datetime.now() + timedelta(days=1),
                }
            )

    def test_what_is_needed(self):
        for values in ({"reason": " "}, {"days": 0}, {"days": 365}):
            with self.assertRaises(BypassError):
                self._ask(**values)
        self.rule.write({"is_bypassable": False, "legal_reference": "Reg. 428/2009"})
        with self.assertRaisesRegex(BypassError, "428/2009"):
            self._ask(user=self.manager)
        self.rule.is_bypassable = True
        self.order.client_order_ref = "x"
        with self.assertRaises(BypassError):
            self._ask()

    def test_warning_is_noted_by_anybody_and_quiet(self):
        self.rule.severity = "warn"
        self.assertEqual(self.order.guard_state, "warning")
        self._ask(reason="Noted")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.guard_state, "free")

    def test_group_of_the_rule_decides(self):
        group = self.env.ref("sales_order_plus.group_credit_controller")
        self.rule.sudo().bypass_group_ids = group
        self.assertEqual(self._ask(user=self.manager).state, "asked")
        controller = self._new_user(
            "tsop_ctl", "sales_order_plus.group_credit_controller"
        )
        self.assertEqual(self._ask(user=controller).state, "granted")

    def test_held_order_is_confirmed_by_the_decision(self):
        self.rule.severity = "hold"
        self.order.write({"require_signature": True, "require_payment": False})
        self.order.sudo().signature = (
            "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        )
        self.order.sudo()._validate_order()
        self.assertTrue(self.order.hold_since)
        self._ask(user=self.manager)
        self.assertEqual(self.order.state, "sale")

    def test_dialog_and_api(self):
        wizard = (
            self.env["sales.validation.bypass.wizard"]
            .with_user(self.salesman)
            .create(
                {"order_id": self.order.id, "rule_id": self.rule.id, "reason": "Tel."}
            )
        )
        self.assertFalse(wizard.may_decide)
        self.assertIn("no_po", wizard.finding)
        self.assertEqual(wizard.action_bypass()["params"]["type"], "info")
        api = self.env["sales.order.api"].with_user(self.manager)
        found = api.validate_order(name=self.order.name)["findings"]
        self.assertEqual([one["code"] for one in found], ["no_po"])
        answer = api.ask_bypass(name=self.order.name, rule="no_po", reason="Agreed")
        self.assertEqual(answer["state"], "granted")
        self.assertEqual(api.validate_order(name=self.order.name)["findings"], [])
        with self.assertRaises(BypassError):
            api.ask_bypass(name=self.order.name, rule="nothing", reason="Agreed")


@tagged("post_install", "-at_install")
class TestValidationLog(ValidationCommon):
    def test_refused_findings_are_kept(self):
        """Real connections do the same; there the refusal is rolled back."""
        self._new_filter("no_po")
        order = self._new_order((self.product, 3))
        # Odoo's assertRaises would undo what the other connection writes, too.
        with self.assertRaisesRegex(GuardError, "no_po"):
            order.action_confirm()
        log = self.env["sales.validation.log"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            log,
            [
                {
                    "outcome": "refused",
                    "code": "no_po",
                    "order_name": order.name,
                    "amount": 300,
                    "user_id": self.salesman.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(order.state, "draft")
        own = log.with_user(self.salesman)
        self.assertEqual(own.message, log.message)
        with self.assertRaises(AccessError):
            own.write({"outcome": "passed"})

    def test_passed_is_counted_once(self):
        rule = self._new_filter("no_po", severity="warn")
        order = self._new_order()
        order.action_confirm()
        log = self.env["sales.validation.log"].search([("order_id", "=", order.id)])
        self.assertEqual(log.mapped("outcome"), ["passed"])
        stat = self.env["sales.validation.stat"].search([("rule_id", "=", rule.id)])
        self.assertRecordValues(stat, [{"passes": 1, "orders": 1, "hits": 1}])

    def test_slow_rule_is_told_once(self):
        rule = self._new_filter("slow")
        stats = self.env["sales.validation.stat"]
        for time in (1.0, 1.0, 300.0):
            values = {"rule_id": rule.id, "passes": 1, "hits": 1, "queries": 2}
            stats.create({**values, "milliseconds": time, "slowest": time, "p95": time})
        for _night in range(2):
            stats._cron_compact()
        self.assertRecordValues(
            stats.search([("rule_id", "=", rule.id)]),
            [
                {
                    "passes": 3,
                    "hits": 3,
                    "queries": 6,
                    "milliseconds": 302,
                    "slowest": 300,
                    "p95": 300,
                    "is_day": True,
                }
            ],
        )
        self.assertEqual(len(rule.sudo().activity_ids), 1)
        self.assertTrue(rule.active)

    def test_old_rows_are_purged(self):
        self._new_filter("no_po", severity="warn")
        order = self._new_order()
        order.action_confirm()
        log = self.env["sales.validation.log"].search([("order_id", "=", order.id)])
        with freeze_time(fields.Datetime.now() + timedelta(days=366)):
            log._gc_old()
        self.assertFalse(log.exists())
