from odoo import models

TEMPLATES = {
    "refund": "sales_order_plus.mail_template_refund_done",
    "void": "sales_order_plus.mail_template_refund_released",
}


class SalesOrderRefund(models.Model):
    """The customer is told once, when his money is on its way; after the commit."""

    _inherit = "sales.order.refund"

    def _tell_customer(self):
        self.ensure_one()
        source = self._get_source()
        template = self.env.ref(TEMPLATES[self.kind], raise_if_not_found=False)
        if template and source._tells_customer() and self.partner_id.email:
            # sudo: who confirms a refund need not read templates.
            template.sudo().send_mail(self.id)
