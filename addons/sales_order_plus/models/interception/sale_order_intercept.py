from odoo import api, models


class SaleOrder(models.Model):
    """Calling back what is on its way, from the order."""

    _inherit = "sale.order"

    def action_intercept_deliveries(self, *, note: str = ""):
        """Call back all parcels of these orders that are on their way.

        :param str note: why; kept, and told to the carrier
        :return: ids of the ``sales.delivery.intercept``
        :raise InterceptError: if nothing is on its way
        """
        ids = []
        for order in self:
            order.check_access("write")
            # sudo: transfers are not the salesperson's.
            going = order.sudo().picking_ids.filtered(
                lambda one: (
                    one.state == "done" and one.location_dest_id.usage == "customer"
                )
            )
            for picking in going or order.sudo().picking_ids[:1]:
                ids += picking._intercept(note).ids
        return ids


class SalesOrderApi(models.AbstractModel):
    _inherit = "sales.order.api"

    @api.model
    def intercept_order(self, *, name: str, note: str = ""):
        """Call back the parcels of an order that are on their way.

        :param str name: number of the order
        :param str note: why
        :return: list of dicts with ``transfer``, ``carrier``, ``tracking`` and ``state``
            (requested: the carrier is asked in a moment)
        :raise InterceptError: if nothing is on its way
        """
        order = self._get_order_by_name(name)
        ids = order.action_intercept_deliveries(note=note)
        return [
            {
                "transfer": one.picking_id.sudo().name,
                "carrier": one.carrier_id.name or "",
                "tracking": one.tracking_ref or "",
                "state": one.state,
            }
            for one in self.env["sales.delivery.intercept"].browse(ids)
        ]
