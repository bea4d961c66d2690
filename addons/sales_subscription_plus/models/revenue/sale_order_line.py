from odoo import fields, models


class SaleOrderLine(models.Model):
    """The days that what is sold is for, handed on to the invoice."""

    _inherit = "sale.order.line"

    sales_service_from = fields.Date(
        string="Service From",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="First day that is paid for with the line.",
    )
    sales_service_to = fields.Date(
        string="Service To",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Last day that is paid for with the line.",
    )

    def _prepare_invoice_line(self, **optional_values):
        vals = super()._prepare_invoice_line(**optional_values)
        if vals.get("display_type") == "product" and self.sales_service_to:
            vals["sales_service_from"] = self.sales_service_from
            vals["sales_service_to"] = self.sales_service_to
        return vals
