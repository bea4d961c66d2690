from odoo import models

from .sales_export_mixin import ExportLine


class SalesProforma(models.Model):
    """Export papers of what a proforma asks for, in its currency."""

    _inherit = "sales.proforma"

    def _get_export_order(self):
        return self.order_id

    def _get_export_currency(self):
        return self.currency_id

    def _get_export_consignee(self):
        return self.partner_shipping_id

    def _get_trade_lang(self):
        return self.partner_id.lang

    def _get_export_day(self):
        return self.date or self._get_today()

    def _get_export_lines(self):
        """Return the goods of the chosen lines; a percentage ships nothing by itself."""
        lines = self.line_ids.filtered(lambda line: line.product_id.type == "consu")
        return [self._prepare_export_line(line) for line in lines]

    def _prepare_export_line(self, line):
        product = line.product_id
        quantity = line.product_uom_id._compute_quantity(line.quantity, product.uom_id)
        return ExportLine(
            product=product,
            name=product.with_context(lang=self.env.lang).display_name,
            quantity=quantity,
            uom=product.uom_id,
            value=line.price_subtotal,
            net_weight=quantity * product.weight,
        )
