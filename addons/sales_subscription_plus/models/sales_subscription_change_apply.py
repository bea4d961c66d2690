from datetime import timedelta
from fractions import Fraction

from odoo import fields, models

from ..tools import proration
from .grants import amending, billing
from .sales_subscription_line_price import BILLED

DAY = timedelta(days=1)


class SalesSubscriptionChange(models.Model):
    """How a change is made: the agreement, then the days billed at the old one."""

    _inherit = "sales.subscription.change"

    def _apply(self):
        """Make the change, credit and charge the rest of what is billed already."""
        self.ensure_one()
        # sudo: charges and ledger are written by code alone; who made the change may
        # write the subscription.
        change = self.sudo()
        with billing():
            change._amend()
            change.write({"state": "applied", "applied_at": fields.Datetime.now()})
        if change.charge_ids and change._is_settled_at_once():
            change.subscription_id._bill_charges(change.charge_ids)
        self._log(
            "subscription.changed",
            before=change.amount_before,
            after=change.amount_after,
        )

    def _is_settled_at_once(self):
        return self.proration == "immediate"

    def _amend(self):
        """Change the agreement and settle the days it was billed for already."""
        subscription = self.subscription_id
        self.amount_before = subscription.amount_untaxed
        if self.kind == "plan" and self._moves_calendar():
            charges = self._switch_calendar()
        else:
            old = self._get_terms()
            getattr(self, f"_amend_{self.kind}")()
            charges = self._prepare_charges(old)
        self.env["sales.subscription.charge"].create(charges)
        self.amount_after = subscription.amount_untaxed

    # === The agreement === #

    def _amend_quantity(self):
        self.line_id.quantity = self.quantity

    def _amend_price(self):
        if self.price_unit:
            self.line_id.price_unit = self.price_unit
        else:
            self.env.add_to_compute(self.line_id._fields["price_unit"], self.line_id)

    def _amend_substitute(self):
        self.line_id.product_id = self.product_id
        if self.quantity:
            self.line_id.quantity = self.quantity
        if self.price_unit:
            self.line_id.price_unit = self.price_unit

    def _amend_add(self):
        self.line_id = self.env["sales.subscription.line"].create(
            {
                "subscription_id": self.subscription_id.id,
                "product_id": self.product_id.id,
                "quantity": self.quantity,
                "sequence": max(self.subscription_id.line_ids.mapped("sequence")) + 1,
                **({"price_unit": self.price_unit} if self.price_unit else {}),
            }
        )

    def _amend_remove(self):
        self.product_id = self.line_id.product_id
        self.line_id.unlink()

    def _amend_plan(self):
        subscription = self.subscription_id
        prices = {line: line.price_unit for line in subscription.line_ids}
        with amending(subscription):
            subscription.write(
                {"plan_id": self.plan_id.id, "end_date": subscription.end_date}
            )
        lines = subscription.line_ids
        self.env.add_to_compute(lines._fields["price_unit"], lines)
        for line in lines if self.keep_price else ():
            if line.price_unit > prices[line]:
                line.price_unit = prices[line]

    def _moves_calendar(self):
        old, new = self.subscription_id.plan_id, self.plan_id
        return any(old[name] != new[name] for name in old._get_calendar_fields())

    def _switch_calendar(self):
        """Credit all days left and begin the new plan's first period on the day."""
        subscription = self.subscription_id
        old = self._get_terms()
        charges = [
            vals for vals in self._prepare_charges(old, new=False) if vals["amount"]
        ]
        self._amend_plan()
        subscription._rebase(self.date)
        return charges

    # === Days that are billed already === #

    def _get_touched_numbers(self):
        """Return the numbers of the periods that the change cuts."""
        subscription = self.subscription_id
        rows = subscription.period_ids.filtered(
            lambda row: (
                row.kind == "regular"
                and row.state in BILLED
                and row.date_end >= self.date
            )
        )
        numbers = set(rows.mapped("period_no"))
        if subscription.plan_id.billing_timing == "arrears":
            number = subscription._get_schedule().get_number(self.date)
            start = subscription._get_period_dates(number)[0]
            if number > subscription.period_no and start and start < self.date:
                numbers.add(number)
        return sorted(numbers)

    def _get_terms(self):
        """Return {(line id, number): terms} of the periods it cuts, before it."""
        if self.proration == "none":
            return {}
        lines = self.line_id or self.subscription_id.line_ids
        if self.kind == "add":
            lines = lines.browse()
        terms = {}
        for number in self._get_touched_numbers():
            for line in lines.filtered(lambda one: not one.is_usage):
                found = self._get_line_terms(line, number)
                if found:
                    terms[line.id, number] = found
        return terms

    def _get_line_terms(self, line, number):
        """Return what the line was billed at in the period, or would be."""
        if number > self.subscription_id.period_no:
            return self._get_new_terms(line, number)
        billed = line._get_billed_terms(number)
        return billed and self._prepare_terms(line, number, *billed)

    def _get_new_terms(self, line, number):
        """Return what the line costs in the period as it is agreed now."""
        price = float(line._get_full_price(number))
        return self._prepare_terms(line, number, price, line.tax_ids)

    def _prepare_terms(self, line, number, price, taxes):
        days = line._get_days(number)
        if not days or line.is_usage:
            return None
        return {
            "days": days,
            "price": price,
            "full": self.subscription_id._get_schedule().get_full_period(number),
            "billed": number <= self.subscription_id.period_no,
            "vals": {
                "subscription_id": line.subscription_id.id,
                "line_id": line.id,
                "product_id": line.product_id.id,
                "name": line.name,
                "quantity": line.quantity,
                "tax_ids": taxes.ids,
                "period_no": number,
                "change_id": self.id,
                "full_price": price,
            },
        }

    def _prepare_charges(self, old, new=True):
        """Return the values of what is credited and charged.

        A billed period: the days left are credited as billed and charged as agreed
        now. One that is billed later: the days passed, the other way round.
        """
        if self.proration == "none":
            return []
        keys = list(old)
        if self.kind == "add":
            numbers = self._get_touched_numbers()
            keys += [(self.line_id.id, number) for number in numbers]
        charges = []
        for key in keys:
            line = self.env["sales.subscription.line"].browse(key[0]).exists()
            before = old.get(key)
            if before and not line:
                before["vals"]["line_id"] = False
            after = self._get_new_terms(line, key[1]) if new and line else None
            charges += self._prepare_pair(before, after)
        return charges

    def _prepare_pair(self, before, after):
        """Return the credit of ``before`` and the charge of ``after``."""
        if not (before or after):
            return []
        billed = (before or after)["billed"]
        if billed:
            pair = ((before, "credit", -1), (after, "charge", 1))
        else:
            pair = ((before, "charge", 1), (after, "credit", -1))
        charges = []
        for terms, kind, sign in pair:
            if terms:
                vals = self._prepare_charge_vals(terms, kind, sign, billed)
                charges += [vals] if vals else []
        if charges:
            self._make_up_for_rounding(charges)
        return charges

    def _make_up_for_rounding(self, charges):
        """Let the last charge take what rounding took so far of the line and period.

        However often a period is cut, what is billed of it stays within half of the
        smallest unit of what its days cost at their prices.
        """
        last = charges[-1]
        before = self.subscription_id.charge_ids.filtered(
            lambda one: (
                one.line_id.id == last["line_id"]
                and one.period_no == last["period_no"]
                and one.kind in ("charge", "credit")
            )
        )
        left = sum(before.mapped("rounding"))
        left += sum(vals["rounding"] for vals in charges)
        # A float of a few additions: dust must not decide which way a half goes.
        exact = round(last["amount"] + left, 9)
        amount = float(proration.round_money(exact, self.currency_id.decimal_places))
        last["rounding"] += last["amount"] - amount
        last["amount"] = amount

    def _prepare_charge_vals(self, terms, kind, sign, billed):
        first, last = terms["days"]
        if billed:
            first = max(first, self.date)
        else:
            last = min(last, self.date - DAY)
        if first > last:
            return None
        digits = self.currency_id.decimal_places
        cut = (terms["price"], terms["full"], first, last)
        piece = proration.get_piece(*cut, digits)
        rest = proration.get_share(*cut) - Fraction(piece)
        return {
            **terms["vals"],
            "kind": kind,
            "amount": sign * float(piece),
            "rounding": sign * float(rest),
            "date_from": first,
            "date_to": last,
        }
