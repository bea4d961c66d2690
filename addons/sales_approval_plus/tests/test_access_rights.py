import contextlib

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_order_plus.exceptions import GuardError, OwnFieldError

from .common import APPROVER, ApprovalCommon

OPERATIONS = ("read", "write", "create", "unlink")
SETTINGS = (
    "sales.approval.role",
    "sales.approval.policy",
    "sales.approval.criterion",
    "sales.approval.step",
    "sales.approval.escalation",
    "sales.approval.risk.factor",
    "sales.approval.matrix",
    "sales.approval.matrix.line",
)
HISTORY = (
    "sales.approval.request",
    "sales.approval.line",
    "sales.approval.vote",
    "sales.approval.condition",
)
DIALOG = (
    "sales.approval.decision",
    "sales.approval.bulk",
    "sales.approval.bulk.line",
)
ROWS = ("sales.approval.decision.condition",)
BATCH = ("sales.approval.batch", "sales.approval.batch.line")
OWN = ("sales.approval.delegation",)
EMERGENCY = ("sales.approval.override",)
PREVIEW = ("sales.approval.preview", "sales.approval.preview.line")
TOLD = ("sales.approval.channel", "sales.approval.outbox")
ALL = OPERATIONS
READ = ("read",)
ANSWER = ("read", "write", "create")
# What each kind of user may do at all; record rules narrow it further.
KINDS = (SETTINGS, HISTORY, DIALOG, ROWS, BATCH, OWN, EMERGENCY, PREVIEW, TOLD)
NOTHING = dict.fromkeys(KINDS, ())
DECIDES = {DIALOG: ANSWER, ROWS: ALL, BATCH: READ, OWN: ALL}
MANAGES = {SETTINGS: ALL, PREVIEW: ANSWER, TOLD: READ}
RIGHTS = {
    "salesman": {**NOTHING, SETTINGS: READ, HISTORY: READ, PREVIEW: ANSWER},
    "ann": {**NOTHING, SETTINGS: READ, HISTORY: READ, **DECIDES},
    "manager": {**NOTHING, HISTORY: READ, **MANAGES, **DECIDES},
    "clerk": NOTHING,
    "portal_user": NOTHING,
    "public": NOTHING,
}
# Analysis: team leaders and auditors.
ANALYSIS = ("sales.approval.report",)
FIGURES = ("sales.approval.dashboard",)
REASONS = ("sales.approval.reason",)
UNAPPROVED = ("sales.approval.unapproved",)
COMPLIANCE = ("sales.approval.compliance",)
TWO = ("sales.approval.emergency",)
RETENTION = ("sales.approval.retention", "sales.approval.hold")
REPORTS = ANALYSIS + FIGURES + REASONS + UNAPPROVED + COMPLIANCE + RETENTION + TWO
for _user, _rights in RIGHTS.items():
    _rights[ANALYSIS] = READ if _user == "manager" else ()
    _rights[FIGURES] = ANSWER if _user == "manager" else ()
    _rights[REASONS] = _rights[SETTINGS]
    _rights[UNAPPROVED] = _rights[ANALYSIS]
    _rights[COMPLIANCE] = ()
    _rights[RETENTION] = _rights[ANALYSIS]
    _rights[TWO] = _rights[ANALYSIS]


class AccessCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "tsap_clerk", groups="base.group_user")
        cls.public = cls.env.ref("base.public_user")
        cls.other = cls._new_user("tsap_other", "sales_team.group_sale_salesman")

    def setUp(self):
        super().setUp()
        self.order = self._new_submitted()
        self.request = self._get_request(self.order)
        self.env.flush_all()
        self.env.invalidate_all()

    def _as(self, user, records=None):
        records = self.request if records is None else records
        return records.with_user(user).sudo(False)

    def _get_history(self):
        """Return one record of each model that tells who decided what."""
        self._approve(self.order, self.ann)
        self.env.invalidate_all()
        return self.request, self.request.line_ids, self.request.vote_ids

    def _finds(self, user, records):
        found = self._as(user, records).search([("id", "in", records.ids)])
        return found.ids == records.ids


