from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from ..exceptions import ApprovalError, VoteError
from .common import ApprovalCommon

REASON = "The customer's production stands still without it"
GROUPS = (
    "sales_team.group_sale_salesman_all_leads,"
    "sales_approval_plus.group_approval_override"
)


@tagged("post_install", "-at_install")
class TestOverrideSecond(ApprovalCommon):
    """Two people let an order pass in an emergency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = new_test_user(cls.env, "tsap_eve2", groups=GROUPS)
        cls.fay = new_test_user(cls.env, "tsap_fay2", groups=GROUPS)
        cls.auditor = new_test_user(
            cls.env, "tsap_aud2", groups="sales_order_plus.group_sales_auditor"
        )
        cls.company.approval_override_second = True

    def _ask(self, order, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user or self.eve).action_override_approval(
            reason=REASON, category="absence", hours=2
        )

    def _agree(self, order, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user or self.fay).action_agree_override()

    def test_second_person_agrees(self):
        order = self._new_submitted()
        self.assertFalse(self._ask(order))
        request = self._get_request(order)
        self.assertEqual(request.state, "pending")
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            order.action_confirm()
        activity = order.sudo().activity_ids.filtered(
            lambda one: one.user_id == self.fay
        )
        self.assertIn("second person", activity.summary)
        self.assertNotIn(self.eve, order.sudo().activity_ids.user_id)
        self.assertTrue(self._agree(order))
        self.assertRecordValues(
            request,
            [
                {
                    "state": "overridden",
                    "override_user_id": self.eve.id,
                    "override_second_id": self.fay.id,
                }
            ],
        )
        self.assertFalse(activity.exists())
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self._get_codes(order, "approval."),
            [
                "approval.submitted",
                "approval.override_asked",
                "approval.override_agreed",
                "approval.overridden",
            ],
        )

    def test_a_policy_asks_for_it(self):
        self.company.approval_override_second = False
        order = self._new_submitted()
        self.policy.override_second = True
        self.assertFalse(self._ask(order))
        self.policy.override_second = False
        other = self._new_submitted()
        self.assertTrue(self._ask(other))
        self.assertEqual(self._get_request(other).state, "overridden")

    def test_who_may_not_agree(self):
        order = self._new_discounted(user=self.fay)
        self._ask(order)
        for user, error in (
            (self.eve, VoteError),
            (self.fay, VoteError),
            (self.ann, AccessError),
            (self.manager, AccessError),
        ):
            with self.assertRaises(error), self.env.cr.savepoint():
                self._agree(order, user)
        self.assertEqual(order.approval_state, "to_submit")

    def test_what_the_form_offers(self):
        order = self._new_submitted()
        for user in (self.fay, self.salesman):
            # Nobody asks: no bar on the form.
            self.assertIs(order.with_user(user).override_asked, False)
            self.assertFalse(order.with_user(user).can_agree_override)
        self._ask(order)
        self.env.invalidate_all()
        for user, may in (
            (self.fay, True),
            (self.eve, False),
            (self.salesman, False),
        ):
            own = order.with_user(user)
            self.assertEqual(own.can_agree_override, may, user.login)
            self.assertIn(REASON, own.override_asked)

    def test_only_for_a_while(self):
        with freeze_time("2026-06-01 10:00"):
            order = self._new_submitted()
            self._ask(order)
            self.env.flush_all()
        asked = self.env["sales.approval.emergency"].search([])
        with freeze_time("2026-06-01 14:01"):
            self.env.invalidate_all()
            self.assertEqual(asked.state, "lapsed")
            with self.assertRaisesRegex(ApprovalError, "the time to agree is over"):
                self._agree(order)
            self.assertFalse(self._ask(order))
            self.assertTrue(self._agree(order))
        self.assertEqual(self._get_request(order).state, "overridden")

    def test_asked_twice(self):
        order = self._new_submitted()
        self._ask(order)
        for user in (self.eve, self.fay):
            with self.assertRaisesRegex(ApprovalError, "has asked for an override"):
                self._ask(order, user)

    def test_changed_meanwhile(self):
        order = self._new_submitted()
        self._ask(order)
        order.order_line.product_uom_qty = 3
        with self.assertRaisesRegex(ApprovalError, "was changed since"):
            self._agree(order)

    def test_approved_meanwhile(self):
        order = self._new_submitted()
        self._ask(order)
        self._approve(order, self.ann)
        with self.assertRaisesRegex(ApprovalError, "nothing to override"):
            self._agree(order)
        self.assertFalse(order.with_user(self.fay).can_agree_override)

    def test_neither_of_the_two_reviews(self):
        for user in (self.eve, self.fay):
            user.group_ids += self.env.ref("sales_order_plus.group_sales_auditor")
        order = self._new_submitted()
        self._ask(order)
        self._agree(order)
        request = self._get_request(order)
        reviewers = request.activity_ids.user_id
        self.assertIn(self.auditor, reviewers)
        self.assertFalse(reviewers & (self.eve | self.fay))
        for user in (self.eve, self.fay):
            with self.assertRaises(VoteError):
                request.with_user(user).action_review()

    def test_dialog(self):
        order = self._new_submitted()
        action = order.with_user(self.eve).action_open_override()
        dialog = Form(
            self.env["sales.approval.override"]
            .with_user(self.eve)
            .with_context(**action["context"])
        )
        self.assertTrue(dialog.needs_second)
        dialog.reason, dialog.category = REASON, "customer"
        dialog.save().action_override()
        self.assertEqual(order.approval_state, "pending")

    def test_nobody_writes_what_was_asked(self):
        order = self._new_submitted()
        self._ask(order)
        asked = self.env["sales.approval.emergency"].search([])
        for user in (self.eve, self.fay, self.manager):
            with self.assertRaises(AccessError):
                asked.with_user(user).write({"user_id": self.ann.id})
            self.assertEqual(asked.with_user(user).user_id, self.eve)
        for user in (self.salesman, self.portal_user):
            with self.assertRaises(AccessError):
                asked.with_user(user).read(["reason"])
