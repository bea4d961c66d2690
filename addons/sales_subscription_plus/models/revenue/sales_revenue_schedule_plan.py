from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ...tools import proration, revenue
from ..grants import scheduling

DAY = timedelta(days=1)


class SalesRevenueSchedule(models.Model):
    """How schedules come, are laid over the months, and end.

    What is posted stays; releases that are only planned are reckoned anew from what is
    left whenever something changes. So the entries always add up to the revenue.
    """

    _inherit = "sales.revenue.schedule"

    # === From invoices === #

    @api.model
    def _open(self, lines):
        """Defer the revenue of invoice lines that have no schedule yet.

        :param lines: posted lines of one invoice
        :return: the new schedules
        """
        if not lines:
            return self
        known = self.search(
            [("move_line_id", "in", lines.ids), ("cancelled", "=", False)]
        )
        new = lines - known.move_line_id
        schedules = self.create([self._prepare_vals(line) for line in new])
        schedules._book(
            [
                schedule._prepare_line("defer", schedule.date, whole)
                for schedule in schedules
                for whole in [(schedule.amount, schedule.amount_currency)]
            ]
        )
        schedules._plan()
        return schedules

    @api.model
    def _prepare_vals(self, line):
        company = line.company_id
        sold = line._get_subscription_lines()[:1]
        return {
            "name": f"{line.move_id.name}: {line.product_id.name or line.name or ''}",
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "company_id": company.id,
            "currency_id": line.currency_id.id,
            "partner_id": line.partner_id.id,
            "product_id": line.product_id.id,
            "subscription_line_id": sold.id,
            "subscription_id": sold.subscription_id.id,
            "account_id": company.sales_deferred_account_id.id,
            "income_account_id": line.account_id.id,
            "journal_id": company.sales_deferred_journal_id.id,
            "date": line.move_id.date,
            "date_from": line.sales_service_from,
            "date_to": line.sales_service_to,
            "amount": -line.balance,
            "amount_currency": -line.amount_currency,
        }

    @api.model
    def _give_back(self, lines):
        """Take the rest of what is credited off the deferred account.

        :param lines: posted lines that give money back
        """
        touched = self.browse()
        for line in lines:
            found = line._find_schedules()
            done = found.line_ids.filtered(
                lambda row, line=line: row.cause_line_id == line
            )
            left = line.amount_currency + sum(done.mapped("amount_currency"))
            for schedule in found - done.schedule_id:
                if not schedule.currency_id.is_zero(left):
                    left -= schedule._give_back_part(line, left)
                    touched |= schedule
        touched._plan()

    def _give_back_part(self, line, amount_currency):
        """Take up to ``amount_currency`` back for ``line``.

        :return: how much of it was still deferred
        """
        self.ensure_one()
        rest, rest_currency = self._get_rest()
        part = min(amount_currency, rest_currency)
        if self.currency_id.compare_amounts(part, 0.0) <= 0:
            return 0.0
        # At the rate of the invoice, as it was deferred.
        whole = not self.currency_id.compare_amounts(part, rest_currency)
        amount = rest if whole else rest * part / rest_currency
        pair = (-self.company_currency_id.round(amount), -part)
        vals = self._prepare_line("reversal", line.move_id.date, pair)
        cause = {"cause_id": line.move_id.id, "cause_line_id": line.id}
        self._book([{**vals, **cause}])
        self._end_before(line)
        return part

    def _end_before(self, line):
        """Credited from a day on, the service ends before it."""
        first = line.sales_service_from
        if first and self.date_from < first <= self.date_to <= line.sales_service_to:
            self.write({"date_to": first - DAY, "ended_on": line.move_id.date})

    def _cancel(self):
        """Take all back: the invoices are not in the books any more."""
        self._drop_planned()
        self._book(
            [
                schedule._prepare_line("reversal", schedule._get_undo_date(), pair)
                for schedule in self
                for pair in [[-amount for amount in schedule._get_rest()]]
            ]
        )
        self.write({"cancelled": True})

    def _get_undo_date(self):
        """Return the day of the invoice, or today where revenue was released since."""
        self.ensure_one()
        later = self.line_ids.filtered(lambda line: line.kind != "defer")
        if not later:
            return self.date
        return max(fields.Date.context_today(self), *later.mapped("date"))

    def _restore(self, moves):
        """Defer again what credit notes took back that left the books themselves."""
        for schedule in self:
            lines = schedule.line_ids.filtered(lambda line: line.cause_id in moves)
            pair = [-sum(lines.mapped(name)) for name in ("amount", "amount_currency")]
            date = max(lines.mapped("date"))
            schedule._book([schedule._prepare_line("reversal", date, pair)])
            lines.write({"cause_id": False, "cause_line_id": False})
            until = schedule.move_line_id.sales_service_to
            schedule.write({"date_to": until, "ended_on": False})
        self._plan()

    # === Over the months === #

    def _get_rest(self):
        """Return what is to be released, in the company's currency and the invoice's."""
        self.ensure_one()
        kept = self.line_ids.filtered(
            lambda line: (
                line.state == "posted"
                or (line.state == "draft" and line.kind != "release")
            )
        )
        return (
            self.company_currency_id.round(sum(kept.mapped("amount"))),
            self.currency_id.round(sum(kept.mapped("amount_currency"))),
        )

    def _plan(self):
        """Lay what is left over the months that are left, as drafts."""
        self._drop_planned()
        self._book([vals for one in self for vals in one._prepare_releases()])

    def _drop_planned(self):
        """Delete the drafts of releases; one that had a number is cancelled."""
        planned = self.line_ids.filtered(
            lambda line: line.state == "draft" and line.kind == "release"
        )
        moves = planned.move_id
        numbered = moves.filtered("posted_before")
        planned.filtered(lambda line: line.move_id not in numbered).unlink()
        # A draft never posted breaks no chain of numbers.
        (moves - numbered).unlink()
        with scheduling():
            numbered.button_cancel()

    def _prepare_releases(self):
        """Return the values of the entries that release what is left."""
        self.ensure_one()
        rest = self._get_rest()
        if not any(rest):
            return []
        done = self.line_ids.filtered(
            lambda line: line.state == "posted" and line.kind == "release"
        )
        first = max(done.mapped("date_to"), default=self.date_from - DAY) + DAY
        slices = self._get_slices(first)
        # Without a day left, what is left is due at once.
        first, last = min(first, self.date_to), self.date_to
        digits = (
            self.company_currency_id.decimal_places,
            self.currency_id.decimal_places,
        )
        found = []
        for date, start, end in slices:
            pair = [
                -float(proration.get_piece(amount, (first, last), start, end, places))
                for amount, places in zip(rest, digits, strict=True)
            ]
            vals = self._prepare_line("release", date, pair)
            found.append({**vals, "date_from": start, "date_to": end})
        return found

    def _get_slices(self, first):
        """Return (date of the entry, first day, last day) of what is left."""
        last, ended = self.date_to, self.ended_on
        if first > last:
            return [(max(ended or self.date, self.date), last, last)]
        if ended and last <= ended:
            return [(ended, first, last)]
        slices = revenue.get_slices(first, last, self._get_open_date(self.date))
        merged = {}
        for date, start, end in slices:
            open_date = self._get_open_date(date)
            if open_date != date:
                open_date = revenue.get_month_end(open_date)
            start = merged.get(open_date, (start, end))[0]
            merged[open_date] = (start, end)
        return [(date, *days) for date, days in merged.items()]

    def _get_open_date(self, date):
        """Return ``date``, or the first day after the lock dates it violates."""
        locks = self.company_id._get_violated_lock_dates(date, False, self.journal_id)
        return locks[-1][0] + DAY if locks else date

    # === Entries === #

    def _prepare_line(self, kind, date, pair):
        """Return the values of a line of the schedule; ``date`` is of its entry."""
        self.ensure_one()
        amount, amount_currency = pair
        if self.currency_id == self.company_currency_id:
            amount_currency = amount
        return {
            "schedule_id": self.id,
            "kind": kind,
            "entry_date": date,
            "amount": amount,
            "amount_currency": amount_currency,
        }

    @api.model
    def _book(self, vals_list):
        """Make the entries of lines: one an invoice, kind and date.

        :param list vals_list: values of lines with the date of their entry
        """
        groups = {}
        for vals in vals_list:
            if not (vals["amount"] or vals["amount_currency"]):
                continue
            schedule = self.browse(vals["schedule_id"])
            date = vals.pop("entry_date")
            if vals["kind"] != "release":
                date = schedule._get_open_date(date)
            key = (schedule.move_id, vals["kind"], date)
            groups.setdefault(key, []).append(vals)
        moves = self.env["account.move"].create(
            [self._prepare_entry(*key, rows) for key, rows in groups.items()]
        )
        lines = []
        for move, rows in zip(moves, groups.values(), strict=True):
            lines += [{**vals, "move_id": move.id} for vals in rows]
        self.env["sales.revenue.schedule.line"].create(lines)
        self._post_due(moves)

    @api.model
    def _post_due(self, moves):
        """Post what is due; what is earned later is posted by Odoo's job on its day."""
        today = fields.Date.context_today(self)
        at_once = moves.filtered(
            lambda move: move.auto_post == "no" or move.date <= today
        )
        at_once._post(soft=False)

    @api.model
    def _prepare_entry(self, invoice, kind, date, rows):
        schedules = self.browse([vals["schedule_id"] for vals in rows])
        causes = {vals["cause_id"] for vals in rows if vals.get("cause_id")}
        titles = {
            "defer": self.env._("Deferred revenue of %(name)s", name=invoice.name),
            "release": self.env._("Revenue of %(name)s", name=invoice.name),
            "reversal": self.env._("Revenue given back of %(name)s", name=invoice.name),
        }
        return {
            "move_type": "entry",
            "company_id": schedules.company_id.id,
            "journal_id": schedules[:1].journal_id.id,
            "date": date,
            "ref": titles[kind],
            "auto_post": "at_date" if kind == "release" else "no",
            "adjusting_entry_origin_move_ids": [Command.set([invoice.id, *causes])],
            "line_ids": [
                Command.create(vals)
                for schedule, row in zip(schedules, rows, strict=True)
                for vals in schedule._prepare_items(row)
            ],
        }

    def _prepare_items(self, row):
        """Return the two journal items of one line."""
        self.ensure_one()
        common = {
            "name": self.name,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "product_id": self.product_id.id,
        }
        amount, amount_currency = row["amount"], row["amount_currency"]
        return [
            {
                **common,
                "account_id": self.account_id.id,
                "balance": -amount,
                "amount_currency": -amount_currency,
            },
            {
                **common,
                "account_id": self.income_account_id.id,
                "balance": amount,
                "amount_currency": amount_currency,
                "analytic_distribution": self.move_line_id.analytic_distribution,
            },
        ]
