from xmlrpc.client import Fault

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_order_plus.tests.common_api import ApiCommon

from .common import ApprovalCommon
from .test_gate_paths import CONTEXTS

FACADE = "sales.order.api"


class RpcCommon(ApprovalCommon, ApiCommon):
    """People with real API keys."""

    def setUp(self):
        super().setUp()
        users = self.salesman, self.colleague, self.ann, self.bob
        self.keys = {user: self._get_key(user) for user in users}
        self.order = self._new_discounted()

    def _call(self, caller, method, model=FACADE, **params):
        return self._post(model, method, self.keys[caller], params)

    def _get(self, caller, method, **params):
        status, data = self._call(caller, method, **params)
        self.assertEqual(status, 200, data)
        return data

    def _fail(self, caller, method, status=422, **params):
        with mute_logger("odoo.http"):
            found, error = self._call(caller, method, **params)
        self.assertEqual(found, status, error)
        self.assertNotIn("Traceback", error["message"])
        return error


@tagged("post_install", "-at_install")
class TestFacade(RpcCommon):
    """Approvals as an integrator asks for and gives them."""

    def _submit(self):
        return self._get(self.salesman, "submit_for_approval", name=self.order.name)

    def test_submit(self):
        data = self._submit()
        request = self._get_request(self.order)
        self.assertEqual(data.pop("submitted_on"), str(request.submitted_on))
        self.assertEqual(
            data,
            {
                "id": request.id,
                "order": self.order.name,
                "customer": "Test Customer",
                "state": "pending",
                "round": 1,
                "amount": 80.0,
                "currency": self.company.currency_id.name,
                "discount": 20.0,
                "reasons": [
                    "High discount: Discount from the sales prices 20.00% (from 15.00%)"
                ],
                "requester": self.salesman.name,
                "waiting_for": [self.ann.name],
                "can_vote": False,
                "due_at": False,
                "due_state": "none",
            },
        )
        self.assertEqual(request.requester_id, self.salesman)

    def test_submit_what_needs_nothing(self):
        free = self._new_discounted(0)
        error = self._fail(self.salesman, "submit_for_approval", name=free.name)
        self.assertEqual(error["context"]["code"], "approval_refused")
        self.assertIn("no policy asks for approval", error["message"])

    def test_submit_twice(self):
        self._submit()
        error = self._fail(self.salesman, "submit_for_approval", name=self.order.name)
        self.assertIn("waits for approval already", error["message"])
        self.assertEqual(len(self.order.approval_request_ids), 1)

    def test_submit_where_nobody_can_approve(self):
        self.role.user_ids = False
        error = self._fail(self.salesman, "submit_for_approval", name=self.order.name)
        self.assertEqual(error["context"]["code"], "approval_no_approver")
        self.assertIn("Approval Roles", error["message"])

    def test_list_and_approve(self):
        self._submit()
        self.assertEqual(self._get(self.bob, "list_approvals"), [])
        self.assertEqual(self._get(self.salesman, "list_approvals"), [])
        [waiting] = self._get(self.ann, "list_approvals")
        self.assertEqual(
            (waiting["order"], waiting["can_vote"]), (self.order.name, True)
        )
        data = self._get(
            self.ann, "approve_order", name=waiting["order"], comment="By program"
        )
        self.assertEqual((data["state"], data["can_vote"]), ("approved", False))
        self.assertEqual(data["waiting_for"], [])
        self.assertEqual(self._get(self.ann, "list_approvals"), [])
        vote = self._get_request(self.order).vote_ids
        self.assertEqual((vote.user_id, vote.reason), (self.ann, "By program"))
        self.assertEqual(self._get_codes(self.order, "vote."), ["vote.cast"])
        confirmed = self._get(self.salesman, "confirm_order", name=self.order.name)
        self.assertEqual(confirmed["state"], "sale")

    def test_reject(self):
        self._submit()
        data = self._get(
            self.ann, "reject_order", name=self.order.name, reason="Too cheap"
        )
        self.assertEqual(data["state"], "rejected")
        self.assertEqual(self._get_request(self.order).note, "Too cheap")
        error = self._fail(self.salesman, "confirm_order", name=self.order.name)
        [finding] = error["context"]["findings"]
        self.assertEqual(
            (finding["code"], finding["severity"]), ("approval_rejected", "block")
        )

    def test_reject_needs_a_reason(self):
        self._submit()
        error = self._fail(self.ann, "reject_order", name=self.order.name, reason=" ")
        self.assertEqual(error["context"]["reason"], "no_reason")
        self._fail(self.ann, "reject_order", name=self.order.name)
        self.assertEqual(self._get_request(self.order).state, "pending")

    def test_own_order(self):
        self._submit()
        for method, params in (
            ("approve_order", {}),
            ("reject_order", {"reason": "x"}),
        ):
            error = self._fail(self.salesman, method, name=self.order.name, **params)
            self.assertEqual(error["context"]["code"], "vote_refused")
            self.assertEqual(error["context"]["reason"], "own")
            self.assertIn("nobody approves his own order", error["message"])
        self.assertEqual(self._get_request(self.order).state, "pending")

    def test_not_asked(self):
        self._submit()
        error = self._fail(self.colleague, "approve_order", name=self.order.name)
        self.assertEqual(error["context"]["reason"], "not_asked")
        # Bob does not even read it.
        error = self._fail(self.bob, "approve_order", name=self.order.name)
        self.assertIn("0 orders have the number", error["message"])

    def test_nothing_open(self):
        error = self._fail(self.colleague, "approve_order", name=self.order.name)
        self.assertEqual(error["context"]["code"], "approval_refused")
        self.assertIn("no open request", error["message"])

    def test_wrong_arguments(self):
        self._submit()
        name = self.order.name
        for method, params in (
            ("submit_for_approval", {}),
            ("submit_for_approval", {"name": name, "force": True}),
            ("approve_order", {"order": name}),
            ("approve_order", {"name": name, "user_id": self.ann.id}),
            ("reject_order", {"name": name, "comment": "x"}),
            ("list_approvals", {"user": self.ann.id}),
        ):
            with self.subTest(method=method, params=params):
                self._fail(self.ann, method, **params)
        self.assertEqual(self._get_request(self.order).state, "pending")

    @mute_logger("odoo.http")
    def test_unknown_key(self):
        self.keys[self.ann] = "no key of anybody"
        status, _error = self._call(self.ann, "list_approvals")
        self.assertEqual(status, 401)


