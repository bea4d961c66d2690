from odoo import api, models
from odoo.fields import Domain

from .scope import get_batch


class StockWarehouseOrderpoint(models.Model):
    _name = "stock.warehouse.orderpoint"
    _inherit = ["stock.warehouse.orderpoint", "sales.intake.remembered"]

    @api.model
    def _get_replenished(self, batch, product_ids):
        """Return the ids of those products that have a reordering rule at all."""
        # sudo: core looks them up so too, and an archived rule only costs time.
        rules = self.sudo().with_context(active_test=False)
        return batch.recall_ids(
            self._name,
            "products",
            product_ids,
            lambda ids: [
                product.id
                for (product,) in rules._read_group(
                    Domain("product_id", "in", ids), ["product_id"]
                )
            ],
        )


class StockMove(models.Model):
    """Core searches the rules of each move twice; most products have none."""

    _inherit = "stock.move"

    def _update_orderpoints(self):
        return super(StockMove, self._having_orderpoints())._update_orderpoints()

    def _trigger_scheduler(self):
        return super(StockMove, self._having_orderpoints())._trigger_scheduler()

    def _having_orderpoints(self):
        """Leave out moves of a batch for which there is nothing to find."""
        batch = get_batch()
        if batch is None:
            return self
        found = self.env["stock.warehouse.orderpoint"]._get_replenished(
            batch, self.product_id.ids
        )
        return self.filtered(lambda move: move.product_id.id in found)
