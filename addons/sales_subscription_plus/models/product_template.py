from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    recurring_ok = fields.Boolean(
        string="Subscription",
        help="The product can be sold on a plan: confirming the order starts a "
        "subscription.",
    )
    sales_plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="Subscription Plan",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Plan proposed on the order line. Leave empty to sell it once unless a plan "
        "is chosen on the line.",
    )

    subscription_successor_id = fields.Many2one(
        "product.product",
        string="Successor on Subscriptions",
        index="btree_not_null",
        ondelete="set null",
        domain="[('recurring_ok', '=', True)]",
        groups="base.group_user",
        help="Once this product is not sold any more, subscriptions go on with that one "
        "from their next period, at the price agreed on; the customer is told.",
        prefetch="sales_rare",
    )
