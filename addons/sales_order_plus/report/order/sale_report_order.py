from odoo import fields, models

from ...models.order.res_partner_class import CUSTOMER_CLASSES
from ...models.order.sale_order_bulk import CLASSIFICATIONS


class SaleReport(models.Model):
    """Sales by type, channel, class of customer."""

    _inherit = "sale.report"

    order_type_id = fields.Many2one(
        "sales.order.type", readonly=True, help="Kind of order."
    )
    sales_channel_id = fields.Many2one(
        "sales.channel", readonly=True, help="Where the order came from."
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES,
        string="Customer Type",
        readonly=True,
        help="Class of the customer when the order was made.",
    )
    customer_grade_id = fields.Many2one(
        "res.partner.grade",
        string="Customer Level",
        readonly=True,
        help="Level of the customer when the order was made.",
    )
    order_classification = fields.Selection(
        selection=CLASSIFICATIONS,
        string="Classification",
        readonly=True,
        help="Standard, promotional, bulk or custom.",
    )
    territory_id = fields.Many2one(
        "sales.territory", readonly=True, help="Where the order was delivered to."
    )
    promotion_id = fields.Many2one(
        "loyalty.program", readonly=True, help="The promotion that gave most."
    )
    affiliate_id = fields.Many2one(
        "sales.affiliate", readonly=True, help="Whose link brought the customer."
    )

    def _get_order_dimensions(self):
        """Return the columns of the order that are carried into the analysis."""
        return [
            "order_type_id",
            "sales_channel_id",
            "customer_class",
            "customer_grade_id",
            "order_classification",
            "territory_id",
            "promotion_id",
            "affiliate_id",
        ]

    def _select_additional_fields(self):
        columns = super()._select_additional_fields()
        for name in self._get_order_dimensions():
            # The analysis is grouped by the order: s.id is its key.
            columns[name] = f"s.{name}"
        return columns
