from odoo import models


class ProductComboItem(models.Model):
    """Called by its product where it is chosen."""

    _inherit = "product.combo.item"
    _rec_name = "product_id"
