from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import (
    ChangeError,
    GuardError,
    OwnFieldError,
)
from odoo.addons.sales_order_plus.tests.change.common import ChangeCommon

from ..exceptions import VoteError
from .common import ApprovalCommon


class ChangeApprovalCommon(ChangeCommon, ApprovalCommon):
    """Changes that policies want approved by people without any sales right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.drop = cls._new_policy(
            {"role_id": cls._new_role("Finance", cls.bob).id},
            name="Lower price",
            apply_on="change",
            change_price_drop=5,
        )
        cls.where = cls._new_policy(
            {"role_id": cls._new_role("Logistics", cls.cid).id},
            name="Other address",
            apply_on="change",
            change_address={"operator": "is"},
        )

    def _ask(self, *kinds, order=None, user=None, **values):
        order = order or self._confirmed()
        change = self._new_change(order, *kinds, user=user, **values)
        change.action_submit()
        self._flush()
        return change

    def _request_of(self, change):
        return change.sudo().approval_request_ids.sorted("id")[-1:]

    def _vote(self, change, user, decision="approve", text="Because"):
        self._flush()
        request = self._request_of(change).with_user(user)
        result = getattr(request, f"action_{decision}")(text)
        self._flush()
        return result

    def _refused_to_apply(self, change, code):
        with self.assertRaises(GuardError) as refusal, self.env.cr.savepoint():
            change.action_apply()
        found = [one["code"] for one in refusal.exception.context["findings"]]
        self.assertIn(code, found)
        self._flush()
        return str(refusal.exception)


@tagged("post_install", "-at_install")
class TestChangeApproval(ChangeApprovalCommon):
    """A change that policies stop waits for people; the order stays as it was."""

    # --- the way --- #

    def test_discount_waits_and_is_applied_by_the_last_vote(self):
        order = self._confirmed()
        change = self._ask(
            self._kind(order, "price", discount=50), order=order, reason="He insists"
        )
        self.assertEqual(change.state, "submitted")
        self.assertEqual(order.amount_untaxed, 1000)
        request = self._request_of(change)
        self.assertEqual((request.state, request.operation), ("pending", "change"))
        self.assertEqual(request.sale_order_id, order)
        text = self._refused_to_apply(change, "approval_pending")
        self.assertIn("Lower price", text)
        self.assertIn(self.bob.name, text)
        self._vote(change, self.bob)
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.decided_by_id, self.bob)
        self.assertEqual(order.amount_untaxed, 500)
        self.assertEqual(request.state, "approved")

    def test_nobody_gets_around_it(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        for user in (self.salesman, self.manager, self.env.user):
            mine = change.with_user(user)
            self._refused_to_apply(mine, "approval_pending")
            self._refused_to_apply(mine.sudo(), "approval_pending")
            with self.assertRaises(OwnFieldError), self.env.cr.savepoint():
                mine.sudo().write({"state": "applied"})
            with self.assertRaises(GuardError), self.env.cr.savepoint():
                mine.sudo()._write_own({"state": "applied"})
        for name in ("skip", "applying", "sales_guard_hold"):
            self._refused_to_apply(
                change.with_context(**{name: True}), "approval_pending"
            )
        self.assertEqual(order.amount_untaxed, 1000)

    def test_small_ones_need_nobody(self):
        order = self._confirmed()
        change = self._applied(order, self._kind(order, "price", discount=4))
        self.assertEqual(change.state, "applied")
        self.assertFalse(change.approval_request_ids)

    # --- routing --- #

    def test_each_kind_has_its_role(self):
        order = self._confirmed()
        change = self._ask("delivery_address", order=order)
        self.assertEqual(self._request_of(change).open_approver_ids, self.cid)
        change.action_withdraw()
        self._flush()
        self.assertEqual(self._request_of(change).state, "superseded")
        change = self._ask(self._kind(order, "price", discount=20), order=order)
        self.assertEqual(self._request_of(change).open_approver_ids, self.bob)

    def test_both_in_parallel(self):
        order = self._confirmed()
        change = self._ask(
            "delivery_address", self._kind(order, "price", discount=20), order=order
        )
        request = self._request_of(change)
        self.assertEqual(request.open_approver_ids, self.bob | self.cid)
        self.assertEqual(set(request.line_ids.mapped("state")), {"open"})
        self._vote(change, self.cid)
        self.assertEqual(change.state, "submitted")
        self._vote(change, self.bob)
        self.assertEqual(change.state, "applied")

    def test_payment_terms_need_credit(self):
        self._new_policy(
            {"role_id": self._new_role("Credit", self.ann).id},
            name="Other terms",
            apply_on="change",
            change_payment={"operator": "is"},
        )
        order = self._confirmed()
        before = order.payment_term_id
        change = self._ask("payment_term", order=order)
        self.assertEqual(self._request_of(change).open_approver_ids, self.ann)
        self.assertEqual(order.payment_term_id, before)
        self._vote(change, self.ann)
        self.assertEqual(change.state, "applied")
        self.assertEqual(order.payment_term_id, self.term)

    # --- separation of duties --- #

    def test_nobody_approves_his_own(self):
        group = Command.link(self.env.ref("sales_approval_plus.group_approver").id)
        (self.salesman | self.colleague).write({"group_ids": [group]})
        role = self.drop.step_ids.role_id
        role.user_ids = self.salesman | self.colleague | self.bob
        order = self._confirmed()
        change = self._ask(
            self._kind(order, "price", discount=20), order=order, user=self.colleague
        )
        self.assertEqual(self._request_of(change).open_approver_ids, self.bob)
        for user in (self.salesman, self.colleague):
            with self.assertRaises(VoteError), self.env.cr.savepoint():
                self._vote(change, user)
            found = self.env["sales.approval.request"].with_user(user)
            self.assertFalse(found.search([("can_vote", "=", True)]))

    # --- decided otherwise --- #

    def test_rejected_is_refused(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self._vote(change, self.bob, "reject", "Never")
        self.assertEqual(change.state, "refused")
        self.assertIn("Never", change.decision_note)
        self.assertEqual(order.amount_untaxed, 1000)
        told = change.sudo().activity_ids
        self.assertEqual(told.user_id, self.salesman)

    def test_sent_back_is_a_draft_again(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self._vote(change, self.bob, "request_change", "Less")
        self.assertEqual(change.state, "draft")
        change.line_ids.discount = 10
        change.action_submit()
        request = self._request_of(change)
        self.assertEqual((request.state, request.round_no), ("pending", 2))
        self._vote(change, self.bob)
        self.assertEqual(order.amount_untaxed, 900)

    # --- stale --- #

    def test_edited_after_the_approval(self):
        self._control(sales_change_acceptance=True)
        self.customer.email = "paula@example.com"
        order = self._confirmed()
        change = self._ask(
            self._kind(order, "price", price_unit=150),
            "delivery_address",
            order=order,
        )
        self.assertEqual(change.state, "acceptance")
        self._vote(change, self.cid)
        request = self._request_of(change)
        self.assertEqual((request.state, change.state), ("approved", "acceptance"))
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("model", "=", change._name), ("res_id", "=", change.id)], order="id"
            )
        )
        self.assertEqual(change.sudo().customer_news, ["acceptance", "approved"])
        own = mails.filtered(lambda one: self.customer in one.recipient_ids)
        self.assertIn("is approved", own[-1].subject)
        change.action_revise()
        self._flush()
        self.assertEqual(request.state, "superseded")
        price = change.line_ids.filtered(lambda line: line.kind == "price")
        price.price_unit = 90
        change.action_submit()
        self._refused_to_apply(change, "approval_pending")

    def test_accepted_after_the_approval(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed()
        change = self._ask(
            self._kind(order, "quantity", quantity=12), "delivery_address", order=order
        )
        self._vote(change, self.cid)
        self.assertEqual(change.state, "acceptance")
        change.action_accept(accepted_by="Paula", evidence="Call")
        self.assertEqual(change.state, "applied")

    def test_shipped_before_the_last_vote(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self._deliver(order, 4)
        self._vote(change, self.bob)
        self.assertEqual(change.state, "stale")
        self.assertEqual(order.order_line.discount, 0)
        told = change.sudo().activity_ids
        self.assertEqual(told.user_id, self.salesman)
        self.assertIn("Delivery Quantity", told.note)

    # --- policies for the confirmation --- #

    def test_confirming_first_is_no_way_around(self):
        (self.drop | self.where).active = False
        self.policy.active = True
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self.assertEqual(self._request_of(change).open_approver_ids, self.ann)
        self._refused_to_apply(change, "approval_pending")
        self._vote(change, self.ann)
        self.assertEqual(change.state, "applied")
        # What is better, or has nothing to do with it, needs nobody.
        self._applied(order, self._kind(order, "price", discount=20))
        self._applied(order, "instructions")

    # --- rights --- #

    def test_who_is_asked_reads_it(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self._flush()
        mine = change.with_user(self.bob)
        self.assertIn("50", mine.line_ids.new_value)
        self.assertTrue(mine.impact_html)
        request = self._request_of(change).with_user(self.bob)
        self.assertIn("50", request.subject_html)
        self.assertTrue(request.facts)
        self.assertEqual(request.snapshot["impact"]["after"]["totals"]["untaxed"], 500)
        self.assertEqual(order.with_user(self.bob).name, order.name)
        with self.assertRaises(AccessError):
            change.with_user(self.ann).read(["name"])
        for call in (
            lambda: mine.write({"reason": "Other"}),
            lambda: mine.action_apply(),
            lambda: mine.action_refuse(reason="x"),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()

    # --- settings --- #

    def test_forbidden_and_automatic(self):
        order = self._confirmed()
        self._new_policy(
            name="Never half",
            apply_on="change",
            outcome="forbid",
            change_price_drop=40,
            sequence=1,
        )
        self._new_policy(
            name="Trifles",
            apply_on="change",
            outcome="auto",
            change_amount={"operator": "below", "value": 80},
            sequence=2,
        )
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self._refused_to_apply(change, "approval_forbidden")
        change.action_withdraw()
        trifle = self._ask(self._kind(order, "price", discount=6), order=order)
        self.assertEqual(trifle.state, "applied")
        request = self._request_of(trifle)
        self.assertEqual(request.auto_policy_id.name, "Trifles")
        self.assertEqual(request.operation, "change")

    def test_beyond_the_limits(self):
        self.env["sales.change.policy"].create(
            {
                "name": "Limits",
                "limit_changes": True,
                "change_quantity_percent": 10,
            }
        )
        self._new_policy(
            name="Beyond",
            apply_on="change",
            change_beyond={"operator": "is"},
        )
        order = self._confirmed()
        change = self._ask(self._quantity(order, 10.5), order=order)
        self.assertEqual(change.state, "applied")
        change = self._ask(self._quantity(order, 15), order=order)
        self.assertEqual(change.state, "submitted")
        self._refused_to_apply(change.with_user(self.manager), "approval_pending")
        self._vote(change, self.ann)
        self.assertEqual(
            (change.state, order.order_line.product_uom_qty), ("applied", 15)
        )

    def test_conditions_of_a_change_are_for_changes(self):
        with self.assertRaises(Exception) as refusal, self.env.cr.savepoint():
            self._new_policy(name="Wrong", change_price_drop=5)
        self.assertIn("Stops", str(refusal.exception))

    def test_order_and_change_do_not_mix(self):
        order = self._confirmed()
        change = self._ask(self._kind(order, "price", discount=50), order=order)
        self.assertFalse(order.approval_request_ids)
        self.assertEqual(order.all_approval_request_ids, self._request_of(change))
        with self.assertRaises(ChangeError), self.env.cr.savepoint():
            change.action_accept(accepted_by="Paula", evidence="Call")
