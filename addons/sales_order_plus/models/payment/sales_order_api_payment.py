from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """Money of an order, for integrators."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_credit_status(self, *, name: str):
        """Return where the customer of an order stands with his credit.

        :param str name: number of the order
        :return: dict with ``state`` (none, ok, over, overdue, hold), ``currency`` (of
            the company), ``exposure``, ``limit``, ``available`` and ``overdue``
        """
        order = self._get_order_by_name(name)
        return {
            "state": order.credit_state,
            "currency": order.company_currency_id.name,
            "exposure": order.credit_exposure,
            "limit": order.credit_limit_amount,
            "available": order.credit_available,
            "overdue": order.credit_overdue,
        }

    @api.model
    def release_order(self, *, name: str, reason: str, amount: float | None = None):
        """Let an order go on that is held for credit or risk.

        :param str name: number of the order
        :param str reason: why it may go on
        :param float amount: what it may add to the debt in the currency of the
            company, to let somebody raise it later; left out: what it adds now
        :return: the order as :meth:`get_order` gives it
        :raise ReleaseError: if nothing of the kind stands against it, or no reason
        """
        order = self._get_order_by_name(name)
        order._release(reason, amount)
        return self._prepare_order_data(order)

    @api.model
    def update_taxes(self, *, name: str):
        """Ask the tax provider for the taxes of a quotation.

        :param str name: number of the order
        :return: the order as :meth:`get_order` gives it, with ``tax_notice``: why the
            taxes are not the provider's, or False
        :raise TaxProviderError: if it is no quotation, or no service is asked
        """
        order = self._get_order_by_name(name)
        order.action_ask_taxes()
        return {**self._prepare_order_data(order), "tax_notice": order.tax_notice}
