from odoo import models

TEMPLATES = {
    "requested": "sales_order_plus.mail_template_return_requested",
    "authorised": "sales_order_plus.mail_template_return_authorised",
    "received": "sales_order_plus.mail_template_return_received",
    "credited": "sales_order_plus.mail_template_return_credited",
    "refused": "sales_order_plus.mail_template_return_refused",
}


class SalesOrderReturn(models.Model):
    """The customer is told once of each step, after it is committed."""

    _inherit = "sales.order.return"

    def _tell_customer(self, step):
        """Put the e-mail of ``step`` into the queue, in the customer's language."""
        self.ensure_one()
        # sudo: a setting, a template and an address the user need not read.
        one = self.sudo()
        told = one.mails_sent or []
        if step in told or not one.company_id.sales_return_mail:
            return
        template = self.env.ref(TEMPLATES[step], raise_if_not_found=False)
        if not template or not one.partner_id.email:
            return
        template.sudo().send_mail(one.id, force_send=False)
        one._write_own({"mails_sent": [*told, step]})

    def _get_mail_instructions(self):
        """Return what the policy tells customers to do with the goods."""
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        return policy.with_context(lang=self.partner_id.lang).return_instructions or ""

    def _get_slip_url(self):
        """Return the address of the return slip, open to who has the order's link."""
        self.ensure_one()
        back = self.sudo().picking_ids.filtered(lambda one: one._is_customer_return())
        if not back:
            return ""
        token = self.sudo().order_id._portal_ensure_token()
        return f"/my/picking/return/pdf/{back[0].id}?access_token={token}"
