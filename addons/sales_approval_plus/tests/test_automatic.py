from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestAutomatic(ApprovalCommon):
    """Routine orders of a trusted customer need nobody, up to an amount a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trusted = cls.env["res.partner"].create({"name": "Trusted"})
        cls.automatic = cls._new_policy(
            name="Trusted customer",
            sequence=1,
            outcome="auto",
            domain=f"[('partner_id', '=', {cls.trusted.id})]",
            daily_cap=300,
            combine="all",
            new_customer={"operator": "is_not"},
            discount={"operator": "below", "value": 25},
        )
        cls.automatic.step_ids.unlink()

    def setUp(self):
        super().setUp()
        first = self._new_discounted(0, partner_id=self.trusted.id)
        first.action_confirm()

    def _new_routine(self, discount=20, quantity=1, **values):
        values.setdefault("partner_id", self.trusted.id)
        values.setdefault("user", self.salesman)
        return self._new_discounted(discount, quantity, **values)

    def test_confirms_in_one_click_and_is_recorded(self):
        order = self._new_routine()
        self.assertEqual(order.approval_state, "automatic")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        request = self._get_request(order)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "approved",
                    "auto_policy_id": self.automatic.id,
                    "origin": "policy",
                    "amount": 80,
                    "policy_ids": self.policy.ids,
                }
            ],
        )
        self.assertIn("by the policy “Trusted customer”", request._get_summary())
        self.assertEqual(self._get_codes(order, "approval"), ["approval.automatic"])

    def test_is_not_measured_where_nobody_is_needed(self):
        """What only an automatic policy asks for costs routine orders nothing."""
        order = self._new_routine(discount=0)
        orders = self.env.registry["sale.order"]
        with patch.object(orders, "_measure_new_customer", side_effect=AssertionError):
            self.assertEqual(order.approval_state, "not_required")

    def test_above_the_cap_it_needs_a_person(self):
        """80 + 160 of 300 are used: 80 more are beyond."""
        self._new_routine().action_confirm()
        self._new_routine(quantity=2).action_confirm()
        order = self._new_routine()
        self.assertEqual(order.approval_state, "to_submit")
        with self.assertRaisesRegex(UserError, "Submit for Approval"):
            order.action_confirm()

    def test_cap_counts_inside_a_batch(self):
        """Four of 80 at once: the fourth is beyond, so none is confirmed."""
        orders = self.env["sale.order"].union(*(self._new_routine() for _ in range(4)))
        with self.assertRaises(UserError) as caught:
            orders.with_user(self.salesman).action_confirm()
        self.assertIn(orders[3].name, str(caught.exception))
        self.assertNotIn(orders[0].name, str(caught.exception))

    def test_cap_begins_anew_in_the_companys_morning(self):
        """New York: 03:30 UTC is still yesterday evening, 05:30 is today."""
        self.company.partner_id.tz = "America/New_York"
        with freeze_time(datetime(2026, 1, 14, 20)):
            self._new_routine(quantity=3).action_confirm()
        with freeze_time(datetime(2026, 1, 15, 3, 30)):
            self.assertEqual(self._new_routine().approval_state, "to_submit")
        with freeze_time(datetime(2026, 1, 15, 5, 30)):
            self.assertEqual(self._new_routine().approval_state, "automatic")

    def test_others_do_not_share_the_cap(self):
        self.automatic.domain = "[]"
        other = self.env["res.partner"].create({"name": "Other"})
        self._new_discounted(0, partner_id=other.id).action_confirm()
        self._new_routine(quantity=3).action_confirm()
        order = self._new_routine(partner_id=other.id)
        self.assertEqual(order.approval_state, "automatic")

    def test_a_cancelled_order_gives_the_amount_back(self):
        order = self._new_routine(quantity=3)
        order.action_confirm()
        self.assertEqual(self._new_routine().approval_state, "to_submit")
        order._action_cancel()
        self.assertEqual(self._new_routine().approval_state, "automatic")

    def test_conditions(self):
        """Not for 25 % or more, and not for a customer who is new."""
        self.assertEqual(self._new_routine(25).approval_state, "to_submit")
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.automatic.domain = "[]"
        order = self._new_routine(partner_id=stranger.id)
        self.assertEqual(order.approval_state, "to_submit")

    def test_policies_above_it_still_stand(self):
        above = self._new_policy(name="Above", sequence=0, amount=10)
        order = self._new_routine()
        standing = order._get_approval_standings("confirm")[order.id]
        self.assertEqual(standing.state, "to_submit")
        self.assertEqual(standing.policies, above + self.policy)

    def test_what_is_forbidden_stays_forbidden(self):
        self._new_policy(name="Never", sequence=99, outcome="forbid", amount=10)
        self.assertEqual(self._new_routine().approval_state, "forbidden")

    def test_no_person_is_overruled(self):
        self.automatic.active = False
        order = self._new_routine()
        order.action_submit_for_approval()
        self._reject(order, self.ann)
        self.automatic.active = True
        self.env.invalidate_all()
        self.assertEqual(order.approval_state, "rejected")

    def test_nothing_is_recorded_where_nothing_was_asked(self):
        order = self._new_routine(0)
        self.assertEqual(order.approval_state, "not_required")
        order.action_confirm()
        self.assertFalse(self._get_request(order))

    def test_made_worse_after_confirming(self):
        order = self._new_routine()
        order.action_confirm()
        line = order.order_line.with_user(self.salesman)
        with self.assertRaisesRegex(UserError, "may not be made worse"):
            line.discount = 24

    def test_created_as_confirmed(self):
        """A policy without a cap records it on this path too; with one it is refused."""
        with self.assertRaises(UserError):
            self._create_confirmed()
        self.automatic.daily_cap = 0
        order = self._create_confirmed()
        self.assertEqual(self._get_request(order).auto_policy_id, self.automatic)

    def _create_confirmed(self):
        line = {"product_id": self.product.id, "product_uom_qty": 3, "discount": 20}
        orders = self.env["sale.order"].with_user(self.salesman)
        return orders.create(
            {
                "partner_id": self.trusted.id,
                "state": "sale",
                "order_line": [Command.create(line)],
            }
        )

    def test_broken_filter_approves_nothing(self):
        self.env.cr.execute(
            "UPDATE sales_approval_policy SET domain = '[(''gone'', ''='', 1)]'"
            " WHERE id = %s",
            [self.automatic.id],
        )
        self.automatic.invalidate_recordset()
        # The version of the table knows transactions, not statements of one.
        self.automatic._forget_cached()
        with self.assertLogs("odoo.addons.sales_approval_plus", "WARNING"):
            self.assertEqual(self._new_routine().approval_state, "to_submit")
