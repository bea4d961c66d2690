from odoo import fields, models

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class StockMove(models.Model):
    _inherit = "stock.move"

    allocation_rank = fields.Integer(
        readonly=True,
        index="btree_not_null",
        help="Who gets goods first: -1 after all others, 0 normal, 1 and 2 before them. "
        "Follows the priority of the backorder; copied to the next step and to "
        "the rest of a partial delivery.",
    )

    # === Cancelling === #

    def _get_upstream_documents_and_responsibles(self, visited):
        """Let a salesperson cancel an order whose moves could be bought for.

        purchase_stock reads purchase orders here, to tell who is responsible for
        them, with the rights of whoever cancels.
        """
        # sudo: nothing is changed, and who is responsible is told all the same.
        moves = self.sudo()
        return super(StockMove, moves)._get_upstream_documents_and_responsibles(visited)

    # === Allocation === #

    def _action_assign(self, force_qty=False):
        """Reserve in the order of the ranks; among equals Odoo's order stays."""
        moves = self._sort_by_rank()
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _sort_by_rank(self):
        if not any(move.allocation_rank for move in self):
            return self
        return self.sorted(lambda move: -move.allocation_rank)

    # === Figures, in the unit of the product === #

    def _is_bound_for_customer(self):
        """Whether the move, or a chain it begins, ends at the customer.

        Of a delivery in steps only the first move exists at first.
        """
        self.ensure_one()
        if self.origin_returned_move_id and not self.to_refund:
            return False
        return (self.location_final_id or self.location_dest_id)._is_outgoing()

    def _get_cover(self):
        """Return how much of the demand is covered.

        :return: (reserved here or in an earlier step, supplied for this move alone)
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        demand = self.product_qty
        reserved = self._get_moved_quantity()
        chained = 0.0
        if unit.compare(reserved, demand) < 0:
            for move in self.move_orig_ids:
                if move.state not in OPEN_STATES:
                    continue
                if move._should_bypass_reservation():
                    chained += move.product_qty
                else:
                    upstream = move._get_cover()
                    reserved, chained = reserved + upstream[0], chained + upstream[1]
            requests = self.created_purchase_line_ids.filtered(
                lambda line: line.order_id.state in ("draft", "sent", "to approve")
            )
            chained += sum(requests.mapped("product_uom_qty"))
        reserved = min(reserved, demand)
        return reserved, min(chained, demand - reserved)

    def _get_missing_quantity(self):
        """Return what neither stock nor a chain of its own covers."""
        missing = self.product_qty - sum(self._get_cover())
        return missing if self.product_id.uom_id.compare(missing, 0) > 0 else 0.0
