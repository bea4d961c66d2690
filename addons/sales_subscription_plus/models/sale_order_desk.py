from odoo import api, models


class SaleOrder(models.Model):
    """The counter of subscriptions to renew above the list of orders."""

    _inherit = "sale.order"

    @api.model
    def _get_desk_counters(self):
        counters = super()._get_desk_counters()
        subscriptions = self.env["sales.subscription"]
        if subscriptions.has_access("read"):
            counters.append(
                {
                    "key": "to_renew",
                    "sequence": 50,
                    "label": self.env._("To Renew"),
                    "help": self.env._("Subscriptions that end within 30 days"),
                    "count": subscriptions.search_count(
                        subscriptions._get_to_renew_domain()
                    ),
                    "tone": "info",
                    "action": "sales_subscription_plus.sales_subscription_action_renew",
                }
            )
        return counters
