"""What the customer is told of a cancellation; the queue sends it after the commit."""

from odoo import models

TEMPLATES = {
    "requested": "sales_order_plus.mail_template_cancellation_requested",
    "applied": "sales_order_plus.mail_template_cancellation_applied",
    "partly": "sales_order_plus.mail_template_cancellation_partly",
    "refused": "sales_order_plus.mail_template_cancellation_refused",
}


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _after_submission(self):
        """Tell the customer that his wish has arrived, where somebody decides."""
        super()._after_submission()
        for one in self:
            if one.channel == "portal" and one.state == "submitted":
                one._mail_customer("requested")

    def _after_decision(self):
        super()._after_decision()
        if self.state == "applied" and self._was_confirmed():
            self._mail_customer("partly" if self.kind == "lines" else "applied")
        # What the staff thought of doing, and did not, is not the customer's.
        elif self.state == "refused" and self.channel == "portal":
            self._mail_customer("refused")

    def _was_confirmed(self):
        """Return whether it was an order; quotations go without a word."""
        return ((self.impact or {}).get("before") or {}).get("state") == "sale"

    def _mail_customer(self, what):
        """Queue the mail ``what``, in the language of the customer."""
        self.ensure_one()
        # sudo: a setting of the company, and what salespeople and customers may not
        # do with templates.
        one = self.sudo()
        template = self.env.ref(TEMPLATES[what], raise_if_not_found=False)
        if one.company_id.sales_cancel_mail and template and one.partner_id.email:
            template.sudo().send_mail(one.id)

    def _get_customer_time(self, moment):
        """Return a moment as the customer reads it."""
        self.ensure_one()
        order = self.order_id.with_context(lang=self.partner_id.lang or self.env.lang)
        return order._format_for_customer(moment)
