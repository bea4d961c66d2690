from odoo import api, models
from odoo.fields import Domain


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        self._reserve_ranked(company_id)
        return super()._run_scheduler_tasks(
            use_new_cursor=use_new_cursor, company_id=company_id
        )

    @api.model
    def _reserve_ranked(self, company_id=False):
        """Reserve products that somebody waits for with a rank, all moves in one call.

        The scheduler takes a thousand moves at a time in an order of its own: a
        critical one in the second thousand would come too late.
        """
        domain = self._get_moves_to_assign_domain(company_id)
        moves = self.env["stock.move"]
        ranked = moves.search(domain & Domain("allocation_rank", "in", (-1, 1, 2)))
        if ranked:
            rivals = domain & Domain("product_id", "in", ranked.product_id.ids)
            order = "reservation_date, priority desc, date, id"
            # sudo: as the scheduler itself does.
            moves.search(rivals, order=order).sudo()._action_assign()
