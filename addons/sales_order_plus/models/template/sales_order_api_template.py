import base64

from odoo import api, models

from ...exceptions import QuotationTemplateError


class SalesOrderApi(models.AbstractModel):
    """Templates, sections and workbooks."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def list_templates(self, *, customer_id: int | None = None):
        """Return the quotation templates that are offered today.

        :param int customer_id: id of a customer; those that fit him come first
        :return: list of dicts with ``id``, ``name``, ``rank`` (0 the customer's own to
            4 everybody's, None without a customer or if meant for others)
        """
        templates = self.env["sale.order.template"].search([("in_season", "=", True)])
        order = self.env["sale.order"].new({"partner_id": customer_id})
        rows = [
            {
                "id": template.id,
                "name": template.name,
                "rank": template._get_scope_rank(order) if customer_id else None,
            }
            for template in templates
        ]
        return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0))

    @api.model
    def group_lines_by_category(self, *, name: str):
        """Sort the lines of a quotation under a section a product category.

        :param str name: number of the quotation
        :return: the order as :meth:`get_order` gives it
        :raise QuotationTemplateError: if it is no quotation, or has other sections
        """
        order = self._get_order_by_name(name)
        order.action_group_by_category()
        return self._prepare_order_data(order)

    @api.model
    @api.readonly
    def export_xlsx(self, *, name: str):
        """Return an order as a workbook with live formulas.

        :param str name: number of the order
        :return: dict with ``filename`` and ``content_base64``
        """
        order = self._get_order_by_name(name)
        content = base64.b64encode(order._render_spreadsheet()).decode()
        return {"filename": order._get_spreadsheet_name(), "content_base64": content}

    @api.model
    @api.readonly
    def list_recommendations(self, *, name: str, limit: int = 5):
        """Return what customers bought most often with the products of an order.

        :param str name: number of the order
        :param int limit: most products to return, 1 to 50
        :return: list of dicts with ``product_id``, ``product`` and ``orders`` (in how
            many orders of the last twelve months both were)
        :raise QuotationTemplateError: if the limit is out of range
        """
        if not 1 <= limit <= 50:
            raise QuotationTemplateError(
                self.env._("limit: choose a number from 1 to 50.")
            )
        order = self._get_order_by_name(name)
        return [
            {
                "product_id": product.id,
                "product": product.default_code or product.name,
                "orders": count,
            }
            for product, count in order._get_recommendations(limit)
        ]
