from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from .common import ApprovalCommon

START = datetime(2026, 3, 2, 8)
OVERRIDE = "sales_approval_plus.group_approval_override"
REASON = "The customer's production stands still without it"


class StoryCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = new_test_user(
            cls.env,
            "tsap_eve",
            groups=f"sales_team.group_sale_salesman_all_leads,{OVERRIDE}",
        )

    def _at(self, hours):
        return freeze_time(START + timedelta(hours=hours))

    def _new_story(self):
        """Rejected, submitted again at a better price, approved, overridden at last."""
        with self._at(0):
            order = self._new_submitted(discount=30)
        with self._at(1):
            order.with_user(self.ann).action_reject("At most 20 %", category="discount")
            order.order_line.discount = 20
            order.action_submit_for_approval()
        with self._at(2):
            self._approve(order, self.ann, "Good customer")
        with self._at(3):
            order.order_line.discount = 25
            order.with_user(self.eve).action_override_approval(
                reason=REASON, category="absence"
            )
        return order

    def _tell(self, order, user=None):
        order = order.with_user(user or self.salesman).sudo(False)
        return [
            (one["round"], one["code"], one["user"], one["text"])
            for one in order._get_approval_timeline()
        ]


@tagged("post_install", "-at_install")
class TestTimeline(StoryCommon):
    def test_all_rounds(self):
        order = self._new_story()
        told = self._tell(order)
        sam, ann, eve = self.salesman.name, self.ann.name, self.eve.name
        first, second = (
            "; ".join(request._get_reasons())
            for request in order.sudo().approval_request_ids.sorted("id")[:2]
        )
        self.assertIn("30.00", first)
        self.assertEqual(
            told,
            [
                (1, "submitted", sam, first),
                (1, "reject", ann, "At most 20 %"),
                (1, "rejected", "", ""),
                (2, "submitted", sam, second),
                (2, "approve", ann, "Good customer"),
                (2, "approved", "", ""),
                (3, "overridden", eve, REASON),
            ],
        )
        entries = order._get_approval_timeline()
        self.assertIn("Discount too high", entries[1]["title"])
        self.assertIn("Discount from the sales prices: 20.00 %", entries[4]["values"])
        self.assertEqual(entries[4]["date"], START + timedelta(hours=2))

    def test_cancelled_and_reset(self):
        """The story is still there, and goes on."""
        order = self._new_story()
        before = self._tell(order)
        with self._at(4):
            order._action_cancel()
            order.action_draft()
        told = self._tell(order)
        self.assertEqual(
            [one[1] for one in told][-2:], ["order.cancelled", "order.reset"]
        )
        votes = ("submitted", "reject", "approve")
        self.assertEqual(
            [one for one in told if one[1] in votes],
            [one for one in before if one[1] in votes],
        )
        self.assertIn("At most 20 %", str(order.approval_timeline))

    def test_page_in_the_order_and_the_request(self):
        order = self._new_story()
        self.env.invalidate_all()
        for user in (self.salesman, self.colleague, self.manager):
            mine = order.with_user(user).sudo(False)
            self.assertIn("Round 2", " ".join(str(mine.approval_timeline).split()))
        request = order.sudo().approval_request_ids[-1:]
        for user in (self.ann, self.salesman):
            mine = request.with_user(user).sudo(False)
            self.assertIn("Good customer", str(mine.approval_timeline))
        self.assertFalse(self._new_discounted().approval_timeline)
        self.assertFalse(self.env["sale.order"].new({}).approval_timeline)

    def test_approved_by_a_policy(self):
        self._new_policy(name="Small", sequence=1, outcome="auto", discount=15)
        order = self._new_discounted()
        order.action_confirm()
        first, last = self._tell(order)
        self.assertEqual(first[1:], ("approved", "", "By the policy “Small”"))
        self.assertEqual(last[1], "order.confirmed")

    def test_approved_on_conditions(self):
        order = self._new_submitted()
        condition = {"kind": "text", "text": "Call the customer"}
        request = self._get_request(order).with_user(self.ann).sudo(False)
        request.action_approve(conditions=[condition])
        told = self._tell(order)[-1]
        self.assertEqual(told[1], "conditional")
        self.assertIn("Call the customer", told[3])
        content = request._get_certificate()["content"]
        self.assertEqual(content["conditions"][0]["by"], self.ann.name)

    def test_text_is_no_markup(self):
        order = self._new_submitted()
        order.with_user(self.ann).action_reject("<script>alert(1)</script>")
        self.assertNotIn("<script>", str(order.approval_timeline))
        self.assertIn("&lt;script&gt;", str(order.approval_timeline))

    def test_delegate_is_told(self):
        today = fields.Date.today()
        self.env["sales.approval.delegation"].create(
            {
                "user_id": self.ann.id,
                "delegate_id": self.bob.id,
                "date_from": today,
                "date_to": today,
            }
        )
        order = self._new_submitted()
        self._approve(order, self.bob)
        [entry] = [e for e in order._get_approval_timeline() if e["code"] == "approve"]
        self.assertEqual(entry["user"], self.bob.name)
        self.assertEqual(entry["on_behalf_of"], self.ann.name)

    def test_events_may_be_gone(self):
        order = self._new_story()
        told = self._tell(order)
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(
            SQL("DELETE FROM sales_audit_event WHERE res_id = %s", order.id)
        )
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.assertEqual(self._tell(order), told)

    def test_over_rpc(self):
        order = self._new_story()
        api = self.env["sales.order.api"]
        rows = api.with_user(self.salesman).get_approval_history(name=order.name)
        self.assertEqual(len(rows), 7)
        self.assertNotIn("tone", rows[0])
        stranger = self._new_user("tsap_other", "sales_team.group_sale_salesman")
        with self.assertRaises(UserError):
            api.with_user(stranger).get_approval_history(name=order.name)

    def test_customers_read_nothing_of_it(self):
        order = self._new_story()
        order.action_quotation_sent()
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user).sudo(False).read(["approval_timeline"])


