from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ScheduledEntryError
from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueLocked(RevenueCommon):
    """Entries of a schedule follow the invoice, not who edits them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookkeeper = cls._new_bookkeeper()

    @classmethod
    def _new_bookkeeper(cls):
        group = cls.env.ref("account.group_account_user", raise_if_not_found=False)
        user = cls.accountant
        if group:
            user.group_ids = [Command.link(group.id)]
        return user

    def _get_draft(self):
        """Return the first release that is planned, as who keeps the books."""
        schedule = self._get_schedule(self._invoice_year())
        draft = self._get_releases(schedule).filtered(
            lambda line: line.state == "draft"
        )[0]
        return draft, draft.move_id.with_user(self.bookkeeper)

    def _assert_locked(self, change, *arguments):
        with self.assertRaises(ScheduledEntryError), self.env.cr.savepoint():
            change(*arguments)

    def test_amounts_of_a_draft_stay(self):
        draft, move = self._get_draft()
        up, down = move.line_ids
        balance = up.balance
        self._assert_locked(
            move.write,
            {
                "line_ids": [
                    Command.update(up.id, {"balance": balance + 1}),
                    Command.update(down.id, {"balance": -balance - 1}),
                ]
            },
        )
        self._assert_locked(up.write, {"debit": abs(balance) + 1, "credit": 0.0})
        other = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=2
        )
        self._assert_locked(up.write, {"account_id": (other - up.account_id)[:1].id})
        self.assertEqual(abs(up.balance), abs(draft.amount))

    def test_no_items_come_or_go(self):
        _draft, move = self._get_draft()
        account = move.line_ids[0].account_id
        pair = [
            Command.create({"account_id": account.id, "balance": amount})
            for amount in (5.0, -5.0)
        ]
        self._assert_locked(move.write, {"line_ids": pair})
        self._assert_locked(move.line_ids.unlink)
        self._assert_locked(move.unlink)

    def test_it_is_not_cancelled_by_hand(self):
        draft, move = self._get_draft()
        self._assert_locked(move.button_cancel)
        self.assertEqual(draft.state, "draft")

    def test_date_and_text_are_free(self):
        draft, move = self._get_draft()
        move.write({"date": "2026-04-02", "ref": "Earned later"})
        move.line_ids.write({"name": "Earned later"})
        self.assertEqual(str(draft.date), "2026-04-02")

    def test_set_back_to_draft_it_is_locked_as_well(self):
        schedule = self._get_schedule(self._invoice_year())
        self._post_due("2026-03-31")
        posted = self._get_releases(schedule)[0]
        self.assertEqual(posted.state, "posted")
        move = posted.move_id
        move.button_draft()
        balance = move.line_ids[0].balance
        self._assert_locked(
            move.write,
            {
                "line_ids": [
                    Command.update(line.id, {"balance": line.balance * 2})
                    for line in move.line_ids
                ]
            },
        )
        self.assertEqual(move.line_ids[0].balance, balance)
        move.action_post()
        self.assertReconciled()

    def test_the_schedule_itself_goes_on(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-03-31")
        # One that had a number already is cancelled, the others deleted.
        self._get_releases(schedule)[0].move_id.button_draft()
        self._credit(invoice, "2026-04-10")
        self.assertEqual(schedule.balance, 0.0)
        self.assertReconciled()

    def test_other_entries_are_as_free_as_ever(self):
        self._get_draft()
        account = self.journal.default_account_id or self.deferred
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": amount})
                    for amount in (5.0, -5.0)
                ],
            }
        )
        move.line_ids[0].name = "Free"
        move.write(
            {
                "line_ids": [
                    Command.update(line.id, {"balance": line.balance * 2})
                    for line in move.line_ids
                ]
            }
        )
        move.button_cancel()
        self.assertEqual(move.state, "cancel")
