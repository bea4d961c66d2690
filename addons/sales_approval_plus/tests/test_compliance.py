from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..exceptions import NoApproverError, VoteError
from .common import ApprovalCommon

AUDITOR = "sales_order_plus.group_sales_auditor"
OVERRIDE = "sales_approval_plus.group_approval_override"
MANAGER = "sales_team.group_sale_manager"
REASON = "The customer's production stands still without it"


class ComplianceCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env, "tsap_aud", groups=AUDITOR, email="audit@test.example"
        )

    def _find(self, orders=None, user=None):
        rows = self.env["sales.approval.unapproved"].with_user(user or self.auditor)
        self.env.invalidate_all()
        domain = [("partner_id", "=", self.customer.id)]
        return rows.search(domain if orders is None else [("id", "in", orders.ids)])

    def _confirm_by_sql(self, order):
        """What somebody with the password of the database does."""
        self.env.flush_all()
        self.cr.execute(
            SQL("UPDATE sale_order SET state = 'sale' WHERE id = %s", order.id)
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUnapproved(ComplianceCommon):
    """Orders that are confirmed though nobody agreed: none, unless one cheats."""

    def test_confirmed_by_sql(self):
        order = self._new_discounted()
        self._confirm_by_sql(order)
        [row] = self._find()
        self.assertEqual(row.name, order.name)
        self.assertEqual(row.finding, "unapproved")
        self.assertEqual(row.policy_names, "High discount")
        self.assertFalse(row.request_state)
        self.assertEqual(row.action_open_order()["res_id"], order.id)

    def test_clean(self):
        """Every way on which orders are confirmed properly."""
        approved, free, overridden = (
            self._new_approved(),
            self._new_discounted(0),
            self._new_discounted(),
        )
        eve = new_test_user(
            self.env,
            "tsap_eve",
            groups=f"sales_team.group_sale_salesman_all_leads,{OVERRIDE}",
        )
        overridden.with_user(eve).action_override_approval(
            reason=REASON, category="absence"
        )
        (approved + free + overridden).action_confirm()
        self._new_discounted(0, state="sale")
        lowered = self._new_submitted()
        self._reject(lowered, self.ann)
        lowered.order_line.discount = 5
        lowered.action_confirm()
        again = self._new_approved()
        again.action_confirm()
        again.with_user(self.manager)._action_cancel()
        again.with_user(self.manager).action_draft()
        again.action_submit_for_approval()
        self._approve(again, self.ann)
        again.action_confirm()
        self._new_submitted()
        self.assertFalse(self._find())

    def test_while_it_waits(self):
        order = self._new_submitted()
        # Today nothing would ask for it: but somebody was asked.
        self.policy.active = False
        self._confirm_by_sql(order)
        [row] = self._find()
        self.assertEqual((row.finding, row.request_state), ("unapproved", "pending"))
        self.assertEqual(row.policy_names, "High discount")

    def test_confirmed_again_by_sql(self):
        """An earlier confirmation does not cover what was set back since."""
        order = self._new_discounted(0)
        order.action_confirm()
        order.with_user(self.manager)._action_cancel()
        order.with_user(self.manager).action_draft()
        order.order_line.discount = 30
        self._confirm_by_sql(order)
        [row] = self._find()
        self.assertEqual(row.last_event, "order.reset")
        self.assertEqual(row.finding, "unapproved")

    def test_nothing_was_required(self):
        order = self._new_discounted(0)
        self._confirm_by_sql(order)
        [row] = self._find()
        self.assertEqual((row.finding, row.policy_names), ("unchecked", ""))

    def test_older_than_the_trail(self):
        """What was confirmed before the addon came says nothing."""
        order = self._new_discounted()
        self.env.flush_all()
        self.cr.execute(
            SQL(
                "UPDATE sale_order SET state = 'sale', create_date = '2001-01-01' "
                "WHERE id = %s",
                order.id,
            )
        )
        self.env.invalidate_all()
        self.assertFalse(self._find(order))
        # But of this one it is known that it was a quotation since.
        order.with_user(self.manager)._action_cancel()
        order.with_user(self.manager).action_draft()
        self._confirm_by_sql(order)
        self.assertTrue(self._find(order))

    def test_trail_that_was_shortened(self):
        order = self._new_discounted()
        order.date_order = "2001-01-01"
        self._confirm_by_sql(order)
        self.assertTrue(self._find(order))
        events = self.env["sales.audit.event"]
        events._log(self.company, "audit.purged", before="2005-01-01 00:00:00")
        self.assertFalse(self._find(order))

    def test_who_reads_it(self):
        order = self._new_discounted()
        self._confirm_by_sql(order)
        self.assertTrue(self._find(order, self.manager))
        for user in (self.salesman, self.ann, self.portal_user):
            with self.assertRaises(AccessError):
                self._find(order, user)

    def test_many_orders(self):
        """Policies are asked about the few that are found, in few queries."""
        template = self._new_discounted()
        self.env.flush_all()
        columns = [
            name
            for name, field in template._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.cr.execute(
            SQL(
                "INSERT INTO sale_order (name, %(names)s) "
                "SELECT 'BULK' || n, %(names)s FROM sale_order, "
                "generate_series(1, 3000) n WHERE id = %(id)s RETURNING id",
                names=names,
                id=template.id,
            )
        )
        ids = [row[0] for row in self.cr.fetchall()]
        self.cr.execute(
            SQL(
                "INSERT INTO sales_audit_event (code, model, res_id, user_id, date) "
                "SELECT 'order.confirmed', 'sale.order', unnest(%s), 1, now()",
                ids[1:],
            )
        )
        self.cr.execute(
            SQL("UPDATE sale_order SET state = 'sale' WHERE id IN %s", tuple(ids))
        )
        self.env.invalidate_all()
        rows = self.env["sales.approval.unapproved"].with_user(self.auditor)
        domain = [("partner_id", "=", self.customer.id)]
        rows.search(domain).mapped("finding")
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=40, tsap_aud=40):
            found = rows.search(domain)
            self.assertEqual(found.ids, ids[:1])
            self.assertEqual(found.finding, "unchecked")


@tagged("post_install", "-at_install")
class TestSegregation(ComplianceCommon):
    """Nobody decides on what is his own, nor twice, nor by rules he makes himself."""

    def _assert_refused(self, call, reason):
        with self.assertRaises(VoteError) as caught:
            call()
        self.assertEqual(caught.exception.context["reason"], reason)

    def test_manager_who_owns_the_order(self):
        """In the form there is no button; the call is refused and says why."""
        self.role.user_ids += self.manager
        order = self._new_submitted(user=self.manager)
        request = self._get_request(order)
        for records in (order, request):
            mine = records.with_user(self.manager).sudo(False)
            self.assertFalse(mine.can_vote)
            self._assert_refused(mine.action_approve, "own")
        with self.assertRaisesRegex(VoteError, "nobody approves his own order"):
            self.env["sales.order.api"].with_user(self.manager).approve_order(
                name=order.name
            )
        self.assertEqual(request.state, "pending")

    def test_one_person_decides_on_one_level(self):
        both = self.ann + self.bob
        self.role.user_ids = both
        finance = self._new_role("Finance", both)
        self.policy.step_ids = [Command.create({"role_id": finance.id, "level": 2})]
        order = self._new_submitted()
        self._approve(order, self.ann)
        mine = order.with_user(self.ann)
        self.assertFalse(mine.can_vote)
        self._assert_refused(mine.action_approve, "voted")
        self._approve(order, self.bob)
        self.assertEqual(self._get_request(order).state, "approved")

    def test_managers_decide_unless_the_company_says_no(self):
        self.assertFalse(self.company.approval_segregation)
        self.role.user_ids = self.manager
        order = self._new_submitted()
        self._approve(order, self.manager)
        self.assertEqual(order.approval_state, "approved")

    def test_managers_are_not_asked(self):
        self.company.approval_segregation = True
        self.role.user_ids += self.manager
        request = self._get_request(self._new_submitted())
        self.assertEqual(request.line_ids.approver_ids, self.ann)
        self.role.user_ids = self.manager
        with self.assertRaisesRegex(NoApproverError, "Nobody can approve"):
            self._new_submitted()

    def test_managers_who_were_asked_before(self):
        self.role.user_ids += self.manager
        order = self._new_submitted()
        request = self._get_request(order).with_user(self.manager).sudo(False)
        waiting = [("can_vote", "=", True), ("id", "=", request.id)]
        self.assertTrue(request.can_vote)
        self.assertTrue(request.search(waiting))
        self.company.approval_segregation = True
        self.env.invalidate_all()
        self.assertFalse(request.can_vote)
        self.assertFalse(request.search(waiting))
        self._assert_refused(request.action_approve, "segregation")
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")

    def test_settings(self):
        settings = self.env["res.config.settings"].create(
            {"approval_segregation": True}
        )
        settings.execute()
        self.assertTrue(self.company.approval_segregation)
