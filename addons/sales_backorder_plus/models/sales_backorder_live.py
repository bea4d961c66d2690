from odoo import api, models

SENT = "sales_backorder_plus.live"
SHOWN_FIELDS = frozenset(
    {"state", "qty_short", "qty_reserved", "qty_open", "date_expected"}
)


class SalesBackorder(models.Model):
    """Open screens of an order learn that its shortage is another one.

    The message says which order, and nothing of it: who listens asks with his own
    rights. It leaves when the transaction is committed.
    """

    _inherit = "sales.backorder"

    @api.model_create_multi
    def create(self, vals_list):
        backorders = super().create(vals_list)
        backorders._send_updates()
        return backorders

    def _store(self, vals):
        result = super()._store(vals)
        if not SHOWN_FIELDS.isdisjoint(vals):
            self._send_updates()
        return result

    def _send_updates(self):
        """Tell each order once a flush."""
        sent = self.env.cr.precommit.data.setdefault(SENT, set())
        for order_id in set(self.order_id.ids) - sent:
            sent.add(order_id)
            # sudo: whoever moves stock may tell; colleagues listen, customers do not.
            self.env.ref("base.group_user").sudo()._bus_send(
                "sale_backorder/updated", {"order_id": order_id}
            )
