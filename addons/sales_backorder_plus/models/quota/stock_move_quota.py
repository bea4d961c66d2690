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

    def _is_plain(self):
        """What a quota holds for is reserved by itself, as much as it allows."""
        return super()._is_plain() and not self._get_quotas(self.location_id)

    def _get_quotas(self, location):
        """Return the quotas that hold for the goods of the move, as superuser."""
        self.ensure_one()
        quotas = self.env["sales.channel.quota"].sudo()
        if not quotas._has_records() or not self.sudo().sale_line_id:
            return quotas
        if not self._is_bound_for_customer():
            return quotas
        return quotas._get_holding(self.product_id, location.warehouse_id)[
            self.product_id
        ]

    def _get_quota_allowance(self, location):
        """Return (how much the move may reserve more, quotas it reserves under).

        :return: (None, no quotas) where no quota is meant for its goods
        """
        holding = self._get_quotas(location)
        if not holding:
            return None, holding
        free = self.env["stock.quant"]._get_available_quantity(
            self.product_id, location
        )
        # sudo: the orders and quotas of others decide as well.
        allowed, _why = holding._get_allowance(
            self.product_id,
            location.warehouse_id,
            self.sudo().sale_line_id.order_id,
            free,
        )
        return allowed, holding
