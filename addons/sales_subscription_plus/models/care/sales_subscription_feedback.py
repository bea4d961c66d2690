from odoo import models


class SalesSubscription(models.Model):
    """Customers rate their subscription from a mail, without logging in."""

    _name = "sales.subscription"
    # First: it brings mail.thread, which has to come after it.
    _inherit = ["rating.mixin", "sales.subscription"]

    def rating_apply(self, rate, **kwargs):
        """A low rating is something to do for the salesperson."""
        rating = super().rating_apply(rate, **kwargs)
        for subscription in self:
            if rate <= int(subscription.sudo().plan_id.low_rating):
                summary = self.env._(
                    "%(customer)s is not happy", customer=subscription.partner_id.name
                )
                subscription._tell(summary, rating.feedback or "")
        return rating
