from odoo import api, models
from odoo.exceptions import UserError

from ...exceptions import UnknownCodeError


class SalesOrderApi(models.AbstractModel):
    """Facade for integrators over JSON-2, XML-RPC and JSON-RPC.

    Public methods take keyword arguments only and return plain data. They run
    with the rights of the calling user; what he may not read or do, they refuse.
    """

    _name = "sales.order.api"
    _description = "Sales Order API"

    @api.model
    @api.readonly
    def get_order(self, *, name: str):
        """Return one order.

        :param str name: number of the order
        :return: dict with ``id``, ``name``, ``customer``, ``state``, ``stage``,
            ``currency``, ``amount_untaxed``, ``amount_tax``, ``amount_total`` (in that
            currency), ``guard_state``, ``guard_message`` and ``lines``, each with
            ``product``, ``description``, ``quantity``, ``unit``, ``price_unit``,
            ``discount`` (percent) and ``delivered``
        :raise UserError: if there is no such order that the user may read
        """
        return self._prepare_order_data(self._get_order_by_name(name))

    @api.model
    def confirm_order(self, *, name: str):
        """Confirm one quotation.

        :param str name: number of the order
        :return: the order as :meth:`get_order` gives it
        :raise GuardError: if something stands against it (JSON-2: 422 with findings)
        """
        order = self._get_order_by_name(name)
        order.action_confirm()
        return self._prepare_order_data(order)

    @api.model
    def _get_order_by_name(self, name):
        order = self.env["sale.order"].search([("name", "=", name)], limit=2)
        if len(order) != 1:
            raise UserError(
                self.env._(
                    "name: %(count)s orders have the number “%(name)s”. "
                    "Give the number of one order that you may read.",
                    count=len(order),
                    name=name,
                )
            )
        return order

    @api.model
    def _get_request_by_number(self, model, number, unknown):
        """Return the one request that has a number.

        :param str unknown: what is said where there is none to read
        :raise UnknownCodeError: if there is none
        """
        found = self.env[model].search([("name", "=", number)], limit=2)
        if len(found) != 1:
            raise UnknownCodeError(unknown, field="number", codes=[])
        return found

    @api.model
    def _prepare_order_data(self, order):
        return {
            "id": order.id,
            "name": order.name,
            "customer": order.partner_id.display_name,
            "state": order.state,
            "stage": order.lifecycle_stage,
            "currency": order.currency_id.name,
            "amount_untaxed": order.amount_untaxed,
            "amount_tax": order.amount_tax,
            "amount_total": order.amount_total,
            "guard_state": order.guard_state,
            "guard_message": order.guard_message or "",
            "lines": [
                self._prepare_line_data(line)
                for line in order.order_line
                if not line.display_type
            ],
        }

    @api.model
    def _prepare_line_data(self, line):
        return {
            "product": line.product_id.default_code or line.product_id.name,
            "description": line.name,
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "delivered": line.qty_delivered,
        }
