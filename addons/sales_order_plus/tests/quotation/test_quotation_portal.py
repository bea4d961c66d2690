from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import BROWSER, DOT
from .common_portal import QuotationPortalCommon

SCANNER = "Mozilla/5.0 (compatible; Proofpoint URL Defense; SafeLinks)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604.1"


@tagged("post_install", "-at_install")
class TestQuotationViews(QuotationPortalCommon):
    """Visits are counted by us, not by the session of a browser."""

    def _hit(self, order, **kwargs):
        self.opener.cookies.clear()
        return self._browse(order.sudo().get_portal_url(), **kwargs)

    def _get_notes(self, order):
        subtype = self.env.ref("sale.mt_order_viewed")
        return order.message_ids.filtered(lambda m: m.subtype_id == subtype)

    def test_four_hits_without_cookies_are_one_view_and_one_note(self):
        order = self._new_sent()
        for _hit in range(4):
            self.assertEqual(self._hit(order).status_code, 200)
        self.assertEqual(order.quotation_view_count, 1)
        self.assertEqual(order.quotation_view_ids.hits, 4)
        self.assertEqual(len(self._get_notes(order)), 1)
        self.assertEqual(order.quotation_status, "viewed")
        self.assertTrue(order.first_viewed_on)

    def test_another_browser_is_another_visitor(self):
        order = self._new_sent()
        self._hit(order)
        self._hit(order, agent=PHONE)
        self.assertEqual(order.quotation_view_count, 2)

    def test_back_after_the_half_hour_is_another_visit(self):
        order = self._new_sent()
        self._hit(order)
        with freeze_time(Datetime.now() + timedelta(minutes=29)):
            self._hit(order)
        with freeze_time(Datetime.now() + timedelta(minutes=60)):
            self._hit(order)
        self.assertEqual(order.quotation_view_ids.sorted("id").mapped("hits"), [2, 1])
        first = order.quotation_view_ids.sorted("id")[0]
        self.assertAlmostEqual(first.seconds, 29 * 60, delta=20)

    def test_programs_are_kept_apart(self):
        order = self._new_sent()
        for agent in (SCANNER, "Slackbot-LinkExpanding 1.0", "curl/8.0", ""):
            self._hit(order, agent=agent)
        self.assertEqual(order.quotation_view_count, 0)
        self.assertEqual(set(order.quotation_view_ids.mapped("agent")), {"bot"})
        self.assertFalse(self._get_notes(order))
        self.assertEqual(order.quotation_status, "sent")

    def test_head_and_link_previews_are_no_views(self):
        order = self._new_sent()
        self._hit(order, method="HEAD")
        self.opener.headers["Odoo-Link-Preview"] = "True"
        self._hit(order)
        self.assertFalse(order.quotation_view_ids)

    def test_confirmed_order_is_not_viewed(self):
        order = self._new_sent()
        order.action_confirm()
        self._hit(order)
        self.assertFalse(order.quotation_view_ids)
        self.assertFalse(self._get_notes(order))

    def test_salesperson_is_no_visitor(self):
        order = self._new_sent()
        self.authenticate(self.salesman.login, self.salesman.login)
        self._browse(order.sudo().get_portal_url())
        self.assertFalse(order.quotation_view_ids)

    def test_customer_logged_in_is_named(self):
        order = self._new_sent()
        self.authenticate("tsop_portal", "tsop_portal")
        self._browse(f"/my/orders/{order.id}")
        self.assertEqual(order.quotation_view_ids.partner_id.name, "Test Portal")

    def test_new_revision_is_not_viewed_yet(self):
        order = self._new_sent()
        self._hit(order)
        order.action_new_revision()
        order.action_quotation_sent()
        self.assertEqual(order.quotation_status, "sent")
        self._hit(order)
        self.assertEqual(order.quotation_status, "viewed")
        self.assertEqual(set(order.quotation_view_ids.mapped("revision")), {1, 2})

    def test_simultaneous_hits_are_one_row(self):
        """Two workers that both find no visit insert one."""
        order = self._new_sent().sudo()
        views = self.env["sales.quotation.view"]
        partner = self.env["res.partner"]
        with patch.object(type(views), "_add_hit", lambda *args: False):
            for _worker in range(3):
                order._record_view(
                    kind="web", address="1.2.3.4", agent_text=BROWSER, partner=partner
                )
        self.assertEqual(len(order.quotation_view_ids), 1)
        self.assertEqual(len(self._get_notes(order)), 1)

    def test_address_is_not_kept(self):
        order = self._new_sent()
        self._hit(order)
        row = order.quotation_view_ids.sudo().read()[0]
        self.assertNotIn("127.0.0.1", str(row))

    def test_wrong_token_counts_nothing(self):
        order = self._new_sent()
        order.sudo()._portal_ensure_token()
        response = self._browse(f"/my/orders/{order.id}?access_token=wrong")
        self.assertIn("/web/login", response.url)
        self.assertFalse(order.quotation_view_ids)


