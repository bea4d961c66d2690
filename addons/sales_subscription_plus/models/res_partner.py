from odoo import api, fields, models

SUBSCRIPTION_GROUPS = (
    "sales_team.group_sale_salesman,"
    "account.group_account_readonly,"
    "account.group_account_invoice"
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    sales_subscription_ids = fields.One2many(
        "sales.subscription",
        "partner_id",
        string="Subscriptions",
        groups=SUBSCRIPTION_GROUPS,
        help="Subscriptions of this contact.",
    )
    sales_subscription_count = fields.Integer(
        string="Subscription Count",
        compute="_compute_sales_subscription_count",
        groups=SUBSCRIPTION_GROUPS,
        help="Subscriptions of this contact and its addresses that you may see.",
    )

    @api.depends_context("uid")
    @api.depends("child_ids", "sales_subscription_ids")
    def _compute_sales_subscription_count(self):
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        self.sales_subscription_count = 0
        for partner, count in self.env["sales.subscription"]._read_group(
            [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
        ):
            while partner:
                if partner in self:
                    partner.sales_subscription_count += count
                partner = partner.parent_id

    def action_view_subscriptions(self):
        """Open the subscriptions of this contact and its addresses.

        :return: window action
        """
        self.ensure_one()
        subscriptions = self.env["sales.subscription"].search(
            [("partner_id", "child_of", self.ids)]
        )
        return subscriptions._get_view_action()
