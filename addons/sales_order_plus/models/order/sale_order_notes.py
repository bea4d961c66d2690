from odoo import fields, models


class SaleOrder(models.Model):
    """Notes that never leave the house, beside the terms the customer reads."""

    _inherit = "sale.order"

    internal_note = fields.Html(
        copy=False,
        groups="base.group_user",
        help="For colleagues only; never printed, never in the portal.",
        prefetch="sales_rare",
    )
    restricted_note = fields.Html(
        string="Manager Note",
        copy=False,
        groups="sales_team.group_sale_manager",
        help="For sales managers only; salespeople cannot read it, not by RPC either.",
        prefetch="sales_rare",
    )
