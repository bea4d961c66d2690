from datetime import timedelta

from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_validity_date(self):
        """Odoo's own, then the validity by kind of order and class of customer."""
        super()._compute_validity_date()
        self._apply_validity_days()

    def _apply_validity_days(self):
        # sudo: portal users and integrations make orders too.
        rows = self.env["sales.quotation.validity"].sudo()
        if not rows._has_records():
            return
        rows = rows.search([("company_id", "in", self.company_id.ids)])
        for order in self.sudo() if rows else ():
            if order.sale_order_template_id.number_of_days > 0:
                continue
            if days := rows._get_days(order):
                today = self._get_document_today(order.company_id)
                order.validity_date = today + timedelta(days)

    @api.onchange("order_type_id", "customer_class", "partner_id")
    def _onchange_validity_days(self):
        """While the quotation is typed; once it is saved, its date is left alone."""
        if not self._origin:
            self._apply_validity_days()
