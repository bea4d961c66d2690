from odoo import api, models
from odoo.tools import format_date

from ...exceptions import QuotationError


class SalesReminderRule(models.Model):
    """Reminders by SMS, where Odoo's SMS is installed.

    The message is queued in the transaction of the log row, so there is one of each;
    Odoo's own queue sends it.
    """

    _inherit = "sales.reminder.rule"

    @api.constrains("sms_text")
    def _check_sms(self):
        if any(rule.sms_text for rule in self) and not self._has_sms():
            raise QuotationError(
                self.env._(
                    "SMS to the Customer: this database cannot send any. Install "
                    "Odoo's SMS (module sms) or leave it empty."
                ),
                field="sms_text",
            )

    @api.model
    def _has_sms(self):
        return "sms.sms" in self.env

    def _send_sms(self, order):
        """Queue the SMS; a customer without a number gets what else the rule does."""
        self.ensure_one()
        partner = order.partner_id
        if not partner.phone and (self.mail_template_id or self.activity_type_id):
            return
        if not partner.phone:
            raise QuotationError(
                self.env._(
                    "Phone: %(partner)s has no number for an SMS. Enter one.",
                    partner=partner.display_name,
                ),
                field="phone",
            )
        text = self.with_context(lang=partner.lang)._get_sms_text(order)
        order._message_sms(text, partner_ids=partner.ids, put_in_queue=True)

    def _get_sms_text(self, order):
        """Return the text for one quotation; only these three words are replaced."""
        date = order.validity_date
        values = {
            "{number}": order._get_quotation_name(),
            "{date}": format_date(self.env, date) if date else "",
            "{link}": order.get_base_url() + order.get_portal_url(),
        }
        text = self.sms_text
        for word, value in values.items():
            text = text.replace(word, value)
        return text
