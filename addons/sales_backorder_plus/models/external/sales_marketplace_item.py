from odoo import fields, models


class SalesMarketplaceItem(models.Model):
    """What a marketplace was told last of one product."""

    _name = "sales.marketplace.item"
    _description = "Product in a Marketplace Feed"
    _order = "sku, id"
    _rec_name = "sku"

    feed_id = fields.Many2one(
        "sales.marketplace.feed",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The feed.",
    )
    company_id = fields.Many2one(
        related="feed_id.company_id", store=True, index=True, help="Whose goods."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", help="The product."
    )
    sku = fields.Char(
        string="Reference", required=True, readonly=True, help="How it is named there."
    )
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="What it may sell."
    )
    available_on = fields.Date(
        string="More On", readonly=True, help="When more arrives; empty: not known."
    )
    sell_short = fields.Boolean(
        string="Sold Without Stock", readonly=True, help="Whether it may sell more."
    )
    removed = fields.Boolean(readonly=True, help="It is not offered any more.")
    version = fields.Integer(readonly=True, help="Number of the change it was told in.")

    _sku_uniq = models.UniqueIndex(
        "(feed_id, sku)", "There is one row a reference in a feed."
    )

    def _get_row(self):
        """Return the neutral form of the row."""
        self.ensure_one()
        return {
            "sku": self.sku,
            "quantity": self.quantity,
            "available_on": self.available_on and str(self.available_on) or None,
            "sell_short": self.sell_short,
            "removed": self.removed,
        }
