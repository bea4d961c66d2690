from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from ..exceptions import ApprovalError, VoteError
from .common import ApprovalCommon

REASON = "The customer's production stands still without it"


@tagged("post_install", "-at_install")
class TestOverride(ApprovalCommon):
    """Nobody can be reached, and the goods must leave tonight."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "sales_approval_plus.group_approval_override"
        cls.eve = new_test_user(
            cls.env,
            "tsap_eve",
            groups=f"sales_team.group_sale_salesman_all_leads,{group}",
        )
        cls.auditor = new_test_user(
            cls.env, "tsap_aud", groups="sales_order_plus.group_sales_auditor"
        )

    def _override(self, order, user=None, **values):
        values = {"reason": REASON, "category": "absence", **values}
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user or self.eve).action_override_approval(**values)

    def test_pending_order_passes_and_is_reviewed(self):
        order = self._new_submitted()
        self._override(order)
        request = self._get_request(order)
        self.assertEqual(request.state, "overridden")
        self.assertEqual(order.approval_state, "overridden")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        review = request.activity_ids.filtered(lambda a: a.user_id == self.auditor)
        self.assertIn("Review the override", review.summary)
        request.with_user(self.auditor).action_review("Justified")
        self.assertEqual(request.reviewed_by_id, self.auditor)
        self.assertEqual(request.review_note, "Justified")
        self.assertFalse(request.activity_ids.exists())
        self.assertEqual(
            self._get_codes(order, "approval."),
            [
                "approval.submitted",
                "approval.overridden",
                "approval.override_reviewed",
            ],
        )

    def test_what_was_never_submitted(self):
        order = self._new_discounted()
        self._override(order)
        self.assertEqual(self._get_request(order).override_user_id, self.eve)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_holds_for_this_content_alone(self):
        order = self._new_discounted()
        self._override(order)
        order.order_line.product_uom_qty = 2
        with self.assertRaises(GuardError):
            order.action_confirm()
        order.order_line.product_uom_qty = 1
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_expires(self):
        with freeze_time("2026-06-01 10:00"):
            order = self._new_discounted()
            self._override(order, hours=2)
        with freeze_time("2026-06-01 12:01"), self.assertRaises(GuardError):
            order.action_confirm()
        with freeze_time("2026-06-01 11:59"):
            self.env.invalidate_all()
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_others_are_refused_and_it_is_kept(self):
        order = self._new_submitted()
        for user in (self.ann, self.salesman, self.manager):
            # No assertRaises: its savepoint would undo the event.
            error = None
            try:
                self._override(order, user)
            except AccessError as refusal:
                error = refusal
            self.assertTrue(error, user.login)
        self.assertEqual(order.approval_state, "pending")
        refused = self._get_codes(order, "approval.override_refused")
        self.assertEqual(len(refused), 3)

    def test_not_for_ones_own_order(self):
        order = self._new_discounted(user=self.eve)
        with self.assertRaises(VoteError):
            self._override(order)
        theirs = self._new_discounted()
        theirs.with_user(self.eve).order_line.discount = 30
        with self.assertRaises(VoteError):
            self._override(theirs)

    def test_values(self):
        order = self._new_submitted()
        for values, word in (
            ({"reason": "Urgent!"}, "Reason"),
            ({"category": "mood"}, "Category"),
            ({"hours": 0}, "Hours"),
            ({"hours": 100}, "Hours"),
        ):
            with self.assertRaises(ApprovalError) as caught:
                self._override(order, **values)
            self.assertIn(word, str(caught.exception))
        free = self._new_discounted(0)
        with self.assertRaises(ApprovalError) as caught:
            self._override(free)
        self.assertIn("nothing to override", str(caught.exception))

    def test_waiting_customer_gets_his_order(self):
        """The customer has signed already: it confirms by itself."""
        order = self._new_discounted(require_signature=True, require_payment=False)
        order.sudo().write(
            {
                "signature": "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
                "signed_by": "Joe",
                "signed_on": "2026-01-01 10:00:00",
            }
        )
        order.sudo()._validate_order()
        self.assertEqual(order.approval_state, "pending")
        self._override(order)
        self.assertEqual(order.state, "sale")

    def test_nobody_reviews_his_own(self):
        self.eve.group_ids = [
            Command.link(self.env.ref("sales_order_plus.group_sales_auditor").id)
        ]
        order = self._new_discounted()
        self._override(order)
        request = self._get_request(order)
        self.assertNotIn(self.eve, request.activity_ids.user_id)
        with self.assertRaises(VoteError):
            request.with_user(self.eve).action_review()
        with self.assertRaises(AccessError):
            request.with_user(self.ann).action_review()

    def test_dialog(self):
        order = self._new_submitted()
        action = order.with_user(self.eve).action_open_override()
        wizard = (
            self.env["sales.approval.override"]
            .with_user(self.eve)
            .with_context(**action["context"])
            .create({"reason": REASON, "category": "customer"})
        )
        wizard.action_override()
        self.assertEqual(self._get_request(order).override_category, "customer")
