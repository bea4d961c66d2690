from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..exceptions import VoteError
from .common import APPROVER, ApprovalCommon

MONDAY, FRIDAY = date(2026, 6, 1), date(2026, 6, 5)


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCommon):
    """Ann is away for a week; Bob decides for her."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.ann | cls.bob | cls.cid).tz = "UTC"

    def _delegate(self, user=None, delegate=None, **values):
        user = user or self.ann
        return (
            self.env["sales.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "delegate_id": (delegate or self.bob).id,
                    "date_from": MONDAY,
                    "date_to": FRIDAY,
                    "reason": "Holidays",
                    **values,
                }
            )
        )

    @freeze_time("2026-06-03 10:00")
    def test_bob_decides_for_ann(self):
        order = self._new_submitted()
        self._delegate()
        request = self._get_request(order)
        self.assertEqual(request.activity_ids.user_id, self.ann | self.bob)
        self.assertIn(request, self._search_votable(self.bob))
        self._approve(order, self.bob)
        vote = request.vote_ids
        self.assertEqual((vote.user_id, vote.on_behalf_of_id), (self.bob, self.ann))
        self.assertEqual(request.state, "approved")
        event = self.env["sales.audit.event"].search(
            [("res_id", "=", order.id), ("code", "=", "vote.cast")]
        )
        self.assertEqual(event.data["on_behalf_of"], self.ann.name)

    def _search_votable(self, user):
        return (
            self.env["sales.approval.request"]
            .with_user(user)
            .search([("can_vote", "=", True)])
        )

    def test_days(self):
        """The first and the last day count, in the zone of the absent one."""
        self.ann.tz = "Pacific/Auckland"
        self._delegate()
        order = self._new_submitted()
        request = self._get_request(order).with_user(self.bob)
        # Auckland is twelve hours ahead in June.
        for moment, allowed in (
            ("2026-05-31 11:59", False),
            ("2026-05-31 12:01", True),
            ("2026-06-05 11:59", True),
            ("2026-06-05 12:01", False),
        ):
            with self.subTest(moment), freeze_time(moment):
                request.invalidate_recordset(["can_vote"])
                self.assertEqual(request.sudo().with_user(self.bob).can_vote, allowed)
                found = self._search_votable_as_superuser(self.bob)
                self.assertEqual(request.sudo() in found, allowed)

    def _search_votable_as_superuser(self, user):
        domain = (
            self.env["sales.approval.request"].with_user(user)._get_votable_domain()
        )
        return self.env["sales.approval.request"].sudo().search(domain)

    def test_refused_after_the_end_by_rpc(self):
        with freeze_time("2026-06-03 10:00"):
            self._delegate()
            order = self._new_submitted()
        with freeze_time("2026-06-06 10:00"):
            self.env["sales.approval.delegation"]._cron_update_states()
            with self.assertRaises(AccessError):
                self._approve(order, self.bob)
            with self.assertRaises(VoteError):
                self._get_request(order).sudo().with_user(self.bob).sudo()._vote(
                    "approve"
                )
        self.assertEqual(order.approval_state, "pending")

    @freeze_time("2026-06-03 10:00")
    def test_delegate_is_the_salesperson(self):
        """Nobody decides on his own order, for somebody else neither."""
        self.bob.group_ids += self.env.ref("sales_team.group_sale_salesman")
        order = self._new_submitted(user=self.bob)
        self._delegate()
        with self.assertRaisesRegex(VoteError, "his own order"):
            self._approve(order, self.bob)
        self.assertNotIn(self._get_request(order), self._search_votable(self.bob))

    @freeze_time("2026-06-03 10:00")
    def test_one_person_one_voice(self):
        """Bob decides for Ann: neither of them decides on it again."""
        self.role.user_ids = self.ann | self.bob | self.cid
        self.policy.step_ids = [
            Command.clear(),
            Command.create({"role_id": self.role.id, "mode": "quorum"}),
        ]
        order = self._new_submitted()
        request = self._get_request(order)
        dee = self._new_user("tsap_dee", APPROVER)
        self._delegate(delegate=dee)
        self._approve(order, dee)
        for user in (dee, self.ann):
            with self.assertRaisesRegex(VoteError, "have voted"):
                self._approve(order, user)
        self.assertEqual(request.state, "pending")
        self._approve(order, self.cid)
        self.assertEqual(request.state, "approved")

    @freeze_time("2026-06-03 10:00")
    def test_limits(self):
        order = self._new_submitted()
        delegation = self._delegate(max_amount=50)
        request = self._get_request(order)
        self.assertNotIn(request, self._search_votable_as_superuser(self.bob))
        with self.assertRaises(VoteError):
            request.with_user(self.bob).sudo()._vote("approve")
        delegation.max_amount = 80
        self.assertIn(request, self._search_votable_as_superuser(self.bob))
        delegation.role_ids = self._new_role("Finance", self.ann)
        self.assertNotIn(request, self._search_votable_as_superuser(self.bob))
        delegation.role_ids = self.role
        delegation.policy_ids = self.policy
        self.assertIn(request, self._search_votable_as_superuser(self.bob))
        self._approve(order, self.bob)
        self.assertEqual(request.state, "approved")

    @freeze_time("2026-06-03 10:00")
    def test_one_hop_no_circle(self):
        self._delegate()
        with self.assertRaisesRegex(ValidationError, "Choose somebody who is there"):
            self._delegate(user=self.bob, delegate=self.ann)
        self._delegate(user=self.bob, delegate=self.cid)
        order = self._new_submitted()
        request = self._get_request(order)
        self.assertIn(request, self._search_votable_as_superuser(self.bob))
        self.assertNotIn(request, self._search_votable_as_superuser(self.cid))

    @freeze_time("2026-06-03 10:00")
    def test_who_delegates(self):
        with self.assertRaises(AccessError):
            self._delegate(user=self.ann, user_id=self.cid.id)
        with self.assertRaises(ValidationError):
            self._delegate(delegate=self.salesman)
        own = self._delegate()
        seen = self.env["sales.approval.delegation"].with_user(self.bob).search([])
        self.assertEqual(seen, own)
        with self.assertRaises(AccessError):
            seen.date_to = date(2026, 12, 31)

    def test_cron_asks_when_the_day_comes(self):
        with freeze_time("2026-05-20 10:00"):
            self._delegate()
            order = self._new_submitted()
            request = self._get_request(order)
            self.assertEqual(request.activity_ids.user_id, self.ann)
        with freeze_time("2026-06-01 08:00"):
            for _twice in range(2):
                self.env["sales.approval.delegation"]._cron_update_states()
            request.invalidate_recordset()
            self.assertEqual(request.activity_ids.user_id, self.ann | self.bob)
            self.assertEqual(len(request.activity_ids), 2)
