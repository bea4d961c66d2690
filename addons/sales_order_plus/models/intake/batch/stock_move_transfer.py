from collections import Counter, defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import groupby

from .scope import get_batch, is_defined_in


class StockMove(models.Model):
    """The transfers of a batch are created together.

    Core confirms all moves at once, but searches and creates the transfer of each
    reference by itself. With references nobody has used yet there is nothing to find.
    """

    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        batch = get_batch()
        core = super()._action_confirm
        # Kits change what is confirmed on the way.
        if batch is None or not is_defined_in(self, "_action_confirm", "stock"):
            return core(merge, merge_into, create_proc)
        # A move may pull others, which are confirmed within its own confirmation.
        before = batch.unassigned, batch.assigned_ids
        batch.assigned_ids = set()
        batch.unassigned = self.filtered(
            lambda move: move.state == "draft" and move._should_be_assigned()
        )
        try:
            return core(merge, merge_into, create_proc)
        finally:
            batch.unassigned, batch.assigned_ids = before

    def _assign_picking(self):
        batch = get_batch()
        if batch and batch.unassigned and self <= batch.unassigned:
            moves, batch.unassigned = batch.unassigned, None
            moves.with_env(self.env)._assign_new_transfers(batch)
        if batch and batch.assigned_ids.issuperset(self.ids):
            batch.assigned_ids.difference_update(self.ids)
            return True
        return super()._assign_picking()

    def _assign_new_transfers(self, batch):
        """Give all moves their transfers if each reference needs a new one."""
        groups = self._group_by_transfer()
        if len(groups) < 2 or not self._need_new_transfers(groups):
            return
        pickings = self.env["stock.picking"].create(
            [moves._get_new_picking_values() for moves in groups]
        )
        for picking, moves in zip(pickings, groups, strict=True):
            moves.write({"picking_id": picking.id})
        for moves in groups:
            moves._assign_picking_post_process(new=True)
        batch.assigned_ids.update(self.ids)

    def _group_by_transfer(self):
        """Return the moves of each transfer, in the order core creates them in."""
        by_route = defaultdict(self.browse)
        for move in self:
            by_route[
                frozenset(move.reference_ids.ids),
                move.location_id,
                move.location_dest_id,
            ] |= move
        # Together in memory: what is read of one transfer is read of all.
        return [
            self.browse([move.id for move in moves]).with_prefetch(self._prefetch_ids)
            for together in by_route.values()
            for _key, moves in groupby(together, lambda m: m._key_assign_picking())
        ]

    def _need_new_transfers(self, groups):
        """Whether core would find none of the transfers, and create each."""
        wanted = Counter(id_ for moves in groups for id_ in moves.reference_ids.ids)
        positive = all(m.product_uom.compare(m.product_uom_qty, 0) >= 0 for m in self)
        if not positive or not all(moves.reference_ids for moves in groups):
            return False
        if max(wanted.values()) > 1 or not self._is_assigned_as_core():
            return False
        # sudo: a transfer counts whoever may see it.
        return not self.sudo().search(
            Domain("reference_ids", "in", list(wanted))
            & Domain("picking_id", "!=", False),
            limit=1,
        )

    def _is_assigned_as_core(self):
        return is_defined_in(self, "_assign_picking", "stock") and is_defined_in(
            self, "_search_picking_for_assignation", "stock"
        )
