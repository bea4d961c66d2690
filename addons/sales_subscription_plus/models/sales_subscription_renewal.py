from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..exceptions import SubscriptionStateError
from .grants import amending, billing, reactivating
from .sales_subscription_state import BILLED_STATES


class SalesSubscription(models.Model):
    """The end of a term: renewed by itself, by a quotation or not; and afterwards."""

    _inherit = "sales.subscription"

    can_renew = fields.Boolean(
        compute="_compute_can_renew",
        help="The plan has a term and the subscription an end that can be moved.",
    )
    renewal_mode = fields.Selection(
        selection="_get_renewal_modes",
        string="At the End",
        required=True,
        compute="_compute_renewal_mode",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What happens when the term ends.",
    )
    renewal_date = fields.Date(
        compute="_compute_renewal_date",
        store=True,
        index="btree_not_null",
        help="The day it is renewed, or the quotation to renew it is made.",
    )
    renewal_order_id = fields.Many2one(
        "sale.order",
        string="Renewal Quotation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The last quotation to renew it: signing it moves the end.",
    )

    @api.model
    def _get_renewal_modes(self):
        field = self.env["sales.subscription.plan"]._fields["renewal_mode"]
        return field._description_selection(self.env)

    @api.depends("state", "end_date", "plan_id.term_count")
    def _compute_can_renew(self):
        for subscription in self:
            subscription.can_renew = bool(
                subscription.state in (*BILLED_STATES, "paused")
                and subscription.end_date
                and subscription.plan_id.term_count
            )

    @api.depends("plan_id")
    def _compute_renewal_mode(self):
        for subscription in self:
            subscription.renewal_mode = subscription.plan_id.renewal_mode or "none"

    @api.depends("plan_id", "end_date", "renewal_mode")
    def _compute_renewal_date(self):
        for subscription in self:
            plan, end = subscription.plan_id, subscription.end_date
            days = {"auto": plan.lead_days, "quote": plan.notice_days}
            mode = subscription.renewal_mode
            subscription.renewal_date = (
                end - timedelta(days=days[mode]) if end and mode in days else False
            )

    # === Renewal === #

    def action_renew(self):
        """Move the end date by another term of the plan.

        :raise SubscriptionStateError: if it has no end date or the plan no term
        """
        for subscription in self:
            if not subscription.can_renew:
                raise SubscriptionStateError(
                    self.env._(
                        "%(name)s has no term to renew. Change its end date instead.",
                        name=subscription.name,
                    )
                )
            subscription._renew()

    def _renew(self, **details):
        """Move the end by the renewal term, reckoned from the anchor."""
        self.ensure_one()
        schedule, plan = self._get_schedule(), self.plan_id
        # The day after the end lies in the first period of the new term.
        first = schedule.get_number(self.end_date + timedelta(days=1))
        number = first + (plan.renewal_term or plan.term_count) - 1
        self.end_date = schedule.get_period(number)[1]
        self._log_event("subscription.renewed", end_date=str(self.end_date), **details)

    def _renew_by_itself(self):
        """Renew at the price after the rise the plan agrees on."""
        self.ensure_one()
        uplift = self.plan_id.renewal_uplift
        for line in self.line_ids if uplift else ():
            price = line.price_unit * (1 + uplift / 100)
            line.price_unit = line.currency_id.round(price)
        self._renew(uplift=uplift)

    def _quote_renewal(self):
        """Make the quotation whose signature moves the end."""
        self.ensure_one()
        # sudo: made by the scheduler for the salesperson.
        order = self.env["sale.order"].sudo().with_company(self.company_id)
        lines = self.line_ids.filtered(lambda one: not one.is_usage)
        commands = [
            Command.create(
                {
                    **line._prepare_order_line_vals(),
                    "sales_subscription_role": "agreement",
                }
            )
            for line in lines
        ]
        section = Command.create(self._prepare_renewal_section_vals())
        vals = {
            **self._prepare_order_vals([section, *commands]),
            "require_signature": True,
            "sales_renewal_id": self.id,
        }
        with billing():
            order = order._create_own([vals])
        self._freeze_currency(order)
        order.action_quotation_sent()
        self._write_life({"renewal_order_id": order.id})
        self._log_event("subscription.renewal_quoted", order=order.name)
        return order

    def _prepare_renewal_section_vals(self):
        return {
            "display_type": "line_section",
            "name": self.env._("Renewal of %(name)s", name=self.name),
            "sequence": 0,
        }

    def _accept_renewal(self, order):
        """The quotation is signed: what it says holds from the new term on."""
        self.ensure_one()
        first = (self.end_date or self._get_today()) + timedelta(days=1)
        for agreed in order.order_line:
            line = agreed.sales_subscription_line_id
            if line in self.line_ids:
                self._agree_from(first, line, agreed)
        if self.can_renew:
            self._renew(order=order.name)
        self._write_life({"renewal_order_id": False})

    def _agree_from(self, day, line, agreed):
        """Arrange quantity and price of an order line for ``day``."""
        wanted = {}
        if agreed.product_uom_qty != line.quantity:
            wanted["quantity"] = {"quantity": agreed.product_uom_qty}
        net = agreed.price_unit * (1 - agreed.discount / 100)
        if line.discount < 100:
            net /= 1 - line.discount / 100
        if net != line.price_unit:
            wanted["price"] = {"price_unit": net}
        for kind, values in wanted.items():
            change = self.env["sales.subscription.change"].create(
                {
                    "subscription_id": self.id,
                    "kind": kind,
                    "line_id": line.id,
                    "effective": "date",
                    "date": day,
                    "proration": "none",
                    "source": "auto",
                    **values,
                }
            )
            change.action_confirm()

    @api.model
    def _get_to_renew_domain(self):
        """Running subscriptions that end within 30 days."""
        return Domain("state", "in", (*BILLED_STATES, "paused")) & Domain(
            "end_date", "<=", "today +30d"
        )

    # === Again after the end === #

    def action_reactivate(self, *, mode: str = "new_anchor", settle_debt: bool = False):
        """Start subscriptions that ended again; the gap is not billed.

        :param str mode: ``new_anchor``: the first new period begins today;
            ``keep_anchor``: with the next period of the old calendar
        :param bool settle_debt: refuse while invoices of it are unpaid
        :raise SubscriptionStateError: if it did not end, ended too long ago, or owes
        """
        if mode not in ("new_anchor", "keep_anchor"):
            raise SubscriptionStateError(
                self.env._("mode: give new_anchor or keep_anchor.")
            )
        self.check_access("write")
        for subscription in self:
            subscription._check_reactivation(settle_debt)
            since = subscription.ended_on
            with reactivating(subscription):
                # The end that was is over; a term begins anew below.
                subscription.end_date = False
                subscription.write({"state": "active"})
            if mode == "new_anchor":
                subscription._rebase(subscription._get_today())
            else:
                subscription._skip_periods(since)
            term = subscription.plan_id.term_count
            if term:
                subscription.end_date = subscription._get_next_term_end(term)
            subscription._write_life({"ended_on": False, "cancel_reason_id": False})

    def _check_reactivation(self, settle_debt):
        days = self.plan_id.reactivation_days
        reason = False
        if self.state not in ("cancelled", "expired"):
            reason = self.env._("it has not ended.")
        elif not self.ended_on or (self._get_today() - self.ended_on).days > days:
            reason = self.env._(
                "it ended more than %(days)s days ago. Sell a new one.", days=days
            )
        # sudo: what is owed decides, whatever of it the user may read.
        elif settle_debt and any(self.sudo().period_ids.mapped("is_owed")):
            reason = self.env._("invoices of it are unpaid. Have them paid first.")
        if reason:
            raise SubscriptionStateError(
                self.env._(
                    "%(name)s cannot be reactivated: %(reason)s",
                    name=self.name,
                    reason=reason,
                )
            )

    def _get_next_term_end(self, periods):
        schedule = self._get_schedule()
        number = max(schedule.get_number(self._get_today()), schedule.base + 1)
        return schedule.get_period(number + periods - 1)[1]

    def _rebase(self, day, **values):
        """Begin a new schedule on ``day``: numbers go on, the end stays."""
        self.ensure_one()
        with amending(self):
            self.write(
                {
                    "anchor_date": day,
                    "calendar_base": self.period_no,
                    # In the same write: else the new anchor would reckon it anew.
                    "end_date": self.end_date,
                    **values,
                }
            )
