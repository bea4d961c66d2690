from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# Comes after all tiers.
NO_TIER = (10**9, 0)


class StockMove(models.Model):
    """In which order moves get goods, and which of them must not lose any."""

    _inherit = "stock.move"

    def _sort_by_rank(self):
        if len(self) < 2 or not self.env["sales.backorder.policy"]._has_records():
            return super()._sort_by_rank()
        ranks = self._get_ranks()
        return self.sorted(ranks.get)

    def _get_ranks(self, policies=None):
        """Return {move: rank}; lower ranks first.

        By priority, tier, promised day, age, margin; the id makes it stable.

        :param dict policies: of the moves, if they are known already
        """
        policies, margins = policies or self._get_policies(), self._get_line_margins()
        return {move: move._get_rank(policies[move], margins) for move in self}

    def _get_policies(self):
        """Return {move: policy that holds for its order}."""
        # sudo: who is served first is decided by orders of others, too.
        model, moves = self.env["sales.backorder.policy"], self.sudo()
        found = model._get_for_each(moves.sale_line_id.order_id)
        return {
            move: found.get(internal.sale_line_id.order_id, model.sudo())
            for move, internal in zip(self, moves, strict=True)
        }

    def _get_line_margins(self):
        """Return {id of an order line: its margin as it is in the database}.

        Without computing what is due: in the midst of a delivery the cost of its line
        would be fixed before Odoo has counted what leaves.
        """
        # sudo: as for the policies.
        lines = self.sudo().sale_line_id
        if not lines:
            return {}
        query = SQL("SELECT id, margin FROM sale_order_line WHERE id IN %s", lines._ids)
        return dict(self.env.execute_query(query))

    def _get_rank(self, policy, margins):
        self.ensure_one()
        line = self.sudo().sale_line_id
        promised = line.order_id.commitment_date or self.date
        return (
            -self.allocation_rank,
            (policy.sequence, policy.id) if policy else NO_TIER,
            promised.date(),
            (line.order_id.date_order or self.create_date or promised).date(),
            -(margins.get(line.id) or 0.0),
            self.id,
        )

    def _get_firm_reason(self, policy):
        """Return why nobody may take what the move has reserved, or False.

        :return: ``picked``, ``packed``, ``printed``, ``batch``, ``lot``, ``promised``
        """
        self.ensure_one()
        details, picking = self.move_line_ids, self.picking_id
        if self.picked or any(details.mapped("picked")):
            return "picked"
        if details.result_package_id:
            return "packed"
        if picking.printed:
            return "printed"
        # Of an addon that may not be there.
        if "batch_id" in picking and picking["batch_id"]:
            return "batch"
        if details.lot_id:
            return "lot"
        return self._is_promised_soon(policy.firm_days) and "promised"

    def _is_promised_soon(self, days):
        promised = self.sudo().sale_line_id.order_id.commitment_date
        if not days or not promised:
            return False
        return promised <= fields.Datetime.now() + timedelta(days=days)
