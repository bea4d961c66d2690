from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import APPROVER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestPolicy(ApprovalCommon):
    def _get_hits(self, order):
        standing = order._get_approval_standings("confirm").get(order.id)
        return standing.policies if standing else self.env["sales.approval.policy"]

    def test_below_the_limit_is_free(self):
        order = self._new_discounted(14.99)
        self.assertFalse(self._get_hits(order))
        self.assertEqual(order.approval_state, "not_required")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_at_the_limit_is_hit(self):
        order = self._new_discounted(15)
        self.assertEqual(self._get_hits(order), self.policy)
        self.assertEqual(order.approval_state, "to_submit")

    def test_message_names_policy_value_limit_and_next_step(self):
        message = self._new_discounted(22).guard_message
        self.assertIn(
            "High discount: Discount from the sales prices 22.00% (from 15.00%)",
            message,
        )
        self.assertIn("Management may approve it", message)
        self.assertIn("Next step: Submit for Approval", message)

    def test_any_and_all(self):
        both = self._new_policy(name="Both", discount=10, amount=500, combine="all")
        either = self._new_policy(name="Either", discount=10, amount=500, combine="any")
        self.policy.active = False
        cheap = self._new_discounted(12, quantity=1)
        large = self._new_discounted(0, quantity=5)
        neither = self._new_discounted(0, quantity=4)
        large_and_cheap = self._new_discounted(10, quantity=6)
        self.assertEqual(self._get_hits(cheap), either)
        self.assertEqual(self._get_hits(large), either)
        self.assertFalse(self._get_hits(neither))
        self.assertEqual(self._get_hits(large_and_cheap), both + either)

    def test_domain_limits_the_orders(self):
        other = self.env["res.partner"].create({"name": "Other"})
        self.policy.domain = f"[('partner_id', '=', {other.id})]"
        self.assertFalse(self._get_hits(self._new_discounted(50)))
        self.assertTrue(self._get_hits(self._new_discounted(50, partner_id=other.id)))

    def test_domain_is_evaluated_with_all_rights(self):
        """A salesman cannot dodge a filter by what he may not read."""
        partner = self.env["res.partner"].create({"name": "Hidden"})
        order = self._new_discounted(50, partner_id=partner.id)
        self.policy.domain = "[('partner_id.name', '=', 'Hidden')]"
        self.env["ir.rule"].create(
            {
                "name": "hide",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {partner.id})]",
            }
        )
        self.env.invalidate_all()
        self.assertTrue(self._get_hits(order.with_user(self.salesman)))

    def test_domain_that_cannot_be_read(self):
        for domain in ("[(", "uid", "[('no_such_field', '=', 1)]", "['|']"):
            with self.assertRaisesRegex(ValidationError, "filter cannot be read"):
                self.policy.domain = domain

    @mute_logger("odoo.addons.sales_approval_plus.models.sales_approval_policy")
    def test_broken_domain_lets_nothing_pass(self):
        """A field of the filter may go with an addon: then all orders are measured."""
        self.env.cr.execute(
            "UPDATE sales_approval_policy SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.policy.id],
        )
        self.policy.invalidate_recordset()
        order = self._new_discounted(50)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_without_a_condition_every_order_is_hit(self):
        self.policy.criterion_ids.unlink()
        order = self._new_discounted(0)
        self.assertEqual(self._get_hits(order), self.policy)
        self.assertTrue(order.guard_message.startswith("High discount. Management"))

    def test_limits_are_sane(self):
        wrong = (
            ("discount", {"value": 101}),
            ("discount", {"value": -1}),
            ("amount", {"value": -5}),
            ("categories", {}),
            ("amount", {"operator": "is"}),
            ("new_customer", {"operator": "below"}),
        )
        for metric, values in wrong:
            with self.subTest(metric=metric), self.assertRaises(ValidationError):
                self.policy.criterion_ids = [
                    Command.create({"metric": metric, **values})
                ]

    def test_a_step_is_needed(self):
        with self.assertRaisesRegex(ValidationError, "names nobody"):
            self.policy.step_ids = [Command.clear()]

    def test_archived_policy_stops_nothing(self):
        order = self._new_discounted(50)
        self.assertEqual(order.approval_state, "to_submit")
        self.policy.active = False
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_cache_follows_changes(self):
        def ids(company):
            return self.env["sales.approval.policy"]._get_active(company)._ids

        self.assertEqual(ids(self.company), tuple(self.policy.ids))
        second = self._new_policy(amount=5, name="Second")
        self.assertEqual(ids(self.company), (self.policy + second)._ids)
        second.sequence = 1
        self.assertEqual(ids(self.company), (second + self.policy)._ids)
        self.policy.unlink()
        self.assertEqual(ids(self.company), second._ids)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.policy.step_ids.role_id.company_id = False
        self.policy.company_id = other
        self.assertFalse(self._get_hits(self._new_discounted(50)))

    def test_amount_in_company_currency(self):
        """200 at a rate of 0.5 for one of the company are worth 400."""
        currency = self.env["res.currency"].create(
            {
                "name": "TSX",
                "symbol": "x",
                "rate_ids": [
                    Command.create(
                        {
                            "name": date(2024, 1, 1),
                            "rate": 0.5,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "TSX", "currency_id": currency.id}
        )
        policy = self._new_policy(amount=400, name="Large")
        order = self._new_discounted(0, quantity=4, pricelist_id=pricelist.id)
        order.order_line.price_unit = 50
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(self._get_hits(order), policy)
        order.order_line.price_unit = 49
        self.assertFalse(self._get_hits(order))

    def test_copy_has_a_name_and_steps(self):
        copy = self.policy.copy()
        self.assertEqual(copy.name, "High discount (copy)")
        self.assertEqual(copy.step_ids.role_id, self.role)
        self.assertNotEqual(copy.step_ids, self.policy.step_ids)

    def test_summary(self):
        self.policy.criterion_ids = [Command.create({"value": 1000})]
        symbol = self.company.currency_id.symbol
        self.assertIn(symbol, self.policy.summary)
        self.assertIn("Discount from the sales prices from 15.00%", self.policy.summary)
        self.assertTrue(self.policy.summary.endswith("→ Management"))

    def test_form(self):
        with Form(self.env["sales.approval.policy"].with_user(self.manager)) as form:
            form.name = "Form"
            with form.criterion_ids.new() as criterion:
                criterion.metric = "margin"
                self.assertEqual(criterion.operator, "below")
                criterion.value = 30
            with form.step_ids.new() as step:
                step.role_id = self.role
        policy = form.record
        self.assertRecordValues(
            policy.step_ids, [{"level": 1, "mode": "any", "role_id": self.role.id}]
        )
        self.assertEqual(policy.outcome, "require")


@tagged("post_install", "-at_install")
class TestStep(ApprovalCommon):
    def _get_people(self, step, company):
        order = self._new_discounted()
        (slot,) = step._get_slots(order, {"amount": 0})
        return slot.users._filter_approvers(company)

    def test_members_must_be_approvers(self):
        with self.assertRaisesRegex(ValidationError, "tsop_sam.*Sales Approver"):
            self.role.user_ids = self.salesman
        with self.assertRaisesRegex(ValidationError, "tsop_sam"):
            self._new_policy(
                {"approver_type": "user", "user_id": self.salesman.id}, amount=1
            )

    def test_role_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        role = self._new_role("Foreign", self.ann, company_id=other.id)
        with self.assertRaisesRegex(ValidationError, "another company"):
            self._new_policy({"role_id": role.id}, amount=1)

    def test_code_is_unique_in_a_company(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._new_role("Management", self.bob)
            self.env.flush_all()

    def test_approvers_by_type(self):
        group = self.env["res.groups"].create(
            {
                "name": "Deciders",
                "user_ids": [Command.set((self.bob + self.salesman).ids)],
            }
        )
        by_role, by_user, by_group = self._new_policy(
            {},
            {"approver_type": "user", "user_id": self.cid.id, "role_id": False},
            {"approver_type": "group", "group_id": group.id, "role_id": False},
            amount=1,
        ).step_ids.sorted("id")
        self.assertEqual(self._get_people(by_role, self.company), self.ann)
        self.assertEqual(self._get_people(by_user, self.company), self.cid)
        # The salesman is in the group, but he is no approver.
        self.assertEqual(self._get_people(by_group, self.company), self.bob)

    def test_who_is_no_approver(self):
        step = self.policy.step_ids
        other = self.env["res.company"].create({"name": "Other Company"})
        self.assertFalse(self._get_people(step, other))
        self.ann.group_ids -= self.env.ref(APPROVER)
        self.assertFalse(self._get_people(step, self.company))
        self.ann.group_ids += self.env.ref(APPROVER)
        self.ann.active = False
        self.assertFalse(self._get_people(step, self.company))

    def test_quorum_needs_a_number(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.step_ids.write({"mode": "quorum", "quorum_count": 0})
            self.env.flush_all()

    def test_approver_is_named(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.step_ids.write({"approver_type": "user"})
            self.env.flush_all()

    def test_sales_administrators_are_approvers(self):
        self.assertIn(self.env.ref(APPROVER), self.manager.all_group_ids)
