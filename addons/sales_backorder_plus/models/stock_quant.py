from contextvars import ContextVar

from odoo import api, models

from odoo.addons.sales_order_plus.models.seam.granted import granted

# How much of a reservation is being released.
_released = ContextVar("sales_backorder_released", default=0)


class StockQuant(models.Model):
    """Nothing that is reserved is lost where goods lie in two records of one place.

    Odoo makes such a second record whenever another transaction has the first one
    locked, and merges them with the next run of the scheduler.
    """

    _inherit = "stock.quant"

    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        with granted(_released, max(-(reserved_quantity or 0), 0)):
            return super()._update_available_quantity(
                product_id,
                location_id,
                quantity,
                reserved_quantity,
                lot_id,
                package_id,
                owner_id,
                in_date,
            )

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """Offer only records that hold what is being released.

        Odoo takes the first that it can lock, and where that one holds less, the
        rest stays reserved for nobody: goods that no order gets.
        """
        released = _released.get()
        if released and limit == 1 and len(self) > 1:
            self = self._filter_holding(released)
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    def _filter_holding(self, quantity):
        """Return the records that hold the quantity, in the unit of the product.

        None of them if only several do together: Odoo then notes the release in a
        record of its own. All of them if not even they do: then there is nothing to
        find.
        """
        unit = self.product_id.uom_id
        if unit.compare(sum(self.mapped("reserved_quantity")), quantity) < 0:
            return self
        return self.filtered(
            lambda quant: unit.compare(quant.reserved_quantity, quantity) >= 0
        )

    @api.model
    def _merge_quants(self):
        """Write first what is pending.

        Odoo goes on after any error of merging; one of writing would leave it with a
        transaction in which nothing can be done and that nobody tries again.
        """
        self.env.flush_all()
        return super()._merge_quants()
