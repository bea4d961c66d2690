from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import clean_context

from ...exceptions import SubscriptionStateError
from ..sales_subscription_billing import BILLING_GROUPS

# Attempts to charge after which no money moved.
FAILED = ("cancel", "error")


class SalesSubscriptionPeriod(models.Model):
    """Periods whose document was cancelled, billed again because somebody says so.

    Nothing does it by itself: who cancels an invoice may mean that the customer pays
    nothing. The new row takes the place of the waived one in the unique index, so the
    cancelled document cannot come back besides the new one.
    """

    _inherit = "sales.subscription.period"

    can_bill_again = fields.Boolean(
        compute="_compute_can_bill_again",
        groups="base.group_user",
        help="What billed the period was cancelled, and nothing else bills it.",
    )

    @api.depends("state", "is_origin", "subscription_id.period_ids.state")
    def _compute_can_bill_again(self):
        for period in self:
            period.can_bill_again = (
                period.state == "waived"
                and not period.is_origin
                and not period._is_replaced()
            )

    def _is_replaced(self):
        """Return whether another row bills the period, or was the last one to do so."""
        return any(
            row.state != "waived" or row.id > self.id
            for row in self._get_same_periods()
        )

    def _get_same_periods(self):
        """Return the other rows of the ledger about the very same period."""
        self.ensure_one()
        return (self.subscription_id.period_ids - self).filtered(
            lambda row: row.kind == self.kind and row.period_no == self.period_no
        )

    def action_bill_again(self):
        """Bill what a cancelled invoice or order billed, as the agreement is now.

        :raise AccessError: for others than accounting and sales managers
        :raise SubscriptionStateError: if it is billed, paid for, or settled otherwise
        """
        if not self.env.user.has_groups(BILLING_GROUPS):
            raise AccessError(
                self.env._("Only accounting and sales managers bill by hand.")
            )
        self.check_access("read")
        for period in self:
            # sudo: nobody may write the ledger; who decides is checked above.
            period = period.sudo()
            period.subscription_id.lock_for_update()
            period.invalidate_recordset()
            if reason := period._get_again_refusal():
                raise SubscriptionStateError(
                    self.env._(
                        "%(period)s cannot be billed again: %(reason)s",
                        period=period.display_name,
                        reason=reason,
                    )
                )
            period._bill_again()

    def _get_again_refusal(self):
        """Return why this period may not be billed again, or False."""
        self.ensure_one()
        own = self.subscription_id
        if not self.can_bill_again:
            return self.env._("only what was cancelled can, and only once.")
        if any(one.state not in FAILED for one in self.transaction_ids):
            return self.env._(
                "a payment was made or may have been. Set its invoice back to draft "
                "instead."
            )
        if self.kind == "adjustment":
            return False
        if own._get_period_dates(self.period_no)[0] != self.date_start:
            return self.env._(
                "the rhythm was changed since. Invoice it by hand instead."
            )
        if self._is_settled_by_changes():
            return self.env._(
                "changes within it are billed at the old price. Invoice it by hand "
                "instead."
            )
        return False

    def _is_settled_by_changes(self):
        """Return whether changes within it are charged or credited by themselves."""
        return any(
            charge.change_id
            and charge.period_no == self.period_no
            and charge.period_id != self
            for charge in self.subscription_id.charge_ids
        )

    def _bill_again(self):
        """Enter the period anew and bill it.

        :return: the new row of the ledger
        """
        self.ensure_one()
        # sudo: see _bill_next_periods.
        env = self.env(su=True, context=clean_context(self.env.context))
        waived = self.with_env(env).with_company(self.company_id)
        own, charges = waived.subscription_id, waived._free_charges()
        row = waived.create(
            {
                "subscription_id": own.id,
                "kind": waived.kind,
                "period_no": waived.period_no,
                "date_start": waived.date_start,
                "date_end": waived.date_end,
            }
        )
        if waived.kind == "regular":
            lines = own._prepare_period_lines(row)
        else:
            lines = charges._prepare_order_lines(row)
        if not lines:
            raise SubscriptionStateError(
                self.env._(
                    "%(period)s cannot be billed again: nothing is sold in it now.",
                    period=self.display_name,
                )
            )
        own._log_event(
            "subscription.billed_again",
            period=waived.period_no,
            kind=waived.kind,
            instead_of=waived._get_document_names(),
        )
        row._bill({row: lines})
        return row

    def _free_charges(self):
        """Let charges that the cancelled document billed be billed again."""
        charges = self.env["sales.subscription.charge"].search(
            [("period_id", "=", self.id)], order="id"
        )
        charges.write({"period_id": False})
        return charges

    def _get_document_names(self):
        moves = (self.order_line_ids.invoice_lines | self.invoice_line_ids).move_id
        names = [*self.order_id.mapped("name"), *moves.mapped("name")]
        return ", ".join(name for name in names if name)
