from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_common_brand(self):
        """Return the brand all these orders have, an empty recordset without one."""
        brands = [order.sales_brand_id for order in self]
        alike = brands and all(brand == brands[0] for brand in brands)
        return brands[0] if alike else self.env["sales.brand"]


class AccountMove(models.Model):
    """Invoices look like the order they are for: on paper and in e-mails."""

    _inherit = "account.move"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        compute="_compute_sales_brand_id",
        compute_sudo=True,
        groups="base.group_user",
        help="Whose logo and colours the invoice shows: the brand of the orders it is "
        "for; empty: the company's own, also where its orders have several brands.",
    )

    @api.depends("move_type", "invoice_line_ids.sale_line_ids.order_id.sales_brand_id")
    def _compute_sales_brand_id(self):
        for move in self:
            sold = move.invoice_line_ids if move.is_sale_document() else None
            orders = sold.sale_line_ids.order_id if sold else self.env["sale.order"]
            move.sales_brand_id = orders._get_common_brand()


class StockPicking(models.Model):
    """Delivery and return slips look like the order they are for."""

    _inherit = "stock.picking"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        compute="_compute_sales_brand_id",
        compute_sudo=True,
        groups="base.group_user",
        help="Whose logo and colours the delivery slip shows: the brand of its orders; "
        "empty: the company's own, also where they have several brands.",
    )

    @api.depends("sale_id.sales_brand_id", "move_ids.sale_line_id")
    def _compute_sales_brand_id(self):
        for picking in self:
            orders = picking.move_ids.sale_line_id.order_id or picking.sale_id
            picking.sales_brand_id = orders._get_common_brand()
