from datetime import time

from odoo import fields, models

from odoo.addons.sales_order_plus.models.seam.moments import get_moment


class SaleOrderLine(models.Model):
    """Lines that are delivered together: on the day the last of them is there.

    Only the planned dates of their moves follow; deadlines stay what was promised.
    """

    _inherit = "sale.order.line"

    delivery_group = fields.Char(
        string="Deliver Together",
        size=20,
        groups="base.group_user",
        help="Lines of an order with the same letter or word here are delivered on the "
        "day the last of them is there. Empty: each as soon as it is there.",
        prefetch="sales_rare",
    )

    def write(self, vals):
        result = super().write(vals)
        if "delivery_group" in vals:
            confirmed = self.filtered(lambda line: line.state == "sale")
            # Those that leave a group, and those that stay in it.
            mates = confirmed.order_id.order_line.filtered("delivery_group")
            (confirmed - mates)._plan_moves_alone()
            self._note_stock_changes(mates.ids)
        return result

    def _follow_stock_changes(self, product_ids, supplied_ids):
        # First: the estimates follow the planned dates.
        self.order_id.order_line._plan_groups()
        return super()._follow_stock_changes(product_ids, supplied_ids)

    def _plan_groups(self):
        grouped = self.filtered(lambda one: one.delivery_group and one.state == "sale")
        for lines in grouped.grouped(
            lambda one: (one.order_id, one.delivery_group)
        ).values():
            moments = [line._get_ready_moment() for line in lines]
            # Nobody knows yet when the last of them comes.
            if all(moments):
                lines._plan_moves(max(moments))

    def _plan_moves_alone(self):
        for line in self:
            if moment := line._get_ready_moment():
                line._plan_moves(moment)

    def _plan_moves(self, moment):
        """Plan what is still to leave for ``moment``."""
        for line in self:
            moves = line._get_final_moves()
            moves.filtered(lambda move: move.date != moment).write({"date": moment})

    def _get_ready_moment(self):
        """Return when the line alone could leave, or False if nobody knows."""
        self.ensure_one()
        planned = self._prepare_procurement_values()["date_planned"]
        backorder = self._get_open_backorder()
        if not backorder:
            return planned
        if not backorder.date_expected:
            return False
        day, tz = backorder.date_expected, backorder._get_timezone()
        return max(planned, get_moment(day, time(hour=12), tz))