@tagged("post_install", "-at_install")
class TestQuotationAnswers(QuotationPortalCommon):
    """What the customer answers, through the forms of his page."""

    def test_decline_with_a_reason(self):
        order = self._new_sent()
        page = self._browse(order.sudo().get_portal_url())
        self.assertIn("Price too high", page.text)
        self._post(order, "decline", page, lost_reason_id=self.reason.id)
        self.assertEqual((order.state, order.quotation_status), ("cancel", "rejected"))
        self.assertEqual(order.customer_response, "declined")
        self.assertEqual(order.response_reason_id, self.reason)
        self.assertEqual(order.lost_reason_id, self.reason)
        self.assertEqual(order.cancel_reason_id.code, "declined")
        self.assertEqual(order.response_by, "Test Customer")
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        self.assertIn("Price too high", order.activity_ids.note)
        found = order.search(
            [("id", "=", order.id), ("customer_response", "=", "declined")]
        )
        self.assertEqual(found, order)

    def test_internal_reason_cannot_be_chosen(self):
        """A crafted id of a reason we do not show is dropped."""
        internal = self.env["crm.lost.reason"].create({"name": "Bad payer"})
        order = self._new_sent()
        page = self._browse(order.sudo().get_portal_url())
        self.assertNotIn("Bad payer", page.text)
        self._post(
            order, "decline", page, lost_reason_id=internal.id, decline_message="No"
        )
        self.assertEqual(order.customer_response, "declined")
        self.assertFalse(order.lost_reason_id)

    def test_question(self):
        order = self._new_sent()
        page = self._post(order, "question", question="Is it <b>blue</b>?")
        self.assertIn("received your question", page.text)
        self.assertEqual(order.customer_response, "question")
        self.assertIn("&lt;b&gt;blue", order.message_ids[0].body)
        self.assertEqual(order.message_ids[0].author_id, self.customer)
        self.assertTrue(order.activity_ids)
        self.assertEqual(order.state, "sent")

    def test_question_needs_the_token_of_the_form(self):
        order = self._new_sent()
        url = f"/my/orders/{order.id}/question?access_token={order.sudo().access_token}"
        response = self._browse(url, method="POST", data={"question": "Hm?"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(order.customer_response, "none")

    def test_questions_have_limits(self):
        order = self._new_sent()
        page = self._post(order, "question", question="   ")
        self.assertIn("it is empty", page.text)
        self._post(order, "question", page, question="x" * 2001)
        self.assertEqual(order.customer_response, "none")
        for number in range(12):
            self._post(order, "question", page, question=f"Question {number}")
        self.assertEqual(self._get_codes(order).count("quotation.question"), 10)

    def test_acceptance_on_hold_tells_the_salesperson(self):
        """The signature is kept, the customer is told, nothing is delivered."""
        self._stop_orders(severity="hold")
        order = self._new_sent()
        order.sudo().write({"signature": DOT, "signed_by": "Paul"})
        order.sudo()._validate_order()
        self.assertEqual(order.customer_response, "accepted")
        self.assertEqual((order.state, order.lifecycle_stage), ("sent", "pending"))
        self.assertTrue(order.signature)
        self.assertFalse(order.sudo().picking_ids)
        self.assertIn("on hold", order.activity_ids.summary)
        page = self._browse(order.sudo().get_portal_url())
        self.assertIn("being reviewed", page.text)

    def test_old_link_says_what_replaced_it(self):
        order = self._new_sent((self.product, 2))
        link = order.sudo().get_portal_url()
        order.order_line.price_unit = 90
        order.action_new_revision(reason="Cheaper")
        self.assertIn("preparing revision", self._browse(link).text)
        order.action_quotation_sent()
        page = self._browse(link).text
        self.assertIn("It replaces", page)
        self.assertIn(f"/my/orders/{order.id}/revision/1?access_token=", page)
        old = self._browse(order.sudo().get_portal_url(suffix="/revision/1"))
        self.assertIn("no longer counts", old.text)
        self.assertIn("200.00", old.text)
        self.assertIn("o_comparison_changed", old.text)

    def test_pdf_of_an_old_revision(self):
        order = self._new_sent()
        order.action_new_revision()
        pdf = self.env["ir.attachment"].create({"name": "a", "raw": b"%PDF-1 old"})
        order.quotation_revision_ids.sudo()._set_document(pdf)
        url = order.sudo().get_portal_url(suffix="/revision/1", report_type="pdf")
        response = self._browse(url)
        self.assertEqual(response.content, b"%PDF-1 old")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")

    def test_revision_needs_the_token_of_its_own_order(self):
        order, other = self._new_sent(), self._new_sent()
        token = other.sudo()._portal_ensure_token()
        response = self._browse(
            f"/my/orders/{order.id}/revision/1?access_token={token}"
        )
        self.assertIn("/web/login", response.url)

    def test_customer_sees_no_internal_row(self):
        order = self._new_sent()
        order._log_event("guard.released")
        timeline = order.get_quotation_timeline()
        self.assertIn("guard.released", [entry["kind"] for entry in timeline])
        page = self._browse(order.sudo().get_portal_url()).text
        self.assertIn('data-kind="quotation.sent"', page)
        self.assertNotIn("guard.released", page)

    def test_portal_user_reads_nothing_internal_over_rpc(self):
        order = self._new_sent().with_user(self.portal_user)
        for name in ("quotation_status", "lost_note", "counter_offer_ids"):
            with self.assertRaises(AccessError):
                order.read([name])
        for model in ("sales.quotation.revision", "sales.counter.offer"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal_user).search([])

    def test_timeline_is_in_order_and_equals_the_logs(self):
        order = self._new_sent()
        self._browse(order.sudo().get_portal_url())
        self._post(order, "question", question="When?")
        timeline = order.get_quotation_timeline()
        dates = [entry["date"] for entry in timeline]
        self.assertEqual(dates, sorted(dates))
        by_kind = {entry["kind"]: entry for entry in timeline}
        sent = self._get_events(order, "quotation.sent")
        self.assertEqual(
            by_kind["quotation.sent"]["date"], Datetime.to_string(sent.date)
        )
        view = order.quotation_view_ids[:1]
        self.assertEqual(
            by_kind["quotation.viewed"]["date"], Datetime.to_string(view.date)
        )
        self.assertIn("When?", by_kind["quotation.question"]["detail"])
