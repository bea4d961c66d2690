from odoo import fields, models


class SaleOrder(models.Model):
    """Close what plain Odoo shows to portal users over RPC: our cost."""

    _inherit = "sale.order"

    margin = fields.Monetary(groups="base.group_user")
    margin_percent = fields.Float(groups="base.group_user")
