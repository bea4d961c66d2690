from odoo import api, fields, models
from odoo.fields import Domain

from ..stock_move import OPEN_STATES


class SalesChannelQuota(models.Model):
    """How much of a quota is taken, and what a move may still take."""

    _inherit = "sales.channel.quota"

    qty_quota = fields.Float(
        string="Quota",
        digits="Product Unit",
        compute="_compute_use",
        help="The quota as a quantity; of a category, of all its products together.",
    )
    qty_taken = fields.Float(
        string="Taken",
        digits="Product Unit",
        compute="_compute_use",
        help="Reserved for these orders now, and shipped to them in this time.",
    )
    qty_left = fields.Float(
        string="Left",
        digits="Product Unit",
        compute="_compute_use",
        help="What these orders may still take.",
    )
    usage = fields.Float(
        string="Usage (%)",
        compute="_compute_use",
        help="How much of the quota is taken, in percent.",
    )

    @api.depends("amount", "measure", "kind", "date_from", "mark_ids.reserved_on")
    def _compute_use(self):
        # sudo: who looks after quotas may not read the orders of everybody.
        for quota, internal in zip(self, self.sudo(), strict=True):
            uses = [internal._get_use(one) for one in internal._get_products()]
            quota.qty_quota = sum(limit for limit, _taken in uses)
            quota.qty_taken = sum(taken for _limit, taken in uses)
            quota.qty_left = sum(max(limit - taken, 0) for limit, taken in uses)
            share = quota.qty_taken / quota.qty_quota if quota.qty_quota else 0.0
            quota.usage = 100 * share

    def _get_use(self, product):
        """Return (quota, taken) of a product, in its unit."""
        self.ensure_one()
        moves = self._get_taking_moves(product)
        own = moves.filtered(lambda move: self._fits(move.sale_line_id.order_id))
        taken = 0.0 if self.kind == "safety" else own._get_moved_quantity()
        limit = self.amount
        if self.measure == "percent":
            here = product.with_context(warehouse_id=self.warehouse_id.id)
            shipped = moves.filtered(lambda move: move.state == "done")
            total = here.qty_available + shipped._get_moved_quantity()
            limit = product.uom_id.round(total * self.amount / 100)
        return limit, taken

    def _get_taking_moves(self, product):
        """Return the moves of orders that hold, or took, goods of the warehouse."""
        done = Domain("state", "=", "done")
        if self.date_from:
            done &= Domain("date", ">=", self.date_from)
        moves = self.env["stock.move"].search(
            Domain("product_id", "=", product.id)
            & Domain("sale_line_id", "!=", False)
            & Domain("quantity", ">", 0)
            & Domain("location_id.warehouse_id", "=", self.warehouse_id.id)
            & (Domain("state", "in", OPEN_STATES) | done)
        )
        return moves.filtered(
            lambda move: (
                move._is_bound_for_customer()
                and (move.state != "done" or move.location_dest_id._is_outgoing())
            )
        )

    @api.model
    def _get_allowance(self, product, warehouse, order, free):
        """Return (how much more an order may reserve, quotas that say so).

        :param order: empty: any order that no quota is meant for
        :param float free: what nobody holds, in the unit of the product
        """
        quotas = self._get_holding(product, warehouse)[product]
        allowed, why = free, quotas.browse()
        for quota in quotas:
            own = quota.kind != "safety" and order and quota._fits(order)
            if quota.kind == "limit" and own:
                limit, taken = quota._get_use(product)
                if limit - taken < allowed:
                    allowed, why = limit - taken, quota
        kept = quotas.filtered(
            lambda one: (
                one.kind == "safety"
                or (one.kind == "pool" and not (order and one._fits(order)))
            )
        )
        rest = free - kept._get_kept(product)
        if rest < allowed:
            allowed, why = rest, kept
        return max(allowed, 0.0), why

    def _get_kept(self, product):
        """Return how much these quotas keep back of what nobody holds."""
        uses = [
            quota._get_use(product)
            for quota in self
            if quota.kind in ("pool", "safety")
        ]
        return sum(max(limit - taken, 0.0) for limit, taken in uses)