@tagged("post_install", "-at_install")
class TestCertificate(StoryCommon):
    def _seal(self):
        while self.env["sales.audit.event"]._seal():
            pass

    def _check(self, request):
        return [one[0] for one in request._get_certificate()["verification"]]

    def _render(self, request, user):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(
                "sales_approval_plus.sales_approval_certificate_report", request.ids
            )
        )
        return " ".join(content.decode().split())

    def test_chain_votes_and_verification(self):
        finance = self._new_role("Finance", self.bob)
        self.policy.step_ids = [Command.create({"role_id": finance.id, "level": 2})]
        order = self._new_submitted()
        self._approve(order, self.ann, "Good customer")
        self._approve(order, self.bob)
        request = self._get_request(order)
        self.assertEqual(self._check(request), [True, True, None, True])
        self._seal()
        self.assertEqual(self._check(request), [True, True, True, True])
        content = request._get_certificate()["content"]
        self.assertEqual([one["level"] for one in content["steps"]], [1, 2])
        self.assertEqual(
            [(one["user"], one["decision"]) for one in content["votes"]],
            [(self.ann.name, "Approved"), (self.bob.name, "Approved")],
        )
        self.assertEqual(
            [one["event"] for one in content["events"]],
            ["Submitted for approval", "Voted", "Voted", "Approved"],
        )

    def test_printed_by_those_who_read_the_request(self):
        order = self._new_approved()
        self._seal()
        request = self._get_request(order)
        self.env.invalidate_all()
        for user in (self.ann, self.salesman, self.manager):
            html = self._render(request, user)
            for text in (
                order.name,
                "High discount",
                "Management",
                request.fingerprint,
                "20.00",
                "3 audit events fit their seals",
            ):
                self.assertIn(text, html, user.login)
        other = self._new_user("tsap_other", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self._render(request, other)

    def test_override(self):
        order = self._new_discounted()
        order.with_user(self.eve).action_override_approval(
            reason=REASON, category="absence"
        )
        html = self._render(self._get_request(order), self.salesman)
        for text in ("Emergency Override", "Nobody to be reached", "Not reviewed yet"):
            self.assertIn(text, html)

    def test_hash_changes_with_the_content(self):
        one, other = self._new_approved(), self._new_approved()
        hashes = {
            self._get_request(order)._get_certificate()["hash"]
            for order in (one, other, one)
        }
        self.assertEqual(len(hashes), 2)

    def test_order_that_changed_since(self):
        order = self._new_approved()
        self._seal()
        order.order_line.discount = 16
        checks = self._check(self._get_request(order))
        self.assertEqual(checks, [True, True, True, None])

    def test_forged(self):
        order = self._new_approved()
        self._seal()
        request = self._get_request(order)
        event = request._get_certificate_events()[1]
        self.env.flush_all()
        self.cr.execute("ALTER TABLE sales_audit_event DISABLE TRIGGER USER")
        self.cr.execute(
            SQL(
                "UPDATE sales_audit_event SET user_id = %s WHERE id = %s",
                self.cid.id,
                event.id,
            )
        )
        self.cr.execute("ALTER TABLE sales_audit_event ENABLE TRIGGER USER")
        self.cr.execute(
            SQL(
                "UPDATE sales_approval_request SET snapshot = "
                "jsonb_set(snapshot, '{lines}', '[]') WHERE id = %s",
                request.id,
            )
        )
        self.env.invalidate_all()
        # The votes are as they were.
        self.assertEqual(self._check(request)[:3], [False, True, False])
        self.assertIn("✗", self._render(request, self.ann))
