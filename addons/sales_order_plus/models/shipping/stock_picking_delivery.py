from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    delivery_instructions = fields.Text(
        copy=False,
        groups="base.group_user",
        help="From the order; printed on the delivery slip.",
    )
    handling_tag_ids = fields.Many2many(
        "sales.handling.tag",
        string="Handling",
        copy=False,
        groups="base.group_user",
        help="How the parcels must be handled; from the order.",
    )
    address_kind = fields.Selection(
        related="partner_id.address_kind", groups="base.group_user"
    )
    delivery_preference = fields.Selection(
        related="partner_id.delivery_preference", groups="base.group_user"
    )
    delivery_access_code = fields.Char(
        related="partner_id.delivery_access_code",
        groups="base.group_user",
    )
    delivery_windows = fields.Char(
        compute="_compute_delivery_windows",
        groups="base.group_user",
        help="When the address takes deliveries; printed on the delivery slip.",
    )

    @api.depends("partner_id.delivery_window_ids")
    @api.depends_context("lang")
    def _compute_delivery_windows(self):
        for picking in self:
            # sudo: warehouse workers need not read the contacts of salespeople.
            partner = picking.partner_id.sudo()
            picking.delivery_windows = partner._get_delivery_windows_text()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        vals = super()._get_new_picking_values()
        orders = self.sale_line_id.order_id or self.reference_ids.sale_ids
        if orders:
            vals.update(orders._prepare_picking_delivery_vals())
        return vals
