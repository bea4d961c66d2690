from odoo import models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_free_now(self, warehouse):
        """Return {product id: free stock in a warehouse}, in the unit of the product.

        What ``free_qty`` says, without looking for what comes and goes: one query
        where Odoo needs three.
        """
        products = self._origin.with_context(warehouse_id=warehouse.id)
        if not products:
            return {}
        here, _incoming, _outgoing = products._get_domain_locations()
        groups = self.env["stock.quant"]._read_group(
            here & Domain("product_id", "in", products.ids),
            ["product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        return {product.id: there - taken for product, there, taken in groups}
