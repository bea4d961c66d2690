from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _translate_untouched(self):
        """Write the name anew where it is Odoo's own in any language of ours."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for line in self.filtered(lambda line: line.product_id):
            if line.name in {line._get_name_in(code) for code in languages}:
                line.name = line._get_name_in(line.order_id._get_lang())

    def _get_name_in(self, code):
        """Return the description Odoo would write for a customer of that language."""
        self.ensure_one()
        line = self.with_context(lang=code)
        template_lines = (
            line.order_id.sale_order_template_id.sale_order_template_line_ids
        )
        described = template_lines.filtered(
            lambda one: one.product_id == line.product_id and one.name
        )
        if described and line._use_template_name():
            variants = line._get_sale_order_line_multiline_description_variants()
            return described[0].name + variants
        return line._get_sale_order_line_multiline_description_sale()
