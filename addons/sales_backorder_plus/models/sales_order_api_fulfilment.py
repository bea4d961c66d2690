from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """What programs ask about stock, progress and shipments of an order."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_availability(self, *, name: str):
        """Return what stock has for the lines of an order, at this moment.

        :param str name: number of the order
        :return: list of dicts with ``line_id``, ``product``, ``warehouse``, ``unit``
            (of the product), ``free`` (on hand and not reserved) and ``forecast``
            (with what is on its way) in that unit, ``short`` in the unit of the line,
            and ``expected`` (YYYY-MM-DD or None)
        :raise UserError: if there is no such order
        """
        order = self._get_order_by_name(name)
        lines = order.order_line.filtered("is_storable")
        return [self._prepare_availability(line) for line in lines]

    @api.model
    def _prepare_availability(self, line):
        product = line.product_id.with_context(warehouse_id=line.warehouse_id.id)
        return {
            "line_id": line.id,
            "product": product.default_code or product.name,
            "warehouse": line.warehouse_id.code,
            "unit": product.uom_id.name,
            "free": product.free_qty,
            "forecast": product.virtual_available,
            "short": line.qty_short,
            "expected": line.date_expected and str(line.date_expected) or None,
        }

    @api.model
    @api.readonly
    def get_fulfilment(self, *, name: str):
        """Return how far an order is, line by line, and its shipments.

        :param str name: number of the order
        :return: dict with ``order``, ``state`` (``open``, ``partly``, ``ready``,
            ``done`` or None: nothing was short), ``lines`` (dicts with ``line_id``,
            ``product``, ``unit``, ``ordered``, ``shipped``, ``returned``,
            ``reserved``, ``waiting``, ``open``, ``short``, ``cancelled``) and
            ``shipments`` (dicts with ``name``, ``state``, ``date`` in UTC,
            ``carrier``, ``tracking``, ``tracking_url`` and ``items``)
        :raise UserError: if there is no such order
        """
        order = self._get_order_by_name(name)
        lines = order.order_line.filtered(lambda line: line._has_fulfilment())
        return {
            "order": order.name,
            "state": order.backorder_state or None,
            "lines": [
                {
                    "line_id": line.id,
                    "product": line.product_id.default_code or line.product_id.name,
                    "unit": line.product_uom_id.name,
                    **line._get_fulfilment(),
                }
                for line in lines
            ],
            "shipments": [
                self._prepare_shipment(order, picking)
                for picking in order._get_shipments()
            ],
        }

    @api.model
    def _prepare_shipment(self, order, picking):
        return {
            "name": picking.name,
            "state": picking.state,
            "date": str(picking.date_done or picking.scheduled_date or ""),
            "carrier": picking.carrier_id.name or "",
            "tracking": picking.carrier_tracking_ref or "",
            "tracking_url": picking.carrier_tracking_url or "",
            "items": [
                {
                    "product": move.product_id.default_code or move.product_id.name,
                    "quantity": move.quantity
                    if move.state == "done"
                    else move.product_uom_qty,
                    "unit": move.product_uom.name,
                }
                for move in order._get_shipment_moves(picking)
            ],
        }
