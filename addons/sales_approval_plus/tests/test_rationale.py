from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..exceptions import ApprovalError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestRationale(ApprovalCommon):
    """A decision tells, whenever it is opened, what it was about and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.too_high = cls.env.ref("sales_approval_plus.sales_approval_reason_discount")
        cls.missing = cls.env.ref("sales_approval_plus.sales_approval_reason_missing")

    def _get_vote(self, order):
        return self._get_request(order).vote_ids[:1]

    def test_values_of_then(self):
        order = self._new_submitted(quantity=3)
        # Better than what was submitted: the approval is given for this.
        order.order_line.discount = 18
        self._approve(order, self.ann)
        vote = self._get_vote(order)
        order.order_line.write({"discount": 5, "product_uom_qty": 1})
        self.env.invalidate_all()
        self.assertEqual(vote.metrics, {"amount": 246.0, "discount": 18.0})
        self.assertIn("Discount from the sales prices: 18.00 %", vote.values_text)
        self.assertIn("3.00 Units Test Gadget × 100.00 − 18.00 %", vote.snapshot_text)
        snapshot = vote.snapshot
        self.assertEqual(vote.fingerprint, order._get_approval_fingerprint(snapshot))
        self.assertNotEqual(vote.fingerprint, self._get_request(order).fingerprint)

    def test_client_does_not_give_the_values(self):
        order = self._new_submitted()
        request = self._get_request(order)
        vote = (
            self.env["sales.approval.vote"]
            .with_user(self.ann)
            .sudo()
            .create(
                {
                    "line_id": request.line_ids.id,
                    "decision": "approve",
                    "metrics": {"discount": 1},
                    "fingerprint": "x",
                }
            )
        )
        self.assertEqual(vote.metrics["discount"], 20.0)
        self.assertEqual(vote.fingerprint, request.fingerprint)

    def test_category_from_the_dialog(self):
        order = self._new_submitted()
        action = order.with_user(self.ann).action_open_rejection()
        dialog = Form(
            self.env["sales.approval.decision"]
            .with_user(self.ann)
            .with_context(**action["context"])
        )
        dialog.reason_id = self.too_high
        dialog.reason = "At most 15 %"
        dialog.save().action_decide()
        vote = self._get_vote(order)
        self.assertEqual(vote.reason_id, self.too_high)
        self.assertEqual(vote.reason, "At most 15 %")
        event = self.env["sales.audit.event"].search(
            [("res_id", "=", order.id), ("code", "=", "vote.cast")]
        )
        self.assertEqual(event.data["category"], "discount")

    def test_category_is_optional(self):
        order = self._new_submitted()
        self._reject(order, self.ann)
        self.assertFalse(self._get_vote(order).reason_id)

    def test_category_over_rpc(self):
        order = self._new_submitted()
        api = self.env["sales.order.api"].with_user(self.ann)
        with self.assertRaisesRegex(ApprovalError, "Use one of: discount, margin"):
            api.reject_order(name=order.name, reason="No", category="missing")
        self.assertEqual(self._get_request(order).state, "pending")
        api.request_change(name=order.name, reason="Add terms", category="missing")
        self.assertEqual(self._get_vote(order).reason_id, self.missing)
        # The next decision does not inherit it.
        order.action_submit_for_approval()
        self._reject(order, self.ann)
        self.assertFalse(self._get_vote(order).reason_id)

    def test_category_from_order_and_request(self):
        one, other = self._new_submitted(), self._new_submitted()
        one.with_user(self.ann).action_reject("No", category="margin")
        requests = self._get_request(other).with_user(self.ann).sudo(False)
        requests.action_request_change("More", category="missing")
        self.assertEqual(self._get_vote(one).reason_id.code, "margin")
        self.assertEqual(self._get_vote(other).reason_id.code, "missing")

    def test_archived_reason_stays_with_its_votes(self):
        order = self._new_submitted()
        order.with_user(self.ann).action_reject("No", category="discount")
        self.too_high.with_user(self.manager).active = False
        self.assertEqual(self._get_vote(order).reason_id.name, "Discount too high")
        again = self._new_submitted()
        with self.assertRaises(ApprovalError):
            again.with_user(self.ann).action_reject("No", category="discount")

    def test_only_managers_name_reasons(self):
        for user in (self.salesman, self.ann):
            with self.assertRaises(AccessError):
                self.too_high.with_user(user).name = "x"
        self.too_high.with_user(self.manager).name = "Too much"

    def test_views(self):
        order = self._new_approved()
        vote = self._get_vote(order).with_user(self.ann).sudo(False)
        views = vote.get_views([(False, "form")])["views"]
        self.assertIn("snapshot_text", views["form"]["arch"])
        self.assertTrue(vote.read(["snapshot_text", "values_text", "reason_id"]))
