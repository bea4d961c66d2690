import json

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.sales_order_plus.exceptions import AppendOnlyError

from .common import APPROVER, ApprovalCommon
from .test_rpc import RpcCommon

AUDITOR = "sales_order_plus.group_sales_auditor"


class TrailCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["sales.audit.event"]
        cls.auditor = new_test_user(cls.env, "tsap_aud", groups=AUDITOR)

    def _get_events(self, record, code=None):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        if code:
            domain.append(("code", "=", code))
        return self.events.search(domain, order="id")


@tagged("post_install", "-at_install")
class TestAppendOnly(TrailCommon):
    def test_nobody_changes_votes_and_events(self):
        order = self._new_approved()
        admin = self.env.ref("base.user_admin")
        vote = self._get_request(order).vote_ids
        event = self._get_events(order, "vote.cast")
        for records in (vote, event):
            for user in (admin, self.manager, self.auditor):
                for mine in (records.with_user(user), records.with_user(user).sudo()):
                    with self.subTest(records._name, user=user.login):
                        with self.assertRaises(AppendOnlyError):
                            mine.write({"user_id": self.bob.id})
                        with self.assertRaises(UserError):
                            mine.unlink()
        self.assertEqual(event.user_id, self.ann)

    def test_verify_names_the_first_broken_number(self):
        order = self._new_approved()
        while self.events._seal():
            pass
        broken = self._get_events(order, "vote.cast")
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(
            SQL(
                "UPDATE sales_audit_event SET user_id = %s WHERE id = %s",
                self.bob.id,
                broken.id,
            )
        )
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.env.invalidate_all()
        result = self.env["sales.order.api"].with_user(self.auditor).verify_audit()
        self.assertEqual(result["problems"][0]["chain_no"], broken.chain_no)
        action = self.events.with_user(self.auditor).action_verify_chain()
        self.assertIn(f"number {broken.chain_no}", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "danger")


@tagged("post_install", "-at_install")
class TestSettingsTrail(TrailCommon):
    """Who changed what decides: policies, steps, roles, delegations and rights."""

    def test_policy(self):
        policy = self._new_policy(name="Large", amount=10000)
        [created] = self._get_events(policy, "policy.created")
        self.assertEqual(created.data["name"], "Large")
        [limit] = self._get_events(policy, "policy.condition.created")
        self.assertEqual(limit.data["value"], 10000)
        policy.with_user(self.manager).write({"combine": "all", "name": "Large"})
        [changed] = self._get_events(policy, "policy.changed")
        self.assertEqual(changed.data, {"combine": ["any", "all"]})
        criterion = policy.criterion_ids
        policy.with_user(self.manager).write(
            {"criterion_ids": [Command.update(criterion.id, {"value": 50000})]}
        )
        [changed] = self._get_events(policy, "policy.condition.changed")
        self.assertEqual(changed.data, {"metric": "amount", "value": [10000, 50000]})
        self.assertEqual(changed.user_id, self.manager)
        self.assertIn("value: 10000.0 → 50000.0", changed.details)
        self.assertEqual(changed.name, "Condition of a policy changed")
        policy.unlink()
        [removed] = self._get_events(policy, "policy.removed")
        self.assertEqual(removed.document_name, "Large")

    def test_same_value_is_no_change(self):
        self.policy.write({"combine": "any", "sequence": self.policy.sequence})
        self.policy.criterion_ids.value = 15
        codes = self._get_events(self.policy).mapped("code")
        self.assertFalse([code for code in codes if code.endswith("changed")])

    def test_steps(self):
        step = self.policy.step_ids
        self.policy.with_user(self.manager).write(
            {
                "step_ids": [
                    Command.update(step.id, {"mode": "quorum"}),
                    Command.create({"role_id": self.role.id, "level": 2}),
                ]
            }
        )
        [changed] = self._get_events(self.policy, "step.changed")
        self.assertEqual(changed.data["mode"], ["any", "quorum"])
        self.assertEqual(changed.user_id, self.manager)
        created = self._get_events(self.policy, "step.created")[-1]
        self.assertEqual(created.data["level"], 2)
        step.unlink()
        [removed] = self._get_events(self.policy, "step.removed")
        self.assertEqual(removed.data["step"], "Management")

    def test_role_members(self):
        self.role.with_user(self.manager).user_ids = [Command.link(self.bob.id)]
        [changed] = self._get_events(self.role, "role.changed")
        self.assertEqual(
            changed.data["user_ids"],
            [self.ann.name, f"{self.ann.name}, {self.bob.name}"],
        )

    def test_delegation(self):
        today = fields.Date.today()
        delegation = (
            self.env["sales.approval.delegation"]
            .with_user(self.ann)
            .create(
                {
                    "user_id": self.ann.id,
                    "delegate_id": self.bob.id,
                    "date_from": today,
                    "date_to": today,
                }
            )
        )
        delegation.delegate_id = self.cid
        delegation.unlink()
        events = self.events.search(
            [("model", "=", "res.users"), ("res_id", "=", self.ann.id)], order="id"
        )
        events = events.filtered(lambda one: one.code.startswith("approval."))
        self.assertEqual(
            events.mapped("code"),
            [
                "approval.delegated",
                "approval.delegation_changed",
                "approval.delegation_removed",
            ],
        )
        self.assertEqual(events[1].data["delegate_id"], [self.bob.name, self.cid.name])
        self.assertEqual(events.user_id, self.ann)

    def test_rights(self):
        user = new_test_user(self.env, "tsap_new", groups="base.group_user")
        self.assertFalse(self._get_events(user))
        approver = self.env.ref(APPROVER)
        user.group_ids += approver
        [granted] = self._get_events(user, "access.granted")
        self.assertEqual(granted.data["group"], approver.full_name)
        self.assertTrue(granted.is_security)
        user.group_ids -= approver
        [revoked] = self._get_events(user, "access.revoked")
        self.assertEqual(revoked.data["group"], approver.full_name)

    def test_rights_that_come_along(self):
        """A sales manager approves: that is told as well."""
        user = new_test_user(
            self.env, "tsap_new", groups="sales_team.group_sale_manager"
        )
        groups = [one.data["group"] for one in self._get_events(user, "access.granted")]
        self.assertEqual(len(groups), 2)
        self.assertIn(self.env.ref(APPROVER).full_name, groups)
        user.active = False
        self.assertEqual(len(self._get_events(user, "access.revoked")), 2)

    def test_rights_by_the_members_of_a_group(self):
        user = new_test_user(self.env, "tsap_new", groups="base.group_user")
        approver = self.env.ref(APPROVER)
        approver.user_ids = [Command.link(user.id)]
        self.assertEqual(len(self._get_events(user, "access.granted")), 1)
        group = self.env["res.groups"].create({"name": "Board"})
        other = new_test_user(self.env, "tsap_new2", groups="base.group_user")
        other.group_ids += group
        group.implied_ids = [Command.link(approver.id)]
        self.assertEqual(len(self._get_events(other, "access.granted")), 1)


