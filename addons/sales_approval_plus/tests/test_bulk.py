from unittest.mock import patch

from odoo.exceptions import AccessError, LockError
from odoo.tests import Form, tagged

from odoo.addons.sales_order_plus.exceptions import AppendOnlyError

from ..exceptions import ApprovalError, VoteError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestBulk(ApprovalCommon):
    """Many requests at once: each by itself, with what became of it."""

    def _new_requests(self, count, **values):
        orders = [self._new_submitted(**values) for _ in range(count)]
        orders = self.env["sale.order"].union(*orders)
        return orders.sudo().approval_request_ids.with_user(self.ann)

    def _open(self, requests, user=None, **values):
        """Return the dialog for the selected requests."""
        context = {"active_model": requests._name, "active_ids": requests.ids}
        wizards = self.env["sales.approval.bulk"].with_user(user or self.ann)
        return wizards.with_context(**context).create(values)

    def _decide(self, wizard):
        action = wizard.action_decide()
        batches = self.env["sales.approval.batch"].with_user(wizard.env.user)
        return batches.browse(action["res_id"])

    def test_twelve_of_which_three_cannot(self):
        """Nine are approved; two are her own, one wants a signature."""
        good = self._new_requests(9)
        own = self._new_requests(2)
        # She edited their lines: nobody approves his own order.
        lines = own.sudo().sale_order_id.order_line
        self.env.cr.execute(
            "UPDATE sale_order_line SET write_uid = %s WHERE id IN %s",
            [self.ann.id, lines._ids],
        )
        lines.invalidate_recordset()
        signed = self._new_requests(1)
        signed.sudo().line_ids.signature_required = True
        requests = good + own + signed
        wizard = self._open(requests, comment="Agreed")
        self.assertEqual(len(wizard.line_ids.filtered("problem")), 3)
        batch = self._decide(wizard)
        self.assertEqual((batch.done_count, batch.skipped_count), (9, 3))
        states = requests.sudo().mapped("state")
        self.assertEqual(states, ["approved"] * 9 + ["pending"] * 3)
        skipped = batch.line_ids.filtered(lambda line: line.result == "skipped")
        self.assertEqual(skipped.request_id, own + signed)
        self.assertIn("nobody approves his own order", skipped[0].reason)
        self.assertIn("needs your signature", skipped[-1].reason)
        events = self.env["sales.audit.event"].search(
            [("code", "=", "vote.cast"), ("user_id", "=", self.ann.id)]
        )
        self.assertEqual([event.data["batch"] for event in events], [batch.id] * 9)

    # --- one message for many --- #

    def _submit_together(self, count):
        orders = [self._new_discounted(20) for _ in range(count)]
        orders = self.env["sale.order"].union(*orders)
        orders.with_user(self.salesman).action_submit_for_approval()
        return orders, orders.sudo().approval_request_ids

    def _get_messages(self, user):
        notices = self.env["mail.notification"].search(
            [("res_partner_id", "=", user.partner_id.id)]
        )
        return notices.mail_message_id

    def test_submitted_together_asks_once(self):
        """On her list each; in one mail that the job sends within a minute."""
        known = self._get_messages(self.ann)
        _orders, requests = self._submit_together(5)
        todo = requests.activity_ids.filtered(lambda one: one.user_id == self.ann)
        self.assertEqual(todo.mapped("res_id"), requests.ids)
        self.assertFalse(self._get_messages(self.ann) - known)
        self.assertTrue(self.ann.approval_digest_wanted)
        self.ann._send_approval_digest()
        mail = self.env["mail.mail"].search([("model", "=", "res.users")], limit=1)
        self.assertEqual(mail.res_id, self.ann.id)
        for request in requests:
            self.assertIn(f"/odoo/approvals/{request.id}", mail.body_html)

    def test_decided_together_is_told_once(self):
        """The salesperson finds each on his list, and reads of all in one message."""
        orders, requests = self._submit_together(3)
        known = self._get_messages(self.salesman)
        requests.with_user(self.ann).action_approve_many("Fine")
        todo = orders.activity_ids.filtered(lambda one: one.user_id == self.salesman)
        self.assertEqual(todo.mapped("res_id"), orders.ids)
        message = self._get_messages(self.salesman) - known
        self.assertEqual(len(message), 1)
        for order in orders:
            self.assertIn(order.name, message.body)
            self.assertIn("Approved by", order.message_ids[0].body)
        self.assertEqual(requests.vote_ids.mapped("reason"), ["Fine"] * 3)
        for request in requests:
            self.assertIn("Fine", request.message_ids[0].body)

    def test_one_that_cannot_stops_no_other(self):
        """What fails in the middle of the batch is found, the others are decided."""
        _orders, requests = self._submit_together(3)
        bad = requests[1]
        release = type(self.env["sale.order"])._guard_release

        def fail(orders, operation):
            if bad.sale_order_id in orders:
                # A refusal of somebody else's code, in the middle of the batch.
                raise LockError("warehouse")
            return release(orders, operation)

        with patch.object(type(self.env["sale.order"]), "_guard_release", fail):
            result = requests.with_user(self.ann).action_approve_many()
        self.assertEqual(result["done"], (requests - bad).ids)
        self.assertEqual([one["id"] for one in result["skipped"]], bad.ids)
        self.assertIn("warehouse", result["skipped"][0]["reason"])
        self.assertEqual(bad.state, "pending")
        self.assertFalse(bad.vote_ids)

    def test_over_rpc(self):
        good, late = self._new_requests(2), self._new_requests(1)
        late.action_reject("No")
        result = (good + late).action_approve_many("Agreed")
        self.assertEqual(result["done"], good.ids)
        [skipped] = result["skipped"]
        self.assertEqual(skipped["id"], late.id)
        self.assertIn("rejected already", skipped["reason"])
        self.assertEqual(good.vote_ids.mapped("reason"), ["Agreed"] * 2)

    def test_reject_five_with_one_reason(self):
        requests = self._new_requests(5)
        batch = self._decide(
            self._open(requests, decision="reject", comment="Too much")
        )
        self.assertEqual(requests.mapped("state"), ["rejected"] * 5)
        self.assertEqual(requests.mapped("note"), ["Too much"] * 5)
        self.assertEqual(batch.line_ids.request_id, requests)

    def test_request_change(self):
        requests = self._new_requests(2)
        wizard = self._open(requests, decision="request_change", comment="Less")
        self._decide(wizard)
        self.assertEqual(requests.mapped("state"), ["changes_requested"] * 2)

    def test_rejecting_needs_a_comment(self):
        requests = self._new_requests(2)
        wizard = self._open(requests, decision="reject", comment=" ")
        with self.assertRaisesRegex(ApprovalError, "Comment: say why"):
            wizard.action_decide()

    def test_from_the_list_of_orders(self):
        requests = self._new_requests(2)
        other = self._new_discounted(0)
        orders = requests.sudo().sale_order_id + other
        context = {"active_model": "sale.order", "active_ids": orders.ids}
        wizards = self.env["sales.approval.bulk"].with_user(self.ann)
        wizard = wizards.with_context(**context).create({})
        self.assertEqual(wizard.line_ids.request_id, requests)

    def test_at_most_two_hundred(self):
        requests = self.env["sales.approval.request"].browse(range(1, 202))
        with self.assertRaisesRegex(ApprovalError, "select at most 200"):
            requests.sudo()._decide_many("approve")

    def test_form(self):
        requests = self._new_requests(2)
        context = {"active_model": requests._name, "active_ids": requests.ids}
        wizards = self.env["sales.approval.bulk"].with_user(self.ann)
        with Form(wizards.with_context(**context)) as form:
            form.comment = "Agreed"
        self._decide(form.record)
        self.assertEqual(requests.mapped("state"), ["approved"] * 2)

    def test_results_are_kept(self):
        batch = self._decide(self._open(self._new_requests(1)))
        for change in (
            lambda: batch.sudo().write({"comment": "x"}),
            batch.sudo().unlink,
            lambda: batch.sudo().line_ids.write({"result": "skipped"}),
        ):
            with self.assertRaises(AppendOnlyError):
                change()
        with self.assertRaises(AccessError):
            batch.with_user(self.bob).read(["comment"])

    # --- forwarding --- #

    def test_forward(self):
        """Ann hands it to Bob, who decides; she cannot any more."""
        request = self._new_requests(1)
        request.action_forward(self.bob.id, "Your customer")
        self.assertEqual(request.sudo().open_approver_ids, self.bob)
        self.assertIn("Your customer", request.sudo().message_ids[0].body)
        codes = self._get_codes(request.sudo().sale_order_id, "approval.forwarded")
        self.assertEqual(codes, ["approval.forwarded"])
        # It is not hers to read any more.
        with self.assertRaises(AccessError):
            request.action_approve()
        self.assertIn(self.bob, request.sudo().activity_ids.user_id)
        request.with_user(self.bob).action_approve()
        self.assertEqual(request.sudo().state, "approved")

    def test_forward_to_whom(self):
        """Not to the salesperson, not to somebody who is no approver."""
        request = self._new_requests(1)
        self.salesman.group_ids += self.env.ref("sales_approval_plus.group_approver")
        with self.assertRaisesRegex(VoteError, "is involved in the order"):
            request.action_forward(self.salesman.id)
        with self.assertRaisesRegex(VoteError, "is no approver"):
            request.action_forward(self.portal_user.id)
        with self.assertRaisesRegex(VoteError, "is no approver"):
            request.action_forward(0)

    def test_forward_what_is_not_yours(self):
        request = self._new_requests(1)
        with self.assertRaises(AccessError):
            request.with_user(self.bob).action_forward(self.cid.id)
        self.role.user_ids += self.bob
        other = self._new_requests(1)
        other.with_user(self.bob).action_approve()
        with self.assertRaisesRegex(VoteError, "approved already"):
            other.with_user(self.bob).action_forward(self.cid.id)

    def test_forward_in_bulk(self):
        requests = self._new_requests(2)
        wizard = self._open(requests, decision="forward", delegate_id=self.bob.id)
        batch = self._decide(wizard)
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(requests.sudo().open_approver_ids, self.bob)
