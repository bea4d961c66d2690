from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import clean_context

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ..exceptions import NothingDueError
from .sales_subscription_state import BILLED_STATES, LIVE_STATES

# Waiting times after the first, the second and each further failure.
BACK_OFF = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
BILLING_GROUPS = "account.group_account_invoice,sales_team.group_sale_manager"


class SalesSubscription(models.Model):
    """Billing: each due period becomes one sales order and its invoice, once."""

    _inherit = "sales.subscription"

    billing_error = fields.Text(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why billing the next period failed the last time.",
    )
    billing_failures = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How often billing the next period failed in a row.",
    )
    billing_retry_at = fields.Datetime(
        string="Billing Retried At",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Billing is not tried again before this time.",
    )
    is_due = fields.Boolean(
        compute="_compute_is_due",
        groups="base.group_user",
        help="The next period has begun and is not billed yet.",
    )

    @api.depends("state", "next_billing_date", "tz")
    def _compute_is_due(self):
        for subscription in self:
            date = subscription.next_billing_date
            subscription.is_due = bool(
                subscription.state in BILLED_STATES
                and date
                and date <= subscription._get_today()
            )

    # === Which are due === #

    @api.model
    def _get_local_date_domain(self, field_name, operator):
        """Compare a date with today where each subscription lives.

        :param str field_name: a date field
        :param str operator: such as ``<=``
        """
        return Domain.OR(
            Domain("tz", "in", zones) & Domain(field_name, operator, today)
            for today, zones in self._get_zones_by_date().items()
        )

    @api.model
    def _get_zones_by_date(self):
        """Return {today: time zones in which it is that day}, of those that run."""
        now = fields.Datetime.now()
        zones_by_date = defaultdict(list)
        # A few hundred zones have two or three dates between them.
        for [tz] in self.env["sales.subscription"]._read_group(
            [("state", "in", LIVE_STATES)], groupby=["tz"]
        ):
            zones_by_date[get_local(now, tz).date()].append(tz)
        return zones_by_date

    @api.model
    def _get_due_domain(self):
        """Return what the cron bills now; what failed waits for its time."""
        now = fields.Datetime.now()
        return (
            Domain("state", "in", BILLED_STATES)
            & self._get_local_date_domain("next_billing_date", "<=")
            & (
                Domain("billing_retry_at", "=", False)
                | Domain("billing_retry_at", "<=", now)
            )
        )

    # === Failures === #

    def _bill_or_postpone(self):
        """Bill the next period; a failure is kept and tried again later."""
        self._try_or_postpone(self._bill_next_period)

    def _try_or_postpone(self, method):
        """Call ``method`` in a savepoint.

        :return: whether it went well
        """
        self.ensure_one()
        if not self._try(method, self._postpone_billing):
            return False
        if self.billing_error:
            self._reset_billing_error()
        return True

    @api.model
    def _try(self, method, on_error=None):
        """Call ``method`` in a savepoint, and ``on_error`` with what went wrong.

        :return: whether it went well
        """
        try:
            with self.env.cr.savepoint():
                method()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Nothing is wrong with what is billed: the next pass tries again.
            self.env.cr.rollback()
            return False
        except Exception as error:  # noqa: BLE001 one failure must not stop the others
            if on_error:
                on_error(error)
            return False
        return True

    def _postpone_billing(self, error):
        self.ensure_one()
        failures = self.billing_failures
        pause = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
        self.write(
            {
                "billing_error": str(error),
                "billing_failures": failures + 1,
                "billing_retry_at": fields.Datetime.now() + pause,
            }
        )
        self._log_event("subscription.billing_failed", error=str(error))
        if not failures:
            self._tell(self.env._("Billing failed"), str(error))

    def _reset_billing_error(self):
        self.write(
            {"billing_error": False, "billing_failures": 0, "billing_retry_at": False}
        )

    def _tell(self, summary, note):
        """Give the salesperson, else the team's leader, something to do."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=user.id or self.env.uid,
        )

    # === Periods === #

    def _bill_next_period(self):
        """Bill the next period of one subscription, see :meth:`_bill_next_periods`."""
        self.ensure_one()
        return self._bill_next_periods()

    def _bill_next_periods(self):
        """Claim the next period of each in the ledger, and order or invoice them.

        The caller has locked the subscriptions and knows that they are due.

        :return: the rows of the ledger
        """
        # sudo: billing follows the agreement, not the rights of whom runs it. The gate
        # of the order does not look at it: approvals and rules hold here as well.
        context = clean_context(self.env.context)
        subscriptions = self.with_env(self.env(su=True, context=context))
        periods = self.env["sales.subscription.period"]
        for company, some in subscriptions.grouped("company_id").items():
            periods |= some.with_company(company)._bill_in_company()
        return periods

    def _bill_in_company(self):
        numbers = {subscription: subscription.period_no + 1 for subscription in self}
        for subscription, number in numbers.items():
            start, end = subscription._get_period_dates(number)
            arrears = subscription.plan_id.billing_timing == "arrears"
            subscription._apply_due_changes(end if arrears else start)
            subscription._replace_discontinued()
        periods = self._claim_periods(numbers)
        lines_by_period = {}
        for subscription, period in zip(self, periods, strict=True):
            subscription._refresh_taxes()
            subscription._prepare_usage_charges(period)
            lines_by_period[period] = subscription._prepare_period_lines(period)
        periods._bill(lines_by_period)
        return periods

    def _bill_period(self, period, lines):
        """Order or invoice one period.

        :param list lines: values of lines of an order
        """
        self.ensure_one()
        period._bill({period: lines})

    def _claim_periods(self, numbers):
        """Enter periods in the ledger; the unique index lets only one do it.

        :param dict numbers: {subscription: number of its period}
        :raise psycopg2.errors.UniqueViolation: if one is entered already
        """
        return self.env["sales.subscription.period"].create(
            [one._prepare_period_vals(number) for one, number in numbers.items()]
        )

    def _claim_period(self, number):
        """Enter one period in the ledger, see :meth:`_claim_periods`."""
        self.ensure_one()
        return self._claim_periods({self: number})

    def _prepare_period_vals(self, number, **values):
        self.ensure_one()
        start, end = self._get_period_dates(number)
        return {
            "subscription_id": self.id,
            "period_no": number,
            "date_start": start,
            "date_end": end,
            **values,
        }

    def _prepare_order_vals(self, commands):
        """Return the values of a sales order of the subscription.

        :param list commands: commands of its lines
        """
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "partner_invoice_id": self.partner_invoice_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "company_id": self.company_id.id,
            "pricelist_id": self.pricelist_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "payment_term_id": self.payment_term_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "origin": self.name,
            "client_order_ref": self.client_ref,
            # Agreed already: the customer is not asked again.
            "require_signature": False,
            "require_payment": False,
            "order_line": commands,
        }

    # === Actions === #

    def action_bill_now(self):
        """Bill the due periods at once, the way the cron does.

        :raise AccessError: for others than accounting and sales managers
        :raise NothingDueError: if no period is due
        """
        if not self.env.user.has_groups(BILLING_GROUPS):
            raise AccessError(
                self.env._("Only accounting and sales managers bill by hand.")
            )
        self.check_access("read")
        for subscription in self:
            # sudo: accounting may read subscriptions only; see _bill_next_period.
            subscription = subscription.sudo()
            subscription.lock_for_update()
            if not subscription.is_due:
                raise NothingDueError(
                    self.env._(
                        "%(name)s: nothing is due. The next billing date is %(date)s.",
                        name=subscription.name,
                        date=subscription.next_billing_date or self.env._("not set"),
                    )
                )
            while subscription.is_due:
                subscription._bill_next_period()
            subscription._reset_billing_error()
