from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..seam.sales_guard_mixin import Finding

OPEN_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    """Where a quotation stands with its customer, beside ``state``."""

    _inherit = "sale.order"

    quotation_status = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("viewed", "Viewed"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("converted", "Converted"),
            ("expired", "Expired"),
        ],
        compute="_compute_quotation_status",
        store=True,
        index="btree",
        groups="base.group_user",
        help="Where the quotation stands with the customer. Follows what happens to it; "
        "nobody sets it by hand.",
        prefetch="sales_rare",
    )
    converted_on = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When the quotation became an order.",
        prefetch="sales_rare",
    )

    # === Dates are those of the company, not of who looks === #

    @api.model
    def _get_document_today(self, company=None):
        """Return today's date where the company of the document is."""
        company = company or self.env.company
        tz = company.sudo().partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=tz))

    def _compute_is_expired(self):
        """Expired is what was valid until before today in the company's time zone."""
        super()._compute_is_expired()
        for order in self.filtered("validity_date"):
            order.is_expired = order.state in OPEN_STATES and order._is_past_validity()

    def _is_past_validity(self):
        """Return whether its last day is over where the company is."""
        self.ensure_one()
        # Nowhere is it later than fourteen hours after Greenwich: most need no zone.
        latest = fields.Datetime.now() + timedelta(hours=14)
        if not self.validity_date or self.validity_date >= latest.date():
            return False
        return self.validity_date < self._get_document_today(self.company_id)

    # === Status === #

    @api.depends(
        "state",
        "validity_date",
        "converted_on",
        "revision_number",
        "quotation_view_ids.agent",
    )
    def _compute_quotation_status(self):
        for order in self:
            order.quotation_status = order._get_quotation_status()

    def _get_quotation_status(self):
        """Return the status of this quotation; satellites refine it through super()."""
        self.ensure_one()
        if self.state == "sale" or self.converted_on:
            return "converted"
        if self.state == "cancel":
            return "rejected"
        if self._is_past_validity():
            return "expired"
        if self.state == "sent" and self._is_viewed():
            return "viewed"
        return self.state

    def _is_viewed(self):
        """Return whether the customer opened the revision that counts now."""
        self.ensure_one()
        return any(
            view.agent == "human" and view.revision == self.revision_number
            for view in self.quotation_view_ids
        )

    @api.model
    def _cron_expire_quotations(self, limit=200):
        """Give what expired overnight its status, and cancel what is long expired."""
        domain = Domain.OR(
            self._get_expiring_domain(company)
            for company in self.env["res.company"].search([])
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for order in self.search(domain, limit=limit):
            order._expire()
            if not cron._commit_progress(1):
                return
        cron._commit_progress(remaining=self.search_count(domain))
        self._cancel_long_expired()

    @api.model
    def _get_expiring_domain(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("validity_date", "<", self._get_document_today(company))
            & Domain("quotation_status", "!=", "expired")
        )

    def _expire(self):
        """Write the status anew: it depends on today, which no write announces."""
        self.env.add_to_compute(self._fields["quotation_status"], self)
        self._log_event("quotation.expired")

    @api.model
    def _cancel_long_expired(self):
        """Cancel quotations the company no longer waits for; one by one."""
        companies = self.env["res.company"].search(
            [("quotation_auto_cancel_days", ">", 0)]
        )
        for company in companies:
            days = timedelta(company.quotation_auto_cancel_days)
            last = self._get_document_today(company) - days
            old = Domain("validity_date", "<", last) & Domain("hold_since", "=", False)
            for order in self.search(self._get_expired_domain(company) & old):
                order._cancel_expired()
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _get_expired_domain(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("quotation_status", "=", "expired")
        )

    def _cancel_expired(self):
        """Cancel; an order that refuses is told to its salesperson and skipped."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._action_cancel()
        except Exception as error:  # noqa: BLE001 one order must not stop the others
            self._tell_salesperson(
                self.env._("Expired, but cancelling failed"), str(error)
            )

    def _tell_salesperson(
        self, summary, note="", activity_type="mail.mail_activity_data_todo"
    ):
        """Put an activity on the desk of whoever answers for the quotation."""
        for order in self:
            user = order.user_id or order.team_id.user_id or order.create_uid
            if user.share or not user.active:
                continue
            order.activity_schedule(
                activity_type,
                summary=summary,
                note=note,
                user_id=user.id,
            )

    # === The gate: nothing expired becomes an order where the company says so === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation != "confirm":
            return findings
        for order in self:
            own = order._get_quotation_findings()
            if own:
                findings[order.id] = [*findings.get(order.id, ()), *own]
        return findings

    def _get_quotation_findings(self):
        """Return what the quotation itself holds against becoming an order."""
        self.ensure_one()
        # sudo: the company's policy is none of the customer's business.
        severity = self.company_id.sudo().quotation_expired_policy
        if severity == "info" or not self._is_out_of_validity():
            return []
        message = self.env._(
            "The quotation expired on %(date)s. Extend its validity (Actions, Extend "
            "Validity) and confirm it then.",
            date=fields.Date.to_string(self.validity_date),
        )
        return [Finding("expired_quotation", message, severity)]

    def _is_out_of_validity(self):
        """Return whether it is past its validity, unless the customer accepted in time."""
        self.ensure_one()
        return self._is_past_validity() and not self._is_accepted_in_time()

    def _is_accepted_in_time(self):
        # sudo: payments are not shown to everybody who confirms.
        order = self.sudo()
        dates = order.transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        ).mapped("create_date")
        if order.signature and order.signed_on:
            dates.append(order.signed_on)
        tz = order.company_id.partner_id.tz or "UTC"
        local = self.with_context(tz=tz)
        return any(
            fields.Datetime.context_timestamp(local, date).date() <= self.validity_date
            for date in dates
        )

    def write(self, vals):
        state = vals.get("state")
        if state == "sale" and any(order.state != "sale" for order in self):
            vals = {**vals, "converted_on": fields.Datetime.now()}
        elif state in OPEN_STATES:
            vals = {**vals, "converted_on": False}
        return super().write(vals)
