from odoo import api, fields, models

from .grants import writing_proforma


class SalesProforma(models.Model):
    """One friendly reminder of what is not paid."""

    _name = "sales.proforma"
    _inherit = ["sales.proforma", "sales.reminded.mixin"]

    reminded_on = fields.Date(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Day on which the customer was reminded; he is reminded once.",
    )

    @api.model
    def _cron_remind(self):
        """Remind of the proformas that are unpaid for as long as their company says."""
        companies = self.env["res.company"].search([("proforma_reminder_days", ">", 0)])
        for company in companies:
            self.with_company(company)._remind_company(company)

    @api.model
    def _remind_company(self, company):
        due = self.search(self._get_reminder_domain(company), order="date, id")
        due._remind_each()

    @api.model
    def _get_reminder_domain(self, company):
        today = self.new({"company_id": company.id})._get_today()
        last = fields.Date.subtract(today, days=company.proforma_reminder_days)
        return [
            ("company_id", "=", company.id),
            ("state", "=", "issued"),
            ("date", "<=", last),
            ("reminded_on", "=", False),
            ("order_id.state", "!=", "cancel"),
        ]

    def _remind(self):
        """Send the reminder with the link to pay.

        The row is locked and looked at again: a payment may have come meanwhile.
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return
        self.invalidate_recordset()
        waits = self.state == "issued" and not self.reminded_on
        if not waits or self._get_pending_transactions():
            return
        template = self.env.ref("sales_order_plus.sales_proforma_reminder_template")
        with writing_proforma():
            self.reminded_on = self._get_today()
        self.message_post_with_source(
            template,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
        )
        self._log_event("proforma.reminded")
