from odoo import models
from odoo.orm.registry import TriggerTree
from odoo.tools.lru import LRU

# Where Odoo keeps the triggers of one field, and forgets them when fields change.
MERGED = "sales_order_plus.merged"
# Sets of fields that are changed together, for which the triggers are kept.
KEPT = 1024


class Base(models.AbstractModel):
    """Every model: what is to be computed when several fields change is merged once.

    The triggers of each field are a tree. Odoo merges those of all fields that change,
    thousands of branches for a new order, with each change.
    """

    _inherit = "base"

    def _modified(self, fields, create):
        tree = _leave_out(self._get_merged_triggers(fields), self._is_triggered)
        if not tree:
            return ()
        # sudo: whatever depends on it, as Odoo does.
        changed = self.sudo().with_context(active_test=False)
        return changed._modified_triggers(tree, create)

    def _is_triggered(self, field):
        """Return whether a field is saved, or known of any record."""
        stored = field.compute and field.store
        return stored or bool(field._get_all_cache_ids(self.env))

    def _get_merged_triggers(self, fields):
        pool = self.pool
        if len(fields) == 1:
            return pool.get_field_trigger_tree(fields[0])
        merged = pool._field_trigger_trees.get(MERGED)
        if merged is None:
            merged = pool._field_trigger_trees[MERGED] = LRU(KEPT)
        key = tuple(fields)
        try:
            return merged[key]
        except KeyError:
            tree = merged[key] = pool.get_trigger_tree(
                fields, select=lambda _field: True
            )
            return tree


def _leave_out(tree, is_triggered):
    """Return the tree of triggers without the fields of which that is not true."""
    result = TriggerTree([field for field in tree.root if is_triggered(field)])
    for label, branch in tree.items():
        kept = _leave_out(branch, is_triggered)
        if kept:
            result[label] = kept
    return result
