from odoo import api, models


class SaleOrderLine(models.Model):
    """A change of a line voids the signature of its quotation, whoever makes it."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("order_id") for vals in vals_list} - {None, False}
        orders = self.env["sale.order"].browse(ids)
        before = orders._get_signed_content()
        lines = super().create(vals_list)
        orders._void_changed_signatures(before)
        return lines

    def write(self, vals):
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        before = orders._get_signed_content()
        result = super().write(vals)
        orders._void_changed_signatures(before)
        return result

    def unlink(self):
        orders = self.order_id
        before = orders._get_signed_content()
        result = super().unlink()
        orders._void_changed_signatures(before)
        return result
