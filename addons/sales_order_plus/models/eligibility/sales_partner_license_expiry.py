from odoo import api, fields, models


class SalesPartnerLicense(models.Model):
    """What happens when a licence comes to its end."""

    _name = "sales.partner.license"
    _inherit = ["sales.partner.license", "sales.reminded.mixin"]

    @api.model
    def _cron_expire(self):
        """Mark what has ended, and remind once of what is about to end."""
        today = fields.Date.context_today(self)
        verified = [("state", "=", "verified")]
        ended = self.search([*verified, ("valid_to", "<", today)])
        ended._write_own({"state": "expired"})
        due = self.search([*verified, ("valid_to", ">=", today)], order="valid_to, id")
        due.filtered(lambda one: one._is_reminder_due(today))._remind_each()

    def _is_reminder_due(self, today):
        self.ensure_one()
        days = self.license_type_id.reminder_days
        begin = fields.Date.subtract(self.valid_to, days=days)
        return days > 0 and begin <= today and self.reminded_for != self.valid_to

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
