from lxml import html

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError
from odoo.addons.sales_order_plus.tests.common import SIGNATURE
from odoo.addons.sales_order_plus.tests.common_payment import OrderPaymentMixin

from .common import ApprovalCommon

REVIEWED = "Your order is being reviewed"
INTERNAL = ("High discount", "limit", "tsap_", "Management", "approval", "Approval")


@tagged("post_install", "-at_install")
class TestSignature(ApprovalCommon, HttpCase):
    """A customer signs what a policy stops: he is thanked, and people decide."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.order = self._new_quotation()
        self.authenticate("tsop_portal", "tsop_portal")

    def _new_quotation(self, discount=20, **values):
        order = self._new_discounted(
            discount, require_signature=True, require_payment=False, **values
        )
        order.action_quotation_sent()
        return order

    def _sign(self, order=None):
        order = order or self.order
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        self.env.invalidate_all()
        return answer

    def _get_page(self):
        response = self.url_open(f"/my/orders/{self.order.id}")
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def test_what_is_below_the_limit_confirms(self):
        free = self._new_quotation(10)
        self._sign(free)
        self.assertEqual(free.state, "sale")
        self.assertFalse(free.approval_request_ids)

    def test_signature_is_kept_and_people_are_asked(self):
        answer = self._sign()
        self.assertTrue(answer["force_refresh"])
        self.assertNotIn("error", answer)
        self.assertRecordValues(
            self.order.sudo(),
            [
                {
                    "state": "sent",
                    "signed_by": "Paula",
                    "approval_state": "pending",
                    "lifecycle_stage": "pending",
                }
            ],
        )
        self.assertTrue(self.order.signature)
        self.assertTrue(self.order.hold_since)
        self.assertIn("High discount", self.order.hold_reason)
        self.assertFalse(self.order.sudo().picking_ids)
        request = self._get_request(self.order)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "pending",
                    "origin": "portal",
                    # Odoo's portal acts as the superuser for whoever has the link.
                    "requester_id": SUPERUSER_ID,
                }
            ],
        )
        self.assertEqual(request.activity_ids.user_id, self.ann)
        codes = self._get_codes(self.order, "order.held", "approval.")
        self.assertEqual(codes, ["order.held", "approval.submitted"])

    def test_page_says_that_it_is_reviewed_and_not_why(self):
        self.assertNotIn(REVIEWED, self._get_page().text_content())
        self._sign()
        page = self._get_page()
        [banner] = page.xpath("//div[contains(@class, 'o_sales_hold')]")
        self.assertIn(REVIEWED, banner.text_content())
        content = self.url_open(f"/my/orders/{self.order.id}").text
        for word in INTERNAL:
            self.assertNotIn(word, banner.text_content())
        for word in INTERNAL[:1] + INTERNAL[2:]:
            self.assertNotIn(word, content)
        # Signed: he is not asked again.
        self.assertFalse(page.xpath("//*[@id='modalaccept']//button[@type='submit']"))

    def test_messages_tell_nothing_internal(self):
        self._sign()
        self._approve(self.order, self.ann, "He is a friend")
        for user in (self.portal_user, self.env.ref("base.public_user")):
            messages = (
                self.env["mail.message"]
                .with_user(user)
                .search([("model", "=", "sale.order"), ("res_id", "=", self.order.id)])
            )
            text = " ".join(messages.mapped("body"))
            for word in ("High discount", "He is a friend", "tsap_ann"):
                self.assertNotIn(word, text)

    def test_confirms_by_itself_after_the_last_vote(self):
        self.role.user_ids = self.ann + self.bob
        self.policy.step_ids.mode = "all"
        self._sign()
        self._approve(self.order, self.ann)
        self.assertEqual(self.order.state, "sent")
        self.assertIn(REVIEWED, self._get_page().text_content())
        self._approve(self.order, self.bob)
        self.assertRecordValues(
            self.order, [{"state": "sale", "hold_since": False, "signed_by": "Paula"}]
        )
        self.assertEqual(len(self.order.sudo().picking_ids), 1)
        self.assertNotIn(REVIEWED, self._get_page().text_content())
        self.assertFalse(self.order.sudo().activity_ids, "nobody needs a reminder")
        codes = self._get_codes(self.order)
        self.assertEqual(codes[-2:], ["guard.released", "order.confirmed"])

    def test_stays_after_a_rejection(self):
        self._sign()
        self._reject(self.order, self.ann, "Never")
        self.assertRecordValues(
            self.order.sudo(),
            [{"state": "sent", "approval_state": "rejected", "signed_by": "Paula"}],
        )
        self.assertFalse(self.order.sudo().picking_ids)
        activities = self.order.sudo().activity_ids
        self.assertEqual(activities.user_id, self.salesman)
        self.assertIn("Rejected: change the order", activities.mapped("summary"))
        self.assertNotIn("Never", self.url_open(f"/my/orders/{self.order.id}").text)
        with self.assertRaises(GuardError):
            self.order.action_confirm()

    def test_signing_again_asks_nobody_again(self):
        self._sign()
        answer = self._sign()
        self.assertIn("error", answer)
        self.assertEqual(len(self.order.approval_request_ids), 1)

    def test_signing_what_waits_already(self):
        """The salesperson submitted before he sent it: the same request decides."""
        self.order.action_submit_for_approval()
        self._sign()
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(len(self.order.approval_request_ids), 1)
        self.assertEqual(self._get_request(self.order).requester_id, self.salesman)
        self._approve(self.order, self.ann)
        self.assertEqual(self.order.state, "sale")

    def test_signing_what_was_approved_before(self):
        self.order.action_submit_for_approval()
        self._approve(self.order, self.ann)
        self.assertEqual(self.order.state, "sent")
        self._sign()
        self.assertEqual(self.order.state, "sale")

    def test_signing_what_was_rejected_before(self):
        """The customer meets no error; the salesperson is told, no approver asked."""
        self.order.action_submit_for_approval()
        self._reject(self.order, self.ann)
        self._sign()
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.hold_since)
        self.assertEqual(len(self.order.approval_request_ids), 1)
        summaries = self.order.sudo().activity_ids.mapped("summary")
        self.assertIn("Accepted by the customer, but approval is stuck", summaries)

    def test_nobody_can_decide(self):
        """Neither is the customer stopped by how roles are set up."""
        self.role.user_ids = False
        answer = self._sign()
        self.assertNotIn("error", answer)
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.signature)
        self.assertFalse(self.order.approval_request_ids)
        activities = self.order.sudo().activity_ids
        self.assertEqual(activities.user_id, self.salesman)
        self.assertTrue([a for a in activities if "Nobody can approve" in a.note])

    def test_salesperson_confirms_nothing_meanwhile(self):
        self._sign()
        with self.assertRaises(GuardError):
            self.order.action_confirm()
        with self.assertRaises(GuardError):
            self.order.write({"state": "sale"})

    def test_visitor_with_the_link(self):
        """Whether the customer has a login changes nothing."""
        self.logout()
        self._sign()
        request = self._get_request(self.order)
        self.assertEqual((request.state, request.origin), ("pending", "portal"))
        self._approve(self.order, self.ann)
        self.assertEqual(self.order.state, "sale")


@tagged("post_install", "-at_install")
class TestPayment(OrderPaymentMixin, ApprovalCommon):
    """The money of an order that waits is kept, and no error is retried for days."""

    def setUp(self):
        super().setUp()
        self.order = self._new_discounted(require_payment=True, require_signature=False)
        self.order.action_quotation_sent()

    def _pay(self):
        transaction = self._pay_order(self.order.sudo())
        transaction._post_process()
        self.env.flush_all()
        self.env.invalidate_all()
        return transaction

    def test_held_then_confirmed_by_the_vote(self):
        transaction = self._pay()
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(transaction.state, "done")
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.hold_since)
        request = self._get_request(self.order)
        self.assertRecordValues(request, [{"state": "pending", "origin": "payment"}])
        self._approve(self.order, self.ann)
        self.assertRecordValues(self.order, [{"state": "sale", "hold_since": False}])

    def test_rejected(self):
        transaction = self._pay()
        self._reject(self.order, self.ann)
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(transaction.state, "done")
        with self.assertRaises(UserError):
            self.order.action_confirm()

    def test_processed_again(self):
        """The scheduled job may come back to it: one request, and no confirmation."""
        transaction = self._pay()
        transaction._post_process()
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(len(self.order.approval_request_ids), 1)
