from datetime import time

from odoo import api, fields, models

from ..seam.moments import get_moment


class ProductTemplate(models.Model):
    """Products that can be ordered before they are released."""

    _inherit = "product.template"

    preorder_ok = fields.Boolean(
        string="Pre-order",
        help="May be ordered before its release; delivered from the release on.",
    )
    preorder_release_date = fields.Date(
        string="Release",
        help="First day the product is delivered. From then on it is a product as any.",
        prefetch="sales_rare",
    )


class SaleOrderLine(models.Model):
    """A pre-ordered line is delivered at the release, never before."""

    _inherit = "sale.order.line"

    is_preorder = fields.Boolean(
        string="Pre-ordered",
        compute="_compute_is_preorder",
        store=True,
        precompute=True,
        help="The product was not released when it was ordered.",
    )
    preorder_release_date = fields.Date(
        related="product_id.preorder_release_date",
        help="First day the product is delivered.",
    )

    @api.depends("product_id", "order_id.date_order")
    def _compute_is_preorder(self):
        for line in self:
            product = line.product_id
            release = product.preorder_ok and product.preorder_release_date
            ordered = line.order_id.date_order or fields.Datetime.now()
            line.is_preorder = bool(release) and release > line._get_local_date(ordered)

    def _get_release_moment(self):
        """Return noon of the release day where the goods leave, in UTC."""
        order = self.order_id
        zone = order.warehouse_id.partner_id.tz or order.company_id.partner_id.tz
        return get_moment(self.preorder_release_date, time(hour=12), zone)

    def _expected_date(self):
        expected = super()._expected_date()
        if not self.is_preorder or not self.preorder_release_date:
            return expected
        return max(expected, self._get_release_moment())

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.is_preorder and self.preorder_release_date:
            # A date promised for the order does not bring the release forward.
            release = self._get_release_moment()
            for name in ("date_planned", "date_deadline"):
                values[name] = max(values[name], release)
        return values
