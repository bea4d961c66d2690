from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_upstream_documents_and_responsibles(self, visited):
        """Find who has to know of a cancelled need.

        sudo: where purchasing is installed it reads the purchases behind the goods,
        which who cancels an order need not see.
        """
        return super(StockMove, self.sudo())._get_upstream_documents_and_responsibles(
            visited.sudo()
        )
