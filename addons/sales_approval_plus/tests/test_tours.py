from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestTours(ApprovalCommon, HttpCase):
    """The screens, in a browser."""

    def test_salesperson_submits(self):
        """The form offers to submit instead of confirming, and says who decides."""
        order = self._new_discounted(client_order_ref="TOUR-AP")
        self.start_tour(
            f"/odoo/sales/{order.id}", "sales_approval_plus_submit", login="tsop_sam"
        )
        self.env.invalidate_all()
        request = self._get_request(order)
        self.assertEqual((request.state, request.origin), ("pending", "user"))
        self.assertEqual(request.requester_id, self.salesman)

    def test_approver_approves_from_the_list(self):
        orders = self._new_discounted(20) + self._new_discounted(30)
        orders.action_submit_for_approval()
        self.start_tour(
            "/odoo/approvals", "sales_approval_plus_approve_list", login="tsap_ann"
        )
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("approval_state"), ["approved"] * 2)

    def test_approver_approves_in_the_form(self):
        order = self._new_submitted()
        self.start_tour(
            "/odoo/approvals", "sales_approval_plus_approve_form", login="tsap_ann"
        )
        self.env.invalidate_all()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(self._get_request(order).vote_ids.user_id, self.ann)

    def test_counter_follows_in_another_tab(self):
        """Three wait; one is decided elsewhere, and the counter says two by itself."""
        for _number in range(3):
            self._new_submitted()
        self.start_tour(
            "/odoo/approvals", "sales_approval_plus_systray", login="tsap_ann"
        )
        self.env.invalidate_all()
        requests = self.env["sales.approval.request"].with_user(self.ann)
        self.assertEqual(requests.get_counters()["to_approve"], 1)

    def test_approver_rejects_with_a_reason(self):
        order = self._new_submitted()
        self.start_tour(
            "/odoo/approvals", "sales_approval_plus_reject", login="tsap_ann"
        )
        self.env.invalidate_all()
        self.assertEqual(order.approval_state, "rejected")
        self.assertEqual(self._get_request(order).note, "At most ten percent")