@tagged("post_install", "-at_install")
class TestAccessRights(AccessCommon):
    """Who may do what with policies, requests and votes."""

    def test_rights_of_everybody(self):
        for name, rights in RIGHTS.items():
            for models, allowed in rights.items():
                for model in models:
                    records = self.env[model].with_user(getattr(self, name))
                    found = tuple(op for op in OPERATIONS if records.has_access(op))
                    with self.subTest(user=name, model=model):
                        self.assertEqual(found, allowed)

    def test_every_model_is_in_the_table(self):
        models = self.env["ir.model"].search([("model", "=like", "sales.approval.%")])
        self.assertEqual(
            {name for name in models.mapped("model") if not self.env[name]._abstract},
            {name for names in NOTHING for name in names},
        )

    def test_nobody_writes_the_history(self):
        """Not the sales manager either: only the methods that check add to it."""
        users = self.salesman, self.ann, self.manager, self.portal_user
        values = {
            "sales.approval.request": {"state": "approved"},
            "sales.approval.line": {"state": "done"},
            "sales.approval.vote": {"decision": "reject"},
        }
        for records in self._get_history():
            for user in users:
                mine = self._as(user, records)
                with self.subTest(user=user.login, model=records._name):
                    # Votes say why before anybody asks for rights.
                    with self.assertRaises(UserError):
                        mine.write(values[records._name])
                    with self.assertRaises(AccessError):
                        mine.unlink()
                    with self.assertRaises(UserError):
                        mine.copy()

    def test_nobody_creates_a_decision(self):
        free = self._new_discounted()
        for user in (self.salesman, self.ann, self.manager):
            values = {
                "sales.approval.request": {
                    "sale_order_id": free.id,
                    "state": "approved",
                },
                "sales.approval.line": {"request_id": self.request.id, "name": "x"},
                "sales.approval.vote": {
                    "line_id": self.request.line_ids.id,
                    "decision": "approve",
                },
            }
            for model, vals in values.items():
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(UserError):
                        self.env[model].with_user(user).create(vals)
        self.assertFalse(free.approval_request_ids)
        self.assertFalse(self.request.vote_ids)
        self.assertEqual(len(self.request.line_ids), 1)

    # --- forging --- #

    def test_salesperson_does_not_forge_an_approval(self):
        """Writing on what waits, from any side, does not approve it."""
        mine = self._as(self.salesman)
        line = mine.line_ids
        forged = [
            lambda: mine.write({"state": "approved"}),
            lambda: mine.write({"line_ids": [Command.clear()]}),
            lambda: mine.write({"fingerprint": "x", "metrics": {"discount": 99}}),
            lambda: line.write({"state": "done", "needed": 0}),
            lambda: line.write({"approver_ids": [Command.link(self.salesman.id)]}),
            lambda: self.order.write(
                {
                    "approval_request_ids": [
                        Command.update(mine.id, {"state": "approved"})
                    ]
                }
            ),
            lambda: self.order.write({"approval_request_ids": [Command.clear()]}),
            lambda: self.order.write(
                {"approval_request_ids": [Command.create({"state": "approved"})]}
            ),
            lambda: self._as(self.salesman, self.role).write(
                {"user_ids": [Command.link(self.salesman.id)]}
            ),
            lambda: self._as(self.salesman, self.policy).write({"active": False}),
            lambda: self._as(self.salesman, self.policy.step_ids).unlink(),
            lambda: self.salesman.with_user(self.salesman).write(
                {"group_ids": [Command.link(self.env.ref(APPROVER).id)]}
            ),
        ]
        for number, forge in enumerate(forged):
            with self.subTest(number=number), self.assertRaises(AccessError):
                forge()
        self._assert_still_waits()

    def _assert_still_waits(self):
        self.env.invalidate_all()
        self.assertEqual(self.request.state, "pending")
        self.assertFalse(self.request.vote_ids)
        with self.assertRaises(GuardError):
            self.order.action_confirm()
        self.env.invalidate_all()

    def test_written_computed_fields_change_nothing(self):
        for vals in (
            {"approval_state": "approved"},
            {"can_vote": True},
            {"guard_state": "free", "guard_message": False},
        ):
            with self.subTest(vals), contextlib.suppress(OwnFieldError):
                self.order.write(vals)
            self._assert_still_waits()

    def test_new_order_that_brings_its_approval_along(self):
        vals = {
            "partner_id": self.customer.id,
            "approval_request_ids": [Command.link(self.request.id)],
        }
        orders = self.env["sale.order"].with_user(self.salesman)
        with self.assertRaises(AccessError):
            orders.create(vals)

    @mute_logger("odoo.sql_db")
    def test_import_of_a_vote(self):
        votes = self.env["sales.approval.vote"].with_user(self.salesman)
        row = [str(self.request.line_ids.id), "Approved"]
        result = votes.load(["line_id/.id", "decision"], [row])
        self.assertFalse(result["ids"])
        self.assertIn("nobody approves his own order", str(result["messages"]))
        self._assert_still_waits()

    def test_what_changes_state_is_no_rpc(self):
        names = {
            "sales.approval.request": (
                "_submit",
                "_vote",
                "_approve",
                "_end",
                "_supersede",
                "_open_next_level",
                "_after_vote",
            ),
            "sales.approval.line": ("_open", "_cron_run_deadlines", "_escalate"),
            "sale.order": ("_guard_release", "_guard_hold", "_close_approvals"),
        }
        for model, methods in names.items():
            for method in methods:
                with self.subTest(model=model, method=method):
                    with self.assertRaises(AccessError):
                        get_public_method(self.env[model], method)

    # --- who reads --- #

    def test_own_orders(self):
        for records in self._get_history():
            with self.subTest(model=records._name):
                self.assertTrue(self._finds(self.salesman, records))
                self.assertTrue(self._finds(self.colleague, records))
                self.assertTrue(self._finds(self.manager, records))
                self.assertFalse(self._finds(self.other, records))
                with self.assertRaises(AccessError):
                    self._as(self.other, records).read(["create_date"])

    def test_approver_reads_where_he_is_asked(self):
        for records in self._get_history():
            with self.subTest(model=records._name):
                self.assertTrue(self._finds(self.ann, records))
                self.assertFalse(self._finds(self.bob, records))

    def test_approver_reads_the_order_that_waits_for_him(self):
        line = self.order.sudo().order_line
        elsewhere = self._new_discounted().sudo()
        for records in (self.order.sudo(), line):
            self.assertTrue(self._finds(self.ann, records))
            self.assertFalse(self._finds(self.bob, records))
        self.assertFalse(self._finds(self.ann, elsewhere))
        self.assertFalse(self._finds(self.ann, elsewhere.order_line))
        self._approve(self.order, self.ann)
        self.assertTrue(self._finds(self.ann, self.order.sudo()), "voted: still his")

    def test_approver_changes_no_order(self):
        mine = self._as(self.ann, self.order)
        for change in (
            lambda: mine.write({"client_order_ref": "x"}),
            lambda: mine.order_line.write({"discount": 0}),
            mine.action_cancel,
            mine.action_submit_for_approval,
            mine.unlink,
        ):
            with self.assertRaises(AccessError):
                change()
        self._approve(self.order, self.ann)
        with self.assertRaises(AccessError):
            mine.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")

    def test_second_level_reads_nothing_before_its_turn(self):
        second = self._new_role("Finance", self.bob)
        self.policy.step_ids = [Command.create({"role_id": second.id, "level": 2})]
        order = self._new_submitted().sudo()
        self.assertFalse(self._finds(self.bob, order))
        self._approve(order, self.ann)
        self.assertTrue(self._finds(self.bob, order))

    def test_dialog_belongs_to_who_opened_it(self):
        dialog = (
            self.env["sales.approval.decision"]
            .with_user(self.ann)
            .create({"request_ids": self.request.ids, "reason": "Secret"})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.bob).read(["reason"])
        with self.assertRaises(AccessError):
            dialog.with_user(self.manager).action_decide()
        self._assert_still_waits()

    def test_portal_reads_nothing_internal(self):
        order = self.order.with_user(self.portal_user).sudo(False)
        self.order.action_quotation_sent()
        self.assertTrue(order.read(["name"]))
        names = [
            "approval_request_ids",
            "approval_count",
            "approval_state",
            "approval_summary",
            "can_vote",
            "can_withdraw_approval",
            "guard_state",
            "guard_message",
            "hold_reason",
        ]
        for name in names:
            with self.subTest(field=name), self.assertRaises(AccessError):
                order.read([name])
        for domain in ([("approval_state", "=", "pending")], [("can_vote", "=", True)]):
            with self.assertRaises(AccessError):
                order.search(domain)
        for records in self._get_history():
            for user in (self.portal_user, self.public, self.clerk):
                with self.subTest(user=user.login, model=records._name):
                    with self.assertRaises(AccessError):
                        self._as(user, records).read(["create_date"])

    def test_portal_does_not_decide(self):
        self.order.action_quotation_sent()
        order = self.order.with_user(self.portal_user).sudo(False)
        for call in (order.action_approve, order.action_submit_for_approval):
            with self.assertRaises(AccessError):
                call()
        self._assert_still_waits()
