from odoo import api, models

from ...exceptions import LineRuleError


class SalesOrderApi(models.AbstractModel):
    """Lines, taxes, sources and currencies of an order, for integrators."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_order_taxes(self, *, name: str):
        """Return the taxes of one order by jurisdiction, and duties abroad.

        :param str name: number of the order
        :return: dict with ``currency``, ``amount_tax``, ``jurisdictions`` (list of
            ``level``, ``name``, ``base``, ``tax``; empty if no tax has one),
            ``duties`` (list of ``name``, ``percent``, ``base``, ``duty``) and
            ``duty_estimate``, which is not part of the total
        """
        order = self._get_order_by_name(name)
        return {
            "currency": order.currency_id.name,
            "amount_tax": order.amount_tax,
            "jurisdictions": order.tax_breakdown or [],
            "duties": order.duty_breakdown or [],
            "duty_estimate": order.duty_estimate,
        }

    @api.model
    @api.readonly
    def get_order_lines(self, *, name: str):
        """Return what is to be known of each line beyond its amounts.

        :param str name: number of the order
        :return: list of dicts with ``id``, ``sku``, ``barcode``, ``customer_code``,
            ``quantity``, ``unit``, ``quantity_issue``, ``quantity_suggested``,
            ``list_price``, ``price_source``, ``warehouse``, ``location``,
            ``estimated_delivery``, ``is_preorder`` and ``warranty_end``
        """
        order = self._get_order_by_name(name)
        lines = order.order_line.filtered("product_id")
        return [self._prepare_line_details(line) for line in lines]

    @api.model
    def _prepare_line_details(self, line):
        return {
            "id": line.id,
            "sku": line.product_code or "",
            "barcode": line.product_barcode or "",
            "customer_code": line.customer_product_code or "",
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "quantity_issue": line.qty_issue or "",
            "quantity_suggested": line.qty_suggested,
            "list_price": line.list_price_unit,
            "price_source": line.price_source or "",
            "warehouse": line.warehouse_id.code or "",
            "location": line.source_location_id.complete_name or "",
            "estimated_delivery": line.estimated_delivery_date,
            "is_preorder": line.is_preorder,
            "warranty_end": line.warranty_end,
        }

    @api.model
    def add_product(self, *, name: str, code: str, quantity: float = 1.0):
        """Add a product to a quotation by its number.

        :param str name: number of the quotation
        :param str code: barcode, our number, or the customer's number of the product
        :param float quantity: how many, above 0
        :return: dict with ``line_id``, ``product`` and ``quantity`` of the line
        """
        order = self._get_order_by_name(name)
        return order.add_product(code=code, quantity=quantity)

    @api.model
    def allocate_warehouses(self, *, name: str):
        """Let the lines of a quotation be delivered from where the goods are.

        :param str name: number of the quotation
        :return: the lines as :meth:`get_order_lines` gives them
        """
        self._get_order_by_name(name).action_allocate_warehouses()
        return self.get_order_lines(name=name)

    @api.model
    def change_currency(self, *, name: str, currency: str, rate: float = 0.0):
        """Put a quotation into another currency; see the wizard Change Currency.

        :param str name: number of the quotation
        :param str currency: code of the currency, such as EUR
        :param float rate: one unit of the old currency in the new one; 0: today's
        :return: the order as :meth:`get_order` gives it
        """
        order = self._get_order_by_name(name)
        found = self.env["res.currency"].search([("name", "=", currency)], limit=1)
        if not found:
            raise LineRuleError(
                self.env._(
                    "currency: there is no active currency “%(code)s”. Activate it or "
                    "give another code.",
                    code=currency,
                ),
                field="currency",
            )
        wizard = self.env["sales.currency.change"].create(
            {"order_id": order.id, "currency_id": found.id}
        )
        if rate:
            wizard.rate = rate
        wizard.action_apply()
        return self._prepare_order_data(order)