@tagged("post_install", "-at_install")
class TestGateOverRpc(RpcCommon):
    """No call of the web service confirms what waits."""

    def _get_vals(self, **values):
        line = {"product_id": self.product.id, "product_uom_qty": 1, "discount": 50}
        return {
            "partner_id": self.customer.id,
            "state": "sale",
            "order_line": [(0, 0, line)],
            **values,
        }

    def _assert_refused(self, method, **params):
        error = self._fail(self.salesman, method, model="sale.order", **params)
        self.assertEqual(error["context"]["code"], "guard_refused")
        self.assertEqual(self.order.state, "draft")

    def test_write(self):
        self._assert_refused("write", ids=self.order.ids, vals={"state": "sale"})
        self._assert_refused("action_confirm", ids=self.order.ids)

    def test_create(self):
        before = self.env["sale.order"].search_count([])
        self._assert_refused("create", vals_list=[self._get_vals()])
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_context_keys(self):
        for context in CONTEXTS:
            with self.subTest(context=context):
                self._assert_refused(
                    "write",
                    ids=self.order.ids,
                    vals={"state": "sale"},
                    context=context,
                )

    def test_private_methods(self):
        for model, method in (
            ("sale.order", "_guard_release"),
            ("sale.order", "_validate_order"),
            ("sales.approval.request", "_approve"),
        ):
            with self.subTest(method=method), mute_logger("odoo.http"):
                status, _error = self._call(
                    self.salesman, method, model=model, ids=self.order.ids
                )
                self.assertIn(status, (403, 404, 422))
        self.assertEqual(self.order.state, "draft")

    def test_forged_rows(self):
        self.order.action_submit_for_approval()
        request = self._get_request(self.order)
        for model, ids, vals in (
            ("sales.approval.request", request.ids, {"state": "approved"}),
            ("sales.approval.line", request.line_ids.ids, {"state": "done"}),
        ):
            self._fail(
                self.salesman, "write", status=403, model=model, ids=ids, vals=vals
            )
        self._assert_refused("write", ids=self.order.ids, vals={"state": "sale"})

    def test_xmlrpc(self):
        def execute(user, model, method, *args, **kwargs):
            arguments = (self.env.cr.dbname, user.id, self.keys[user])
            with mute_logger("odoo.addons.rpc.controllers", "odoo.http"):
                return self.xmlrpc_object.execute_kw(
                    *arguments, model, method, args, kwargs
                )

        name = self.order.name
        for args, context in (
            ((self.order.ids, {"state": "sale"}), {}),
            ((self.order.ids, {"state": "sale"}), {"skip_validation_check": True}),
            ((self.order.ids, {"state": "sale"}), {"sales_guard_hold": "portal"}),
        ):
            with self.assertRaisesRegex(Fault, "High discount"):
                execute(self.salesman, "sale.order", "write", *args, context=context)
        with self.assertRaisesRegex(Fault, "High discount"):
            execute(self.salesman, "sale.order", "create", [self._get_vals()])
        data = execute(self.salesman, FACADE, "submit_for_approval", name=name)
        self.assertEqual(data["state"], "pending")
        with self.assertRaisesRegex(Fault, "nobody approves his own order"):
            execute(self.salesman, FACADE, "approve_order", name=name)
        [waiting] = execute(self.ann, FACADE, "list_approvals")
        self.assertEqual(waiting["order"], name)
        data = execute(self.ann, FACADE, "approve_order", name=name, comment="Fine")
        self.assertEqual(data["state"], "approved")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")
        execute(self.salesman, "sale.order", "action_confirm", self.order.ids)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
