from odoo import api, fields, models

from .res_partner_class import CUSTOMER_CLASSES


class SaleOrder(models.Model):
    """What kind of order it is, where it came from, and what kind of customer it is for."""

    _inherit = "sale.order"

    order_type_id = fields.Many2one(
        "sales.order.type",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
        help="Kind of order; decides on numbers and defaults.",
    )
    sales_channel_id = fields.Many2one(
        "sales.channel",
        check_company=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Where the order came from.",
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

    @api.depends("partner_id")
    def _compute_customer_class(self):
        for order in self:
            # sudo: the class is internal, the order may be made for a portal user.
            order.customer_class = order.partner_id.sudo().customer_class
