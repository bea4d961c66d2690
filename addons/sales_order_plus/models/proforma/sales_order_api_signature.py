from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """Signatures of an external provider for programs."""

    _inherit = "sales.order.api"

    @api.model
    def request_signature(self, *, name: str, provider: str = ""):
        """Send a quotation to an external provider to be signed.

        :param str name: number of the quotation
        :param str provider: code of the provider; empty: the company's
        :return: the request as :meth:`get_signature_request` gives it
        :raise SignatureError: if there is no such provider, or nothing to sign
        """
        order = self._get_order_by_name(name)
        if provider:
            order.action_request_signature(provider=provider)
        else:
            order.action_ask_for_signature()
        return self._prepare_signature_data(order)

    @api.model
    @api.readonly
    def get_signature_request(self, *, name: str):
        """Return how far the last request for a signature of a quotation is.

        :param str name: number of the quotation
        :return: dict with ``state`` (waiting, signed, declined, outdated; empty: it was
            never asked for), ``provider``, ``reference``, ``url`` and ``reason``
        """
        return self._prepare_signature_data(self._get_order_by_name(name))

    @api.model
    def _prepare_signature_data(self, order):
        request = order._get_last_signature_request()
        names = ("state", "provider", "reference", "url", "reason")
        return {name: request[name] or "" for name in names}
