from contextvars import ContextVar

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.granted import granted

from ...exceptions import SubscriptionLockedError
from ...tools import mrr
from ..sales_subscription_state import BILLED_STATES

# Set while several values belong to one movement, which is entered afterwards.
_HOLDING = ContextVar("sales_subscription_movements_held", default=False)
MRR_FIELDS = frozenset({"discount_ids", "line_ids", "state"})
SUMMED_FIELDS = frozenset({"mrr", "mrr_currency"})


def holding_movements():
    """Let the enclosed code change several things that are one movement."""
    return granted(_HOLDING, True)


class SalesSubscription(models.Model):
    """Monthly recurring revenue, as the sum of movements that are entered as it moves."""

    _inherit = "sales.subscription"

    movement_ids = fields.One2many(
        "sales.mrr.movement",
        "subscription_id",
        string="Movements of Revenue",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How its recurring revenue came about.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    mrr = fields.Monetary(
        string="MRR",
        currency_field="company_currency_id",
        compute="_compute_mrr",
        store=True,
        groups="base.group_user",
        help="Monthly recurring revenue without taxes, discounts taken off, in the "
        "currency of the company. Trials and paused subscriptions count as 0, what is "
        "used on top is not in it.",
    )
    mrr_currency = fields.Monetary(
        string="MRR in Currency",
        compute="_compute_mrr",
        store=True,
        aggregator=None,
        groups="base.group_user",
        help="Monthly recurring revenue in the currency of the subscription.",
    )

    @api.depends("movement_ids.amount")
    def _compute_mrr(self):
        for subscription in self:
            rows = subscription.movement_ids
            subscription.mrr = sum(rows.mapped("amount"))
            subscription.mrr_currency = sum(rows.mapped("amount_currency"))

    # === What moves it === #

    @api.model
    def _check_reckoned(self, vals):
        super()._check_reckoned(vals)
        if SUMMED_FIELDS & vals.keys():
            raise SubscriptionLockedError(
                self.env._("MRR: the sum of its movements, cannot be set.")
            )

    def write(self, vals):
        unpaid = self.browse()
        if vals.get("state") in ("paused", "cancelled"):
            unpaid = self.filtered(lambda one: one.state == "past_due")
        result = super().write(vals)
        if not MRR_FIELDS.isdisjoint(vals):
            self._record_movements(unpaid=unpaid)
        return result

    def _record_movements(self, unpaid=(), reason=False):
        """Enter by how much the revenue differs from what is entered already.

        :param unpaid: those that end because they were not paid
        :param reason: why, in words
        """
        if _HOLDING.get():
            return
        vals_list = []
        for subscription in self:
            vals_list += subscription._prepare_movements(subscription in unpaid, reason)
        if vals_list:
            # sudo: only code enters movements, whoever changes the subscription.
            self.env["sales.mrr.movement"].sudo().create(vals_list)

    # === Reckoning === #

    def _get_sold_lines(self):
        """Return the lines that are paid for now."""
        self.ensure_one()
        if self.state not in BILLED_STATES:
            return self.line_ids.browse()
        today = self._get_today()
        return self.line_ids.filtered(
            lambda line: (
                not line.is_usage
                and (not line.date_from or line.date_from <= today)
                and (not line.date_to or line.date_to >= today)
            )
        )

    def _get_monthly_amount(self):
        """Return the revenue of a month now, in the subscription's currency."""
        self.ensure_one()
        plan, number = self.plan_id, max(self.period_no, 1)
        total = 0.0
        for line in self._get_sold_lines():
            amount = line.price_subtotal
            for percent in line._get_granted_percents(number):
                amount *= 1 - percent / 100
            total += amount
        monthly = mrr.get_monthly(total, plan.interval_count, plan.interval_unit)
        return self.currency_id.round(monthly)

    def _get_last_movement(self):
        """Return the last row that is not about the exchange rate."""
        self.ensure_one()
        return self.movement_ids.sorted(lambda row: (row.date, row.id)).filtered(
            lambda row: row.kind != "fx"
        )[-1:]

    def _prepare_movements(self, unpaid, reason):
        """Return the values of the rows that bring the movements up to date."""
        self.ensure_one()
        # sudo: movements are for those who see revenue; they are kept for all.
        subscription = self.sudo()
        last = subscription._get_last_movement()
        if not last and subscription.state not in BILLED_STATES:
            return []
        after = {
            "amount": subscription._get_monthly_amount(),
            "units": sum(subscription._get_sold_lines().mapped("quantity")),
            "plan": subscription.plan_id.id,
            "state": subscription.state,
        }
        delta = subscription.currency_id.round(
            after["amount"] - subscription.mrr_currency
        )
        kind = mrr.get_kind(last._get_standing() if last else None, after)
        ended = kind == "churn" and last.kind != "churn"
        if not delta and not ended and last:
            return []
        fx = subscription._prepare_fx_movement()
        vals = subscription._prepare_movement_vals(
            kind=kind,
            amount_currency=delta,
            amount=subscription._get_company_amount(delta),
            units=after["units"],
            involuntary=unpaid and kind in ("churn", "pause"),
            reason=reason,
        )
        return [*fx, vals]

    def _get_company_amount(self, amount):
        return self.currency_id._convert(
            amount, self.company_currency_id, self.company_id, self._get_today()
        )

    def _prepare_fx_movement(self):
        """Return, in a list, what the rate of today makes of the revenue until now."""
        worth = self._get_company_amount(self.mrr_currency)
        gain = self.company_currency_id.round(worth - self.mrr)
        if not gain:
            return []
        last = self._get_last_movement()
        return [self._prepare_movement_vals(kind="fx", amount=gain, units=last.units)]

    def _prepare_movement_vals(self, **values):
        return {
            "subscription_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "plan_id": self.plan_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "currency_id": self.currency_id.id,
            "date": self._get_today(),
            **values,
        }

    # === What moves it without anybody's doing === #

    @api.model
    def _get_drifting_domain(self):
        """Subscriptions whose revenue changes as days pass, or rates."""
        return Domain("state", "in", BILLED_STATES) & Domain.OR(
            [
                Domain("discount_ids", "!=", False),
                Domain("line_ids.date_from", "!=", False),
                Domain("line_ids.date_to", "!=", False),
                Domain("line_ids.plan_price_id.intro_periods", ">", 0),
            ]
        )

    @api.model
    def _get_abroad_domain(self):
        """Subscriptions whose revenue is worth more or less with the rate."""
        running = Domain("state", "in", BILLED_STATES) & Domain("mrr", "!=", 0)
        return running & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("currency_id", "!=", company.currency_id.id)
            for [company] in self._read_group(running, groupby=["company_id"])
        )

    @api.model
    def _cron_movements(self, limit=200):
        """Enter daily what discounts that end, dates of lines and rates changed.

        :param int limit: subscriptions between two commits
        """
        cron = self.env["ir.cron"]
        domain = self._get_drifting_domain() | self._get_abroad_domain()
        found = self.search(domain, order="id")
        cron._commit_progress(remaining=len(found))
        for start in range(0, len(found), limit):
            batch = found[start : start + limit].try_lock_for_update()
            batch._record_movements()
            batch._revalue()
            if not cron._commit_progress(len(batch)):
                return

    def _revalue(self):
        vals_list = []
        for subscription in self:
            vals_list += subscription.sudo()._prepare_fx_movement()
        self.env["sales.mrr.movement"].sudo().create(vals_list)


class SalesMrrMovement(models.Model):
    _inherit = "sales.mrr.movement"

    def _get_standing(self):
        """Return how things stood after this row, as ``tools.mrr`` wants it."""
        self.ensure_one()
        return {
            "amount": self.subscription_id.mrr_currency,
            "units": self.units,
            "plan": self.plan_id.id,
            "kind": self.kind,
        }


class SalesSubscriptionChange(models.Model):
    _inherit = "sales.subscription.change"

    def _apply(self):
        """A change is one movement, however many values it sets."""
        with holding_movements():
            result = super()._apply()
        self.subscription_id._record_movements(reason=self.reason)
        return result


class SalesSubscriptionDiscount(models.Model):
    _name = "sales.subscription.discount"
    _inherit = ["sales.mrr.part.mixin", "sales.subscription.discount"]
