from odoo import api, fields, models

from ...exceptions import OrderTypeError
from .res_partner_class import CUSTOMER_CLASSES


class SaleOrder(models.Model):
    """What kind of order it is, where it came from, and what kind of customer it is for."""

    _inherit = "sale.order"

    order_type_id = fields.Many2one(
        "sales.order.type",
        compute="_compute_order_type_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
        help="Kind of order; decides on numbers and defaults.",
    )
    sales_channel_id = fields.Many2one(
        "sales.channel",
        compute="_compute_sales_channel_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Where the order came from.",
    )
    sales_channel_code = fields.Char(
        compute="_compute_sales_channel_code",
        inverse="_inverse_sales_channel_code",
        groups="base.group_user",
        help="Code of the sales channel; programs may set the channel by it.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES,
        compute="_compute_customer_class",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="Class of the customer when the order was made; later changes of the "
        "customer do not change it.",
    )
    customer_grade_id = fields.Many2one(
        "res.partner.grade",
        string="Customer Level",
        compute="_compute_customer_grade_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Level of the customer when the order was made.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_order_type_id(self):
        """Follow the customer until the order is saved, and never after."""
        types = self.env["sales.order.type"]
        for order in self:
            if order.order_type_id and order._origin.id:
                continue
            given = types._get_default(order.partner_id, order.company_id)
            order.order_type_id = given or order.order_type_id

    @api.depends("partner_id", "company_id")
    def _compute_sales_channel_id(self):
        """Tell the customer's own orders by who makes them."""
        channels = self.env["sales.channel"]
        for order in self.filtered(lambda one: not one.sales_channel_id):
            kind = order._get_channel_kind()
            found = channels._get_by_kind(kind, order.company_id) if kind else channels
            order.sales_channel_id = found

    def _get_channel_kind(self):
        """Return the kind of channel that is plain from how the order is made."""
        if "website_id" in self._fields and self.website_id:
            return "online"
        return "b2b_portal" if self.env.user._is_portal() else False

    @api.depends("sales_channel_id.code")
    def _compute_sales_channel_code(self):
        for order in self:
            order.sales_channel_code = order.sales_channel_id.code

    def _inverse_sales_channel_code(self):
        channels = self.env["sales.channel"]
        for order in self:
            code = order.sales_channel_code
            order.sales_channel_id = (
                channels._get_by_code(code, order.company_id) if code else channels
            )

    @api.depends("partner_id")
    def _compute_customer_class(self):
        for order in self:
            # sudo: the class is internal, the order may be made for a portal user.
            order.customer_class = order.partner_id.sudo().customer_class

    @api.depends("partner_id")
    def _compute_customer_grade_id(self):
        for order in self:
            order.customer_grade_id = order.partner_id.commercial_partner_id.grade_id

    def write(self, vals):
        if "order_type_id" in vals:
            self._check_type_change(vals["order_type_id"])
        result = super().write(vals)
        if "order_type_id" in vals:
            self._sync_sample_prices()
        return result

    def _check_type_change(self, type_id):
        """Numbers, prices and terms follow the type: it is settled at confirmation."""
        for order in self.filtered(lambda one: one.state == "sale"):
            if order.order_type_id.id != type_id:
                raise OrderTypeError(
                    self.env._(
                        "%(order)s, Order Type: the type of a confirmed order stays. "
                        "Cancel the order and set it back to quotation first.",
                        order=order.display_name,
                    )
                )

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # sudo: who invoices need not read channels.
        values["sales_channel_id"] = self.sudo().sales_channel_id.id
        return values
