from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.sales_order_plus.models.seam.moments import get_moment

from .sales_approval_report_query import DECIDED

RATES = (
    "automatic_rate",
    "on_time_rate",
    "override_rate",
    "rejection_rate",
    "rework_rate",
)


class SalesApprovalReport(models.Model):
    """Key figures over the rows of the report, of the requests one may read."""

    _inherit = "sales.approval.report"

    @api.model
    def _get_kpis(self, date_from, date_to, scope=Domain.TRUE):
        """Return the figures of the requests submitted in a period.

        :param date date_from: first day, in the time zone of the user
        :param date date_to: last day
        :param Domain scope: only these rows, such as those of one company
        :return: dict, see ``sales.order.api.get_kpis``
        """
        domain = scope & self._get_period_domain(date_from, date_to)
        counts = ["request_count:sum", "on_time_rate:count"]
        aggregates = [*counts, *(f"{name}:avg" for name in RATES)]
        [(requests, due, *rates)] = self._read_group(domain, [], aggregates)
        return {
            "requests": requests or 0,
            "decided": self._count_decided(domain),
            "steps_due": due or 0,
            **self._get_cycle_times(domain),
            **{
                name: self._to_percent(rate)
                for name, rate in zip(RATES, rates, strict=True)
            },
            "rejections_by_policy": self._get_rejections(domain),
            **self._get_backlog(scope),
        }

    @api.model
    def _get_period_domain(self, date_from, date_to, name="submitted_on"):
        """Return the days of a period, in the time zone of the user, as a domain."""
        start, end = (
            get_moment(day, time.min, self.env.user.tz)
            for day in (date_from, date_to + timedelta(days=1))
        )
        return Domain(name, ">=", start) & Domain(name, "<", end)

    @api.model
    def _to_percent(self, rate):
        return round(100 * (rate or 0.0), 2)

    @api.model
    def _count_decided(self, domain):
        decided = domain & Domain("result", "in", DECIDED)
        return self._read_group(decided, [], ["request_count:sum"])[0][0] or 0

    @api.model
    def _get_cycle_times(self, domain):
        query = self._search(domain & Domain("result", "in", DECIDED))
        hours = self._field_to_sql(query.table, "cycle_hours", query)
        shares = {"cycle_hours_p50": 0.5, "cycle_hours_p90": 0.9}
        columns = [
            SQL("percentile_cont(%s) WITHIN GROUP (ORDER BY %s)", share, hours)
            for share in shares.values()
        ]
        columns.append(SQL("AVG(%s)", hours))
        [values] = self.env.execute_query(query.select(*columns))
        return {
            name: round(value or 0.0, 2)
            for name, value in zip((*shares, "cycle_hours_avg"), values, strict=True)
        }

    @api.model
    def _get_rejections(self, domain):
        groups = self._read_group(
            domain & Domain("result", "in", DECIDED),
            ["policy_ids"],
            ["request_count:sum", "rejection_rate:avg"],
        )
        return [
            {
                # sudo: the name of a policy one may not open.
                "policy": policy.sudo().name,
                "decided": count,
                "rejected": round(count * (rate or 0.0)),
                "rate": self._to_percent(rate),
            }
            for policy, count, rate in groups
            if policy and count
        ]

    @api.model
    def _get_backlog(self, scope):
        """Return what waits at this moment, whenever it was submitted."""
        pending = scope & Domain("result", "=", "pending")
        [(count, oldest)] = self._read_group(
            pending, [], ["request_count:sum", "submitted_on:min"]
        )
        age = fields.Datetime.now() - oldest if oldest else timedelta()
        return {
            "backlog": count or 0,
            "backlog_oldest_hours": round(age.total_seconds() / 3600, 2),
        }


class SalesOrderApi(models.AbstractModel):
    """Key figures of approvals over RPC."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_kpis(self, *, date_from: str, date_to: str):
        """Return the key figures of the approvals submitted in a period.

        :param str date_from: first day, such as ``2026-01-01``, in the caller's time zone
        :param str date_to: last day, which counts as well
        :return: dict with ``requests`` and ``decided`` (numbers), ``cycle_hours_avg``,
            ``cycle_hours_p50`` and ``cycle_hours_p90`` (hours from submission to decision
            of the decided ones), ``automatic_rate``, ``override_rate`` and
            ``rejection_rate`` (percent of the decided ones), ``rework_rate`` (percent of
            all that were not an order's first), ``steps_due`` (steps with a deadline
            that are decided or late) and ``on_time_rate`` (percent of those),
            ``rejections_by_policy`` (dicts with ``policy``, ``decided``, ``rejected``,
            ``rate``), and, as of now, ``backlog`` (requests that wait) and
            ``backlog_oldest_hours``
        :raise AccessError: without the right to the approval analysis
        :raise UserError: if a day cannot be read, or the last is before the first one
        """
        first = self._parse_day("date_from", date_from)
        last = self._parse_day("date_to", date_to)
        if last < first:
            raise UserError(
                self.env._(
                    "date_to: %(last)s is before %(first)s. Give the first day first.",
                    last=last,
                    first=first,
                )
            )
        return self.env["sales.approval.report"]._get_kpis(first, last)

    @api.model
    def _parse_day(self, name, text):
        try:
            return fields.Date.to_date(text) or fields.Date.to_date("-")
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(name)s: “%(text)s” is no day. Give it as 2026-01-31.",
                    name=name,
                    text=text,
                )
            ) from error
