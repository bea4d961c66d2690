from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """What customers are offered before they cancel."""

    _inherit = "sales.order.api"

    @api.model
    def get_retention_offer(self, *, name: str, reason: str):
        """Return what the customer is offered for keeping the order; once for each.

        :param str name: number of the order
        :param str reason: code of the reason he gives
        :return: dict with ``name``, ``description``, ``kind`` and ``until``; empty:
            there is nothing to offer
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        found = self.env["sales.cancel.reason"]._get_by_name(reason)
        return order._show_offer_to_customer(found) or {}

    @api.model
    def accept_retention_offer(
        self, *, name: str, reason: str, lines: dict | None = None, note: str = ""
    ):
        """Keep the order for what was offered: what was promised is done.

        :param str name: number of the order
        :param str reason: code of the reason for which it was to be cancelled
        :param dict lines: {order line id: quantity} that was to be cancelled; None: all
        :param str note: what there is to say about it
        :return: dict as :meth:`get_cancellation` gives it, with the state ``retained``
        :raise OfferError: if nothing is offered any more
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        one = order._new_cancellation(lines, reason, note, "rpc")
        one.action_accept_offer()
        return one._prepare_data()
