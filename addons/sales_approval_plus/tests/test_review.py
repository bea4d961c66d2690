from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from ..exceptions import VoteError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestReview(ApprovalCommon):
    """A reviewer sends an order back; it comes again, better."""

    def _request_change(self, order, user, reason="15 % at most"):
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user).action_request_change(reason)

    def test_change_and_second_round(self):
        order = self._new_submitted()
        self._request_change(order, self.ann)
        first = self._get_request(order)
        self.assertEqual(first.state, "changes_requested")
        self.assertEqual(order.approval_state, "changes_requested")
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.summary, "Change the order and submit it again")
        self.assertIn("15 % at most", activity.note)
        with self.assertRaisesRegex(
            GuardError, "tsap_ann.* asked for changes.*15 % at most"
        ):
            order.action_confirm()
        order.order_line.discount = 18
        order.action_submit_for_approval()
        self.env.invalidate_all()
        second = self._get_request(order)
        self.assertEqual((first.round_no, second.round_no), (1, 2))
        self.assertEqual(second.state, "pending")
        self.assertEqual(first.state, "changes_requested", "The first round is kept")
        self.assertEqual(first.vote_ids.reason, "15 % at most")
        self._approve(order, self.ann)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self._get_codes(order, "approval."),
            [
                "approval.submitted",
                "approval.changes_requested",
                "approval.submitted",
                "approval.approved",
            ],
        )

    def test_unchanged_may_come_again(self):
        """The salesperson may also answer and leave it as it is."""
        order = self._new_submitted()
        self._request_change(order, self.ann)
        order.action_submit_for_approval()
        self.assertEqual(order.approval_state, "pending")

    def test_needs_a_reason_and_the_right_person(self):
        order = self._new_submitted()
        with self.assertRaisesRegex(VoteError, "say what is wrong"):
            self._get_request(order).with_user(self.ann)._vote("request_change", " ")
        for user, error in ((self.bob, AccessError), (self.salesman, VoteError)):
            with self.assertRaises(error):
                self._request_change(order, user)
        self.assertEqual(order.approval_state, "pending")

    def test_dialog(self):
        order = self._new_submitted()
        request = self._get_request(order).with_user(self.ann)
        action = request.action_open_change_request()
        self.assertEqual(action["name"], "Request a Change")
        wizard = (
            self.env["sales.approval.decision"]
            .with_user(self.ann)
            .with_context(**action["context"])
            .create({"reason": "Two pieces only"})
        )
        wizard.action_decide()
        self.assertEqual(request.state, "changes_requested")

    def test_over_rpc(self):
        order = self._new_submitted()
        api = self.env["sales.order.api"].with_user(self.ann)
        answer = api.request_change(name=order.name, reason="Less")
        self.assertEqual((answer["state"], answer["round"]), ("changes_requested", 1))


@tagged("post_install", "-at_install")
class TestBeforeSending(ApprovalCommon, HttpCase):
    """Two levels agree before the customer sees anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.before_send = True
        cls.policy.step_ids = [
            (0, 0, {"level": 2, "approver_type": "user", "user_id": cls.bob.id})
        ]

    def test_every_way_to_send(self):
        order = self._new_discounted()
        ways = {
            "button": lambda: order.action_quotation_send(),
            "mark as sent": lambda: order.action_quotation_sent(),
            "write": lambda: order.write({"state": "sent"}),
            "message": lambda: order.with_context(mark_so_as_sent=True).message_post(
                body="Here it is"
            ),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaises(GuardError):
                way()
            self.assertEqual(order.state, "draft")

    def test_two_levels_and_out(self):
        order = self._new_submitted()
        self._approve(order, self.ann)
        with self.assertRaises(GuardError):
            order.action_quotation_sent()
        self._approve(order, self.bob)
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_not_asked_before_sending(self):
        self.policy.before_send = False
        order = self._new_discounted()
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")

    def test_portal_page_is_closed(self):
        order = self._new_submitted(partner_id=self.portal_user.partner_id.id)
        link = f"/my/orders/{order.id}?access_token={order._portal_ensure_token()}"
        self.assertFalse(self._is_shown(link, order))
        self._approve(order, self.ann)
        self.assertFalse(self._is_shown(link, order))
        self._approve(order, self.bob)
        self.assertTrue(self._is_shown(link, order))

    def _is_shown(self, link, order):
        response = self.url_open(link)
        return response.url.endswith(link) and order.name in response.text
