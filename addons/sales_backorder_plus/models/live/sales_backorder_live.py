from odoo import api, models

from .ir_websocket import PREFIX

CHANGED = "sales_backorder/updated"
# What a tab shows of a backorder; notes and the like can wait.
SHOWN = frozenset(
    {"qty_open", "qty_reserved", "qty_short", "state", "date_expected", "is_late"}
)


class SalesBackorder(models.Model):
    """Tell open tabs that something changed, once this transaction is committed.

    The message holds nothing but the number of the order: each tab asks with the
    rights of its user.
    """

    _inherit = "sales.backorder"

    @api.model_create_multi
    def create(self, vals_list):
        backorders = super().create(vals_list)
        backorders._announce()
        return backorders

    def _store(self, vals):
        result = super()._store(vals)
        if not SHOWN.isdisjoint(vals):
            self._announce()
        return result

    def _announce(self):
        """Note the orders; many changes of one transaction become one message each."""
        data = self.env.cr.precommit.data
        if CHANGED not in data:
            data[CHANGED] = set()
            self.env.cr.precommit.add(self.browse()._send_announcements)
        data[CHANGED].update(self.order_id.ids)

    @api.model
    def _send_announcements(self):
        ids = self.env.cr.precommit.data.pop(CHANGED, ())
        # sudo: stock is moved by people who may not see the orders.
        orders = self.env["sale.order"].sudo().browse(sorted(ids)).exists()
        bus = self.env["bus.bus"]
        for order in orders:
            # Only who may read the order listens there: see ir.websocket.
            bus._sendone((order, PREFIX), CHANGED, {"order_id": order.id})
