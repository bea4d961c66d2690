import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class SalesPartnerLicense(models.Model):
    """What happens when a licence comes to its end."""

    _inherit = "sales.partner.license"

    @api.model
    def _cron_expire(self):
        """Mark what has ended, and remind once of what is about to end."""
        today = fields.Date.context_today(self)
        verified = [("state", "=", "verified")]
        ended = self.search([*verified, ("valid_to", "<", today)])
        ended._write_own({"state": "expired"})
        due = self.search([*verified, ("valid_to", ">=", today)], order="valid_to, id")
        due = due.filtered(lambda one: one._is_reminder_due(today))
        for index, one in enumerate(due):
            one._remind_safely()
            left = len(due) - index - 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _is_reminder_due(self, today):
        self.ensure_one()
        days = self.license_type_id.reminder_days
        begin = fields.Date.subtract(self.valid_to, days=days)
        return days > 0 and begin <= today and self.reminded_for != self.valid_to

    def _remind_safely(self):
        """Remind; one customer without an address must not stop the others."""
        try:
            with self.env.cr.savepoint():
                self._remind()
        except Exception:
            _logger.exception("Reminder of licence %s failed", self.id)

    def _remind(self):
        """Send one e-mail for this end of validity.

        The row is locked and looked at again: another run may have sent it.
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return
        self.invalidate_recordset()
        if self.reminded_for == self.valid_to:
            return
        self._write_own({"reminded_for": self.valid_to})
        template = self.env.ref("sales_order_plus.sales_partner_license_mail_template")
        template.send_mail(self.id)
        self._log_event("license.reminded", valid_to=str(self.valid_to))