@tagged("post_install", "-at_install")
class TestReading(TrailCommon):
    """Who opened a request, and who took it out of the database."""

    SPECIFICATION = {"state": {}, "line_ids": {"fields": {"name": {}}}}

    def _open(self, request, user):
        request.with_user(user).sudo(False).web_read(self.SPECIFICATION)

    def test_opened(self):
        order = self._new_submitted()
        request = self._get_request(order)
        with freeze_time("2026-05-04 08:00"):
            self._open(request, self.ann)
            self._open(request, self.ann)
            self._open(request, self.salesman)
        events = self._get_events(order, "approval.viewed")
        self.assertEqual(events.user_id, self.ann + self.salesman)
        self.assertEqual(len(events), 2)
        self.assertEqual(events[0].data, {"request": request.id})
        with freeze_time("2026-05-05 08:00"):
            self._open(request, self.ann)
        self.assertEqual(len(self._get_events(order, "approval.viewed")), 3)

    def test_list_is_not_opening(self):
        order = self._new_submitted()
        request = self._get_request(order).with_user(self.ann).sudo(False)
        request.web_read({"state": {}, "sale_order_id": {}})
        self.assertFalse(self._get_events(order, "approval.viewed"))

    def test_exported(self):
        order = self._new_submitted()
        request = self._get_request(order)
        self.ann.group_ids += self.env.ref("base.group_allow_export")
        request.with_user(self.ann).sudo(False).export_data(["state", "amount"])
        [event] = self._get_events(request, "document.exported")
        self.assertEqual(event.user_id, self.ann)
        self.assertEqual(event.data["fields"], "state, amount")


@tagged("post_install", "-at_install")
class TestAttempts(TrailCommon):
    """What is refused is a security event, and auditors are told of it."""

    def setUp(self):
        super().setUp()
        self.auditor.email = "audit@test.example"
        self.events._alert()

    def _get_messages(self):
        return self.env["mail.message"].search(
            [("partner_ids", "in", self.auditor.partner_id.ids)]
        )

    def test_own_order(self):
        self.salesman.group_ids += self.env.ref(APPROVER)
        self.role.user_ids += self.salesman
        order = self._new_submitted()
        try:
            order.action_approve()
        except UserError as error:
            self.assertIn("nobody approves his own order", str(error))
        [event] = self._get_events(order, "vote.refused")
        self.assertTrue(event.is_security)
        self.assertEqual(event.data["reason"], "own")
        self.events._alert()
        self.assertIn(order.name, self._get_messages().body)

    def test_vote_that_comes_late_is_no_attempt(self):
        order = self._new_approved()
        request = self._get_request(order)
        try:
            request.with_user(self.ann).action_approve()
        except UserError as error:
            self.assertIn("already", str(error))
        self.assertTrue(self._get_events(order, "vote.refused").is_security)
        self.events._alert()
        self.assertFalse(self._get_messages())


@tagged("post_install", "-at_install")
class TestTrailOverRpc(RpcCommon, TrailCommon):
    def test_policy_changed_over_rpc(self):
        """Who, from where, by what, from which value to which."""
        self.keys[self.manager] = self._get_key(self.manager)
        policy = self._new_policy(name="Large", amount=10000)
        status, _data = self._call(
            self.manager,
            "write",
            model="sales.approval.criterion",
            ids=policy.criterion_ids.ids,
            vals={"value": 50000},
        )
        self.assertEqual(status, 200)
        [event] = self._get_events(policy, "policy.condition.changed")
        self.assertEqual(event.data["value"], [10000, 50000])
        self.assertEqual(event.user_id, self.manager)
        self.assertEqual(event.sudo().ip, "127.0.0.1")
        self.assertEqual(event.sudo().session, "rpc")
        shown = event.with_user(self.auditor).read(["name", "details", "ip"])
        self.assertIn("50000", json.dumps(shown))

    def test_events_over_rpc_are_read_only(self):
        admin = self.env.ref("base.user_admin")
        self.keys[admin] = self._get_key(admin)
        self._get(self.salesman, "submit_for_approval", name=self.order.name)
        event = self._get_events(self.order)[0]
        for method, params in (("write", {"vals": {"code": "x"}}), ("unlink", {})):
            status, _error = self._call(
                admin, method, model="sales.audit.event", ids=event.ids, **params
            )
            self.assertIn(status, (403, 422), method)
        self.assertEqual(event.exists().code, "approval.submitted")
