from odoo import api, fields, models

from ...exceptions import QuotationTemplateError


class SaleOrder(models.Model):
    """The brand a quotation is shown under."""

    _inherit = "sale.order"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        compute="_compute_sales_brand_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
        help="Whose logo and colours the customer sees: the quotation template's, else "
        "the channel's, else the sales team's; empty: the company's own.",
    )

    @api.depends("sale_order_template_id", "sales_channel_id", "team_id", "company_id")
    def _compute_sales_brand_id(self):
        for order in self:
            if not order._origin or order._can_change_brand():
                order.sales_brand_id = order._get_brand_of_source()
            else:
                order.sales_brand_id = order.sales_brand_id

    def _get_brand_of_source(self):
        """Return the brand of the template, the channel or the team, in this order."""
        self.ensure_one()
        order = self.sudo()
        sources = (order.sale_order_template_id, order.sales_channel_id, order.team_id)
        brands = [source.sales_brand_id for source in sources if source.sales_brand_id]
        usable = [one for one in brands if one._is_usable_by(order.company_id)]
        return usable[0] if usable else self.env["sales.brand"]

    def _can_change_brand(self):
        return self.state in ("draft", "sent")

    def write(self, vals):
        if "sales_brand_id" in vals:
            self._check_brand_change(vals["sales_brand_id"])
        return super().write(vals)

    def _check_brand_change(self, brand_id):
        """Refuse another brand for what the customer agreed to already."""
        # sudo: the field is internal, portal users write orders too.
        changed = self.sudo().filtered(lambda one: one.sales_brand_id.id != brand_id)
        closed = changed.filtered(lambda order: not order._can_change_brand())
        if closed:
            raise QuotationTemplateError(
                self.env._(
                    "Brand: %(orders)s stays as it was agreed; only quotations change "
                    "their brand. Make a new quotation for the other brand.",
                    orders=", ".join(closed.mapped("name")),
                ),
                field="sales_brand_id",
            )
