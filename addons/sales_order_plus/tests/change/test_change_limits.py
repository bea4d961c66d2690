from datetime import timedelta

from odoo.tests import tagged

from ...exceptions import ChangeError, GuardError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeLimits(ChangeCommon):
    """Within the limits nobody is asked; beyond them a manager decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limits = cls.env["sales.change.policy"].create(
            {
                "name": "Limits",
                "company_id": cls.company.id,
                "limit_changes": True,
                "change_quantity_percent": 10,
                "change_days": 30,
            }
        )

    def _excess(self, change):
        with self.assertRaises(GuardError) as refusal, self.env.cr.savepoint():
            change.action_apply()
        self._flush()
        self.assertEqual(
            refusal.exception.context["findings"][0]["code"], "change_limit"
        )
        return str(refusal.exception)

    # --- quantity --- #

    def test_a_little_is_applied_at_once(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 10.5))
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.decided_by_id, self.salesman)
        self.assertEqual(order.order_line.product_uom_qty, 10.5)
        self.assertEqual(self._open(order), 10.5)
        self.assertFalse(change.released_by_id)

    def test_more_waits_for_a_manager(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 15))
        self.assertEqual(change.state, "submitted")
        self.assertEqual(order.order_line.product_uom_qty, 10)
        text = self._excess(change)
        self.assertIn("+50 %", text)
        self.assertIn("sales manager", text)
        for user in (self.salesman, self.colleague):
            with self.assertRaises(GuardError), self.env.cr.savepoint():
                change.with_user(user).sudo().action_apply()
        self._flush()
        change.with_user(self.manager).action_apply()
        self._flush()
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.released_by_id, self.manager)
        self.assertEqual(order.order_line.product_uom_qty, 15)
        events = self.env["sales.audit.event"].sudo()
        found = events.search([("code", "=", "change.released")], limit=1)
        self.assertEqual(found.user_id, self.manager)

    def test_the_limit_itself_is_within(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 11))
        self.assertEqual(change.state, "applied")
        # Of what it is by now.
        change = self._submitted(order, self._quantity(order, 12.5))
        self.assertEqual(change.state, "submitted")

    def test_less_has_the_same_limit(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 5))
        self.assertEqual(change.state, "submitted")
        self.assertIn("-50 %", self._excess(change))

    def test_one_of_several_is_beyond(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 10.5), "price")
        self.assertEqual(change.state, "submitted")
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertIn("always decided", self._excess(change))

    # --- the other limits --- #

    def test_amount(self):
        self.limits.write({"change_quantity_percent": 0, "change_amount": 120})
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 11))
        self.assertEqual(change.state, "applied")
        change = self._submitted(order, self._quantity(order, 13))
        self.assertEqual(change.state, "submitted")
        self.assertIn("238", self._excess(change))

    def test_days(self):
        order = self._confirmed(commitment_date=self.later)
        near = self._kind(
            order, "date", commitment_date=self.later + timedelta(days=30)
        )
        self.assertEqual(self._submitted(order, near).state, "applied")
        far = self._kind(order, "date", commitment_date=self.later + timedelta(days=61))
        change = self._submitted(order, far)
        self.assertEqual(change.state, "submitted")
        self.assertIn("+31", self._excess(change))

    def test_kinds(self):
        order = self._confirmed()
        self.assertEqual(self._submitted(order, "instructions").state, "applied")
        self.assertEqual(self._submitted(order, "payment_term").state, "submitted")
        self.limits.change_kind_ids.filtered(
            lambda one: one.kind == "instructions"
        ).is_free = False
        change = self._submitted(order, self._kind(order, "instructions", text="Gate"))
        self.assertEqual(change.state, "submitted")

    def test_without_limits_everything_is_applied_by_hand(self):
        self.limits.limit_changes = False
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 15))
        self.assertEqual(change.state, "submitted")
        change.action_apply()
        self.assertEqual(change.state, "applied")
        self.assertFalse(change.released_by_id)

    # --- what else may stand against it --- #

    def test_the_customer_first(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 10.5))
        self.assertEqual(change.state, "acceptance")
        change.action_accept(accepted_by="Paula", evidence="Her mail")
        self._flush()
        self.assertEqual(change.state, "applied")

    def test_edited_after_it_was_let_pass(self):
        order = self._confirmed()
        change = self._submitted(order, self._quantity(order, 15))
        change.with_user(self.manager)._release_limits()
        self.assertEqual(change.released_by_id, self.manager)
        change.action_revise()
        self.assertFalse(change.released_by_id)
        change.action_submit()
        self._excess(change)

    # --- why --- #

    def test_reason(self):
        reasons = self.env["sales.change.reason"]
        order = self._confirmed()
        change = self._new_change(order, "instructions", reason=False)
        with self.assertRaises(ChangeError) as refusal, self.env.cr.savepoint():
            change.action_submit()
        self.assertEqual(refusal.exception.context["field"], "reason")
        plain = reasons.create({"name": "Moves", "category": "customer"})
        words = reasons.create({"name": "Else", "requires_note": True})
        change.reason_id = words
        with self.assertRaises(ChangeError), self.env.cr.savepoint():
            change.action_submit()
        change.reason_id = plain
        change.action_submit()
        self.assertEqual(change.state, "applied")
