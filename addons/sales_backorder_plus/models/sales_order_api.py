from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SalesOrderApi(models.AbstractModel):
    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def list_backorders(
        self, *, name: str | None = None, state: str = "open", limit: int = 80
    ):
        """Return what orders still lack, the most urgent first.

        :param str name: number of an order; all orders the caller may read without it
        :param str state: ``open``, ``filled`` or ``cancelled``
        :param int limit: most records to return, 1 to 1000
        :return: list of dicts with ``id``, ``order``, ``customer``, ``product``,
            ``unit``, ``ordered``, ``delivered``, ``to_deliver``, ``reserved``,
            ``short`` (quantities in that unit), ``priority`` (0 low to 3 critical),
            ``promised`` and ``expected`` (dates as YYYY-MM-DD or None),
            ``source`` of the expected date, ``late`` and ``explanation``
        :raise UserError: if there is no such order or state, or the limit is out of
            range
        """
        if not 1 <= limit <= 1000:
            raise UserError(self.env._("limit: choose a number from 1 to 1000."))
        states = self.env["sales.backorder"]._fields["state"].get_values(self.env)
        if state not in states:
            raise UserError(
                self.env._("state: choose one of %s.", ", ".join(sorted(states)))
            )
        domain = Domain("state", "=", state)
        if name is not None:
            domain &= Domain("order_id", "=", self._get_order_by_name(name).id)
        order = "priority desc, date_promised, id"
        backorders = self.env["sales.backorder"].search(
            domain, order=order, limit=limit
        )
        return [self._prepare_backorder_data(backorder) for backorder in backorders]

    @api.model
    def set_backorder_priority(
        self, *, name: str, priority: str, product: str | None = None
    ):
        """Set who gets the next receipt first.

        :param str name: number of the order
        :param str priority: ``0`` low, ``1`` medium, ``2`` high or ``3`` critical
        :param str product: reference or name of the product; all open backorders of the
            order without it
        :return: the changed backorders as :meth:`list_backorders` gives them
        :raise UserError: if nothing open matches or the priority is unknown
        :raise AccessError: if the caller may not change them
        """
        levels = dict(self.env["sales.backorder"]._fields["priority"].selection)
        if priority not in levels:
            raise UserError(
                self.env._("priority: choose one of %s.", ", ".join(sorted(levels)))
            )
        domain = Domain("state", "=", "open")
        domain &= Domain("order_id", "=", self._get_order_by_name(name).id)
        if product is not None:
            domain &= Domain("product_id.default_code", "=", product) | Domain(
                "product_id.name", "=", product
            )
        backorders = self.env["sales.backorder"].search(domain)
        if not backorders:
            raise UserError(
                self.env._("product: the order has no such open backorder to set.")
            )
        backorders.write({"priority": priority})
        return [self._prepare_backorder_data(backorder) for backorder in backorders]

    @api.model
    def _prepare_backorder_data(self, backorder):
        product = backorder.product_id
        return {
            "id": backorder.id,
            "order": backorder.order_id.name,
            "customer": backorder.partner_id.display_name,
            "product": product.default_code or product.name,
            "unit": backorder.product_uom_id.name,
            "ordered": backorder.qty_ordered,
            "delivered": backorder.qty_delivered,
            "to_deliver": backorder.qty_open,
            "reserved": backorder.qty_reserved,
            "short": backorder.qty_short,
            "priority": backorder.priority,
            "promised": backorder.date_promised
            and str(backorder.date_promised)
            or None,
            "expected": backorder.date_expected
            and str(backorder.date_expected)
            or None,
            "source": backorder.date_source,
            "late": backorder.is_late,
            "explanation": backorder.supply_note or "",
        }
