from freezegun import freeze_time

from ...exceptions import PeriodBilledError, SubscriptionStateError
from ..common import SubscriptionCommon


class BillingCommon(SubscriptionCommon):
    """Invoices that are cancelled, and the button that bills their periods again."""

    def _cancel(self, move):
        move = move.sudo()
        move.button_draft()
        move.button_cancel()
        self.env.flush_all()

    def _bill_again(self, period, user=None, at="2026-03-05 12:00:00"):
        """Press the button and return the rows of that period, the newest first."""
        with freeze_time(at):
            self._ask_again(period, user).action_bill()
        self.env.invalidate_all()
        rows = period.subscription_id.period_ids
        return rows.filtered(
            lambda row: (row.kind, row.period_no) == (period.kind, period.period_no)
        ).sorted("id", reverse=True)

    def _ask_again(self, period, user=None):
        """Open the dialog of the button."""
        wizard = self.env["sales.subscription.period.again"]
        return wizard.with_user(user or self.accountant).create(
            {"period_id": period.id, "reason": "Sent to the wrong address"}
        )

    def _assert_refused(self, period, text, user=None):
        with (
            self.assertRaisesRegex(SubscriptionStateError, text),
            self.env.cr.savepoint(),
        ):
            self._ask_again(period, user).action_bill()

    def _assert_stays_cancelled(self, new, comes_back):
        """Assert what the refusal says, and that its number of the row is the new."""
        with (
            self.assertRaisesRegex(PeriodBilledError, "cannot come back") as caught,
            self.env.cr.savepoint(),
        ):
            comes_back()
        self.env.invalidate_all()
        error = caught.exception
        self.assertIn((new.move_id or new.order_id).name, str(error))
        self.assertIn("Cancel that one first", str(error))
        self.assertEqual(
            [error.context[key] for key in ("field", "rule", "period")],
            ["state", "billed_again", new.id],
        )
