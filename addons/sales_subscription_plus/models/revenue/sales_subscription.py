from odoo import api, fields, models

REVENUE_GROUPS = (
    "account.group_account_readonly,account.group_account_invoice,"
    "sales_team.group_sale_manager"
)


class SalesSubscription(models.Model):
    """What is invoiced of a subscription and not earned yet."""

    _inherit = "sales.subscription"

    revenue_schedule_ids = fields.One2many(
        "sales.revenue.schedule",
        "subscription_id",
        string="Revenue Schedules",
        readonly=True,
        copy=False,
        groups=REVENUE_GROUPS,
        help="How the revenue of its invoices is spread over their days.",
    )
    deferred_revenue = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_deferred_revenue",
        groups=REVENUE_GROUPS,
        help="Invoiced and not earned yet, in the company's currency.",
    )

    @api.depends("revenue_schedule_ids.balance")
    def _compute_deferred_revenue(self):
        for subscription in self:
            schedules = subscription.revenue_schedule_ids
            subscription.deferred_revenue = sum(schedules.mapped("balance"))

    def action_view_revenue(self):
        """Open the revenue schedules of the subscription.

        :return: window action
        """
        return self._get_records_action(
            self.revenue_schedule_ids,
            "sales_subscription_plus.sales_revenue_schedule_action",
        )
