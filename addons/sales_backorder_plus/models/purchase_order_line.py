from odoo import api, models

WATCHED_FIELDS = frozenset(
    {"date_planned", "product_id", "product_qty", "product_uom_id"}
)


class PurchaseOrderLine(models.Model):
    """Requests for quotation have no moves yet: their dates are watched here."""

    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._touch_backorders()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not WATCHED_FIELDS.isdisjoint(vals):
            self._touch_backorders()
        return result

    def unlink(self):
        self._touch_backorders()
        return super().unlink()

    def _touch_backorders(self):
        # sudo: who buys may not be allowed to see what was sold.
        requests = self.sudo()
        lines = requests.move_dest_ids.sale_line_id
        self.env["sale.order.line"]._note_stock_changes(
            lines.ids, requests.product_id.ids
        )
