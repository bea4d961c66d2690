from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """How far orders are, as their customers see it."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_order_status(self, *, name: str):
        """Return how far an order is, and what its customer asked for.

        :param str name: number of the order
        :return: dict with ``order``, ``stage``, ``label``, ``shipped``,
            ``deliveries``, ``expected_on`` (UTC), ``final``, ``steps`` and
            ``requests``
        :raise UserError: if there is no such order that the user may read
        """
        order = self._get_order_by_name(name)
        requests = order._get_customer_requests()
        return {**order._get_customer_status(), "requests": requests}
