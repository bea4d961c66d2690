from odoo import models


class StockMove(models.Model):
    """Orders reserve no more than the quotas of their channels leave them."""

    _inherit = "stock.move"

    def _update_reserved_quantity(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        allowed, quotas = self._get_quota_allowance(location_id)
        if allowed is not None:
            need = min(need, allowed)
        if self.product_id.uom_id.compare(need, 0) <= 0:
            return 0.0
        taken = super()._update_reserved_quantity(
            need, location_id, lot_id, package_id, owner_id, strict
        )
        if taken and quotas:
            quotas._mark()
        return taken

    def _get_quota_allowance(self, location):
        """Return (how much the move may reserve more, quotas it reserves under).

        :return: (None, no quotas) where no quota is meant for its goods
        """
        self.ensure_one()
        quotas = self.env["sales.channel.quota"].sudo()
        # sudo: the orders and quotas of others decide as well.
        order = self.sudo().sale_line_id.order_id
        if not order or not quotas._has_records():
            return None, quotas
        warehouse = location.warehouse_id
        holding = quotas._get_holding(self.product_id, warehouse)[self.product_id]
        if not holding or not self._is_bound_for_customer():
            return None, quotas
        free = self.env["stock.quant"]._get_available_quantity(
            self.product_id, location
        )
        allowed, _why = quotas._get_allowance(self.product_id, warehouse, order, free)
        return allowed, holding

    def _get_taken_quantity(self):
        """Return what these moves hold or moved, in the unit of the product."""
        return sum(move._get_done_quantity() for move in self)
