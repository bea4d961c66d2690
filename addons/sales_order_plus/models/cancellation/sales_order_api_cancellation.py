from odoo import api, models

from ...exceptions import CancellationError
from ..change.sales_order_change_impact import rolled_back


class SalesOrderApi(models.AbstractModel):
    """Cancel orders and lines of them."""

    _inherit = "sales.order.api"

    @api.model
    def preview_cancellation(
        self, *, name: str, reason: str, lines: dict | None = None, note: str = ""
    ):
        """Try a cancellation and keep nothing.

        :param str name: number of the order
        :param str reason: code of the reason
        :param dict lines: {order line id: quantity in the unit of the line}; None: all
        :param str note: what there is to say about it
        :return: dict as :meth:`get_cancellation` gives it, without a number
        :raise CancellationError: names the ``field`` and the ``rule`` against it
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        with rolled_back(self.env.cr):
            one = order._new_cancellation(lines, reason, note, "rpc")
            one.action_preview()
            data = one._prepare_data()
        self.env.invalidate_all()
        return {**data, "id": False, "number": ""}

    @api.model
    def cancel_order(
        self, *, name: str, reason: str, lines: dict | None = None, note: str = ""
    ):
        """Cancel an order or lines of it, or ask for it where somebody has to decide.

        :param str name: number of the order
        :param str reason: code of the reason
        :param dict lines: {order line id: quantity in the unit of the line}; None: all
        :param str note: what there is to say about it
        :return: dict as :meth:`get_cancellation` gives it
        :raise CancellationError: names the ``field`` and the ``rule`` against it
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        one = order._new_cancellation(lines, reason, note, "rpc")
        one.action_cancel_now()
        return one._prepare_data()

    @api.model
    def get_cancellation(self, *, number: str):
        """Return a cancellation: its state, moments (UTC), amounts and impact.

        :param str number: number of the cancellation
        """
        return self._get_cancellation_by_number(number)._prepare_data()

    @api.model
    def withdraw_cancellation(self, *, number: str, reason: str = ""):
        """Withdraw a cancellation that is not decided.

        :param str number: number of the cancellation
        :param str reason: why
        :return: dict as :meth:`get_cancellation` gives it
        """
        one = self._get_cancellation_by_number(number)
        one.action_withdraw(reason=reason)
        return one._prepare_data()

    @api.model
    def _get_cancellation_by_number(self, number):
        one = self.env["sales.order.cancellation"].search([("name", "=", number)])
        if not one:
            raise CancellationError(
                self.env._("number: there is no cancellation “%s”.", number),
                field="number",
                rule="unknown",
            )
        return one[0]
