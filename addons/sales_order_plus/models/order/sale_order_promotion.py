from odoo import api, fields, models


class SaleOrder(models.Model):
    """Which promotions an order owes itself to."""

    _inherit = "sale.order"

    promotion_ids = fields.Many2many(
        "loyalty.program",
        relation="sale_order_promotion_rel",
        column1="order_id",
        column2="program_id",
        string="Promotions",
        compute="_compute_promotion_ids",
        store=True,
        groups="base.group_user",
        help="Programs whose rewards or coupons the order uses.",
    )
    promotion_id = fields.Many2one(
        "loyalty.program",
        string="Main Promotion",
        compute="_compute_promotion_ids",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The promotion that gave most; the turnover of the order counts for it "
        "in the analysis.",
        prefetch="sales_rare",
    )

    @api.depends(
        "order_line.reward_id", "order_line.price_subtotal", "applied_coupon_ids"
    )
    def _compute_promotion_ids(self):
        for order in self:
            rewarded = order.order_line.filtered("reward_id")
            programs = rewarded.reward_id.program_id
            order.promotion_ids = programs | order.applied_coupon_ids.program_id
            best = rewarded.sorted("price_subtotal")[:1].reward_id.program_id
            order.promotion_id = best or order.promotion_ids[:1]
