"""A customer cancels by himself; the order comes in sudo from who checked it is his."""

from odoo import models

from ..change.sales_order_change_impact import rolled_back


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _request_cancellation_as_customer(self, quantities, reason, note=""):
        """Cancel as the customer of this order, or ask where somebody has to decide.

        :param dict quantities: {order line id: quantity}; None: the whole order
        :param reason: a reason that customers may choose
        :param str note: what he wrote
        :return: the cancellation
        :raise CancellationError: the window is closed, or whatever else
        """
        self.ensure_one()
        self._ensure_cancel_window()
        one = self._new_cancellation(quantities, reason, note, "portal")
        one.action_cancel_now()
        return one

    def _preview_cancellation_as_customer(self, quantities, reason, note=""):
        """Return what cancelling would cost, without keeping anything.

        :return: dict with ``fee`` (untaxed), ``refund`` and ``total`` (with taxes),
            ``state`` the cancellation would have, ``lines`` as the page shows them,
            ``currency`` and ``texts``
        """
        self.ensure_one()
        with rolled_back(self.env.cr):
            one = self._request_cancellation_as_customer(quantities, reason, note)
            money = (one.impact or {}).get("money") or {}
            left = 0.0 if self.state == "cancel" else self.amount_total
            data = {
                "fee": money.get("fee", 0.0),
                "refund": money.get("refund", 0.0),
                "total": left,
                "state": one.state,
                "lines": one._prepare_customer_rows(),
                "currency": self.currency_id.name,
                "texts": one._get_customer_texts(money.get("refund", 0.0)),
            }
        self.env.invalidate_all()
        return data


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _get_customer_texts(self, refund):
        """Return what the customer has to know before he sends it."""
        self.ensure_one()
        texts = [self.order_id._get_cancel_window()["text"]]
        if self.state == "applied":
            texts = [self.env._("It is cancelled as soon as you send it.")]
        elif self.state == "submitted":
            texts = [self.env._("We look at it and let you know.")]
        if refund:
            texts.append(self.env._("What you have paid goes back the way it came."))
        return texts
