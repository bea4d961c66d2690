from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import clean_context

from ...exceptions import PeriodBilledError, SubscriptionStateError
from ..sales_subscription_billing import BILLING_GROUPS

# Attempts to charge after which no money moved.
FAILED = ("cancel", "error")


class SalesSubscriptionPeriod(models.Model):
    """Periods whose document was cancelled, billed again because somebody says so.

    Nothing does it by itself: who cancels an invoice, or credits all of it, may mean
    that the customer pays nothing. Where the order stands, it is invoiced once more.
    Else a new row takes the place of the waived one in the unique index, so the
    cancelled document cannot come back besides the new one.
    """

    _inherit = "sales.subscription.period"

    invoice_cancelled = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="Somebody cancelled or deleted an invoice of its order, and none was made "
        "since: the job leaves it alone.",
    )
    can_bill_again = fields.Boolean(
        compute="_compute_can_bill_again",
        groups="base.group_user",
        help="What billed the period was cancelled, or credited altogether, and "
        "nothing else bills it.",
    )

    @api.depends(
        "state", "is_origin", "amount_credited", "subscription_id.period_ids.state"
    )
    def _compute_can_bill_again(self):
        # sudo: whether its button is shown, not the invoices.
        for period in self.sudo():
            period.can_bill_again = (
                (period.state in ("cancelled", "waived") or period._is_credited())
                and not period.is_origin
                and not period._is_replaced()
            )

    def _is_replaced(self):
        """Return whether another row bills the period, or was the last one to do so."""
        return any(
            row.state != "waived" or row.id > self.id
            for row in self._get_same_periods()
        )

    def _check_not_billed_anew(self, document):
        """Refuse that a cancelled document comes back beside the one that replaced it.

        :param document: the cancelled order or invoice
        :raise PeriodBilledError: names the row that bills the period now
        """
        for period in self:
            standing = period._get_same_periods().filtered(
                lambda row: row.state != "waived"
            )
            if period.state in ("invoiced", "paid"):
                standing |= period
            if not standing:
                continue
            row = standing[0]
            billed_by = row.move_id or row.order_id
            raise PeriodBilledError(
                self.env._(
                    "Status: %(document)s cannot come back, %(period)s is billed by "
                    "%(other)s since. Cancel that one first, or leave %(document)s "
                    "cancelled.",
                    document=document.display_name,
                    period=period.display_name,
                    other=billed_by.display_name or row.display_name,
                ),
                field="state",
                rule="billed_again",
                period=row.id,
            )

    def _get_same_periods(self):
        """Return the other rows of the ledger about the very same period."""
        self.ensure_one()
        return (self.subscription_id.period_ids - self).filtered(
            lambda row: row.kind == self.kind and row.period_no == self.period_no
        )

    def action_bill_again(self, *, reason: str):
        """Bill what a cancelled or wholly credited invoice, or an order, billed.

        Where the order stands it is invoiced once more; else the period is billed as
        the agreement is now.

        :param str reason: why; kept with the audit event and in the chatter
        :raise AccessError: for others than accounting and sales managers
        :raise SubscriptionStateError: if it is billed, paid for, or settled otherwise,
            or no reason is given
        """
        reason = (reason or "").strip()
        if not reason:
            raise SubscriptionStateError(
                self.env._("Reason: say why the period is billed again."),
                field="reason",
                rule="required",
            )
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
            if refusal := period._get_again_refusal():
                raise SubscriptionStateError(
                    self.env._(
                        "%(period)s cannot be billed again: %(reason)s",
                        period=period.display_name,
                        reason=refusal,
                    )
                )
            period._bill_again(reason)

    def _get_again_refusal(self):
        """Return why this period may not be billed again, or False."""
        self.ensure_one()
        own = self.subscription_id
        if not self.can_bill_again:
            return self.env._(
                "only what was cancelled can, or an order that was credited "
                "altogether, and only once."
            )
        if any(one.state not in FAILED for one in self.transaction_ids):
            return self.env._(
                "a payment was made or may have been. Set its invoice back to draft, "
                "or invoice it by hand."
            )
        notes = self._get_credit_lines().move_id
        if notes if self.state == "cancelled" else "draft" in notes.mapped("state"):
            # Odoo would have the order invoiced by as much more.
            return self.env._(
                "a credit note stands beside it. Invoice the order by hand instead."
            )
        if self.kind == "adjustment" or self.state != "waived":
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

    def _bill_again(self, reason):
        """Invoice the order once more, or enter the period anew and bill it.

        :return: the row of the ledger that bills the period now
        """
        self.ensure_one()
        # sudo: see _bill_next_periods.
        env = self.env(su=True, context=clean_context(self.env.context))
        period = self.with_env(env).with_company(self.company_id)
        period._note_again(reason)
        if period.state != "waived":
            if not period._create_invoices():
                period._refuse_empty()
            return period
        row, lines = period._enter_anew()
        row._bill({row: lines})
        return row

    def _note_again(self, reason):
        """Keep who bills it again and why, where auditors and colleagues look."""
        names = self._get_document_names()
        own = self.subscription_id
        own._log_event(
            "subscription.billed_again",
            period=self.period_no,
            kind=self.kind,
            instead_of=names,
            reason=reason,
        )
        own._message_log(
            body=self.env._(
                "Period %(number)s is billed again instead of %(names)s: %(reason)s",
                number=self.period_no,
                names=names or "-",
                reason=reason,
            )
        )

    def _enter_anew(self):
        """Enter the period in the ledger once more.

        :return: the new row, and the values of the lines that it sells
        """
        own, charges = self.subscription_id, self._free_charges()
        row = self.create(
            {
                "subscription_id": own.id,
                "kind": self.kind,
                "period_no": self.period_no,
                "date_start": self.date_start,
                "date_end": self.date_end,
            }
        )
        if self.kind == "regular":
            lines = own._prepare_period_lines(row)
        else:
            lines = charges._prepare_order_lines(row)
        if not lines:
            self._refuse_empty()
        return row, lines

    def _refuse_empty(self):
        raise SubscriptionStateError(
            self.env._(
                "%(period)s cannot be billed again: nothing is sold in it now.",
                period=self.display_name,
            )
        )

    def _free_charges(self):
        """Let charges that the cancelled document billed be billed again."""
        charges = self.env["sales.subscription.charge"].search(
            [("period_id", "=", self.id)], order="id"
        )
        charges.write({"period_id": False})
        return charges

    def _get_document_names(self):
        """Return the names of the order and the invoices, cancelled ones included."""
        moves = (self.order_line_ids.invoice_lines | self.invoice_line_ids).move_id
        names = [*self.order_id.mapped("name"), *moves.mapped("name")]
        return ", ".join(name for name in names if name)
