from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

AUDITORS = "sales_order_plus.group_sales_auditor"
REPORT = "sales_approval_plus.sales_approval_compliance_report"
SETTING_CODES = (
    "policy.",
    "step.",
    "role.",
    "matrix.",
    "risk.",
    "access.",
    "approval.delegat",
)


class SalesApprovalCompliance(models.TransientModel):
    """The report of a period for auditors: what went around approvals, and who could."""

    _name = "sales.approval.compliance"
    _description = "Compliance Report of Approvals"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Company that is reported on.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self) - relativedelta(months=1, day=1)
        ),
        help="First day of the period; by default of the last month.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self) - relativedelta(day=1, days=1)
        ),
        help="Last day of the period.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for report in self:
            if report.date_to < report.date_from:
                raise UserError(
                    self.env._("To: give a day that is not before the first one.")
                )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Compliance report %(first)s - %(last)s",
                first=report.date_from,
                last=report.date_to,
            )

    def action_print(self):
        """Print the report.

        :return: report action
        """
        return self.env.ref(REPORT).report_action(self)

    # === Content === #

    def _get_period_domain(self, name):
        report = self.env["sales.approval.report"]
        return report._get_period_domain(self.date_from, self.date_to, name)

    def _get_unapproved(self):
        """Return the orders confirmed around the gate, whenever that was."""
        rows = self.env["sales.approval.unapproved"]
        return rows.search([("company_id", "=", self.company_id.id)])

    def _get_events(self, domain):
        events = self.env["sales.audit.event"]
        company = Domain("company_id", "in", [False, self.company_id.id])
        domain = Domain(domain) & company & self._get_period_domain("date")
        return events.search(domain, order="id")

    def _get_overrides(self):
        """Return (event, request) pairs of the emergencies of the period."""
        requests = self.env["sales.approval.request"]
        events = self._get_events([("code", "=", "approval.overridden")])
        return [
            (event, requests.browse((event.data or {}).get("request")).exists())
            for event in events
        ]

    def _get_self_approvals(self):
        return self._get_events([("is_self_approval", "=", True)])

    def _get_refusals(self):
        """Return what was written past the buttons, and refused."""
        events = self._get_events([("code", "=", "guard.refused")])
        return events.filtered(lambda event: (event.data or {}).get("direct"))

    def _get_setting_changes(self):
        codes = Domain.OR(
            Domain("code", "=like", f"{prefix}%") for prefix in SETTING_CODES
        )
        return self._get_events(codes)

    def _get_reviewed_users(self):
        """Return the users whose rights are reviewed, as superuser."""
        # sudo: users of this company, of whom an auditor reads the names alone.
        users = self.env["res.users"].sudo()
        domain = users._get_reviewed_domain()
        return users.search(domain & Domain("company_ids", "in", self.company_id.ids))

    def _get_kpis(self):
        own = Domain("company_id", "=", self.company_id.id)
        report = self.env["sales.approval.report"]
        return report._get_kpis(self.date_from, self.date_to, own)

    def _get_verification(self):
        # sudo: the chain goes through all companies; numbers are told of it.
        return self.env["sales.audit.event"].sudo()._verify_chain()

    # === Every month === #

    @api.model
    def _cron_send(self):
        """Mail the report of the last month to the auditors who want it."""
        companies = self.env["res.company"].search(
            [("approval_report_monthly", "=", True)]
        )
        for number, company in enumerate(companies, start=1):
            self.with_company(company)._send(company)
            if not self.env["ir.cron"]._commit_progress(
                1, remaining=len(companies) - number
            ):
                break

    @api.model
    def _send(self, company):
        report = self.create({"company_id": company.id})
        auditors = self.env.ref(AUDITORS).sudo().all_user_ids
        readers = auditors.filtered(
            lambda user: user.active and company in user.company_ids
        )
        if not readers:
            return
        content, kind = self.env["ir.actions.report"]._render(REPORT, report.ids)
        self.env["mail.thread"].message_notify(
            partner_ids=readers.partner_id.ids,
            subject=report.display_name,
            body=self.env._(
                "The compliance report of approvals of %s is attached.", company.name
            ),
            attachments=[(f"{report.display_name}.{kind}", content)],
        )
