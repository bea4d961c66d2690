from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import APPROVER
from .test_compliance import AUDITOR, MANAGER, OVERRIDE, REASON, ComplianceCommon


@tagged("post_install", "-at_install")
class TestAccessReview(ComplianceCommon):
    def _review(self, user):
        return user.with_user(self.auditor).sudo(False)

    def test_conflicts(self):
        both = new_test_user(self.env, "tsap_both", groups=f"{OVERRIDE},{AUDITOR}")
        self.role.user_ids += self.manager
        conflicts = self._review(self.manager).approval_conflicts
        self.assertEqual(conflicts, "Decides on orders and changes the policies.")
        self.assertEqual(
            self._review(both).approval_conflicts,
            "Overrides approvals and reviews the overrides.",
        )
        self.assertFalse(self._review(self.ann).approval_conflicts)
        self.assertFalse(self._review(self.auditor).has_approval_conflict)
        self.assertEqual(self._review(self.ann).approval_role_ids, self.role)
        self.assertIn("Sales Approver", self._review(self.ann).approval_rights)

    def test_conflict_ends_with_the_option(self):
        self.role.user_ids += self.manager
        self.company.approval_segregation = True
        self.assertFalse(self._review(self.manager).approval_conflicts)

    def test_asked_by_a_group(self):
        """Not only members of roles: whoever a step asks."""
        self.policy.step_ids.write(
            {"approver_type": "group", "group_id": self.env.ref(MANAGER).id}
        )
        self.assertTrue(self._review(self.manager).has_approval_conflict)

    def test_filter_and_list(self):
        self.role.user_ids += self.manager
        users = self.env["res.users"].with_user(self.auditor)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_approval_plus.res_users_approval_review_action"
        )
        domain = (
            list(action["domain"]) if not isinstance(action["domain"], str) else None
        )
        domain = domain or self.env["res.users"]._get_reviewed_domain()
        listed = users.search(domain)
        self.assertIn(self.ann, listed)
        self.assertIn(self.manager, listed)
        self.assertNotIn(self.salesman, listed)
        found = users.search([("has_approval_conflict", "=", True)])
        self.assertIn(self.manager, found)
        self.assertNotIn(self.ann, found)
        names = ["approval_rights", "approval_role_ids", "approval_conflicts"]
        self.assertTrue(listed.read(names))

    def test_not_for_salespeople(self):
        with self.assertRaises(AccessError):
            self.ann.with_user(self.salesman).read(["approval_conflicts"])


@tagged("post_install", "-at_install")
class TestComplianceReport(ComplianceCommon):
    def _new_report(self, **values):
        today = fields.Date.today()
        return (
            self.env["sales.approval.compliance"]
            .with_user(self.auditor)
            .create(
                {
                    "date_from": today - timedelta(days=1),
                    "date_to": today + timedelta(days=1),
                    **values,
                }
            )
        )

    def _render(self, report):
        content, kind = self.env["ir.actions.report"]._render_qweb_html(
            "sales_approval_plus.sales_approval_compliance_report", report.ids
        )
        self.assertEqual(kind, "html")
        return content.decode()

    def test_last_month_is_the_default(self):
        with freeze_time("2026-03-15"):
            report = self.env["sales.approval.compliance"].new({})
            self.assertEqual(report.date_from, date(2026, 2, 1))
            self.assertEqual(report.date_to, date(2026, 2, 28))

    def test_content(self):
        report = self._new_report()
        cheated = self._new_discounted()
        self._confirm_by_sql(cheated)
        eve = new_test_user(
            self.env,
            "tsap_eve",
            groups=f"sales_team.group_sale_salesman_all_leads,{OVERRIDE}",
        )
        overridden = self._new_submitted()
        overridden.with_user(eve).action_override_approval(
            reason=REASON, category="absence"
        )
        self.salesman.group_ids += self.env.ref(APPROVER)
        self.role.user_ids += self.salesman
        own = self._new_submitted()
        for call in (own.action_approve, lambda: own.write({"state": "sale"})):
            try:
                call()
            except UserError:
                continue
            self.fail("Not refused")
        self.policy.criterion_ids.with_user(self.manager).value = 10
        self.env.invalidate_all()
        self.assertIn(cheated.name, report._get_unapproved().mapped("name"))
        [(event, request)] = [
            pair for pair in report._get_overrides() if pair[0].res_id == overridden.id
        ]
        self.assertEqual(request, self._get_request(overridden))
        self.assertEqual(event.user_id, eve)
        self.assertIn(own.id, report._get_self_approvals().mapped("res_id"))
        self.assertIn(own.id, report._get_refusals().mapped("res_id"))
        changes = report._get_setting_changes().filtered(
            lambda one: one.user_id == self.manager
        )
        self.assertEqual(changes.data["value"], [15.0, 10.0])
        html = self._render(report)
        for text in (cheated.name, "stands still", "Not yet", "15.0 → 10.0", own.name):
            self.assertIn(text, html)
        self.assertIn("Verified:", html)

    def test_only_its_period(self):
        self.policy.criterion_ids.value = 10
        report = self._new_report(date_from="2001-01-01", date_to="2001-01-31")
        self.assertFalse(report._get_setting_changes())
        with self.assertRaisesRegex(UserError, "To: give a day"):
            report.date_to = "2000-01-01"

    def test_another_company(self):
        cheated = self._new_discounted()
        self._confirm_by_sql(cheated)
        second = self.env["res.company"].create({"name": "Second"})
        self.auditor.company_ids += second
        report = self._new_report(company_id=second.id)
        self.assertFalse(report._get_unapproved())
        self.assertEqual(report._get_kpis()["requests"], 0)
        self.assertNotIn(self.ann, report._get_reviewed_users())

    def test_each_month_by_mail(self):
        reports = self.env["sales.approval.compliance"]
        reports._send(self.company)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.auditor.partner_id.ids)]
        )
        self.assertIn("Compliance report", message.subject)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_only_for_auditors(self):
        for user in (self.salesman, self.manager, self.ann):
            with self.assertRaises(AccessError):
                self.env["sales.approval.compliance"].with_user(user).create({})
