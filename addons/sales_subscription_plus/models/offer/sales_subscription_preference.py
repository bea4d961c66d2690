from odoo import models

# What a step of the customer tells about a product.
LEFT_OUT, SWAPPED_OUT, CHOSEN = -1.0, -2.0, 2.0


class SalesSubscription(models.Model):
    """What customers do with their subscriptions tells what they like."""

    _inherit = "sales.subscription"

    def action_skip_next(self):
        result = super().action_skip_next()
        preferences = self.env["sales.customer.preference"]
        for subscription in self:
            # sudo: products of what was agreed.
            products = subscription.sudo().line_ids.product_id
            preferences._observe(subscription.partner_id, products, LEFT_OUT)
        return result

    def rating_apply(self, rate, **kwargs):
        """A rating says something of all products, a little."""
        rating = super().rating_apply(rate, **kwargs)
        for subscription in self.sudo():
            self.env["sales.customer.preference"]._observe(
                subscription.partner_id,
                subscription.line_ids.product_id,
                (rate - 3.0) / 4,
            )
        return rating

    def _get_preferences(self):
        """Return what is known of the customer, for his own page."""
        self.ensure_one()
        return (
            self.env["sales.customer.preference"]
            .sudo()
            .search([("partner_id", "=", self.partner_id.commercial_partner_id.id)])
        )

    def _customer_reset_preferences(self):
        """Erase what was learned of the customer."""
        self.ensure_one()
        self._get_preferences().unlink()
        self._log_event("subscription.preferences_erased")

    def _customer_prefer(self, product_id, liked):
        """Take over what the customer says of a product of his."""
        self.ensure_one()
        known = self.line_ids.product_id | self._get_preferences().product_id
        for product in known.filtered(lambda one: one.id == product_id):
            self.env["sales.customer.preference"]._declare(
                self.partner_id, product, liked
            )


class SalesSubscriptionChange(models.Model):
    _inherit = "sales.subscription.change"

    def _apply(self):
        """What the customer changes himself tells what he likes."""
        old = self.line_id.product_id
        result = super()._apply()
        if self.source == "portal":
            preferences = self.env["sales.customer.preference"]
            partner = self.subscription_id.partner_id
            if self.kind in ("substitute", "remove"):
                preferences._observe(partner, old, SWAPPED_OUT)
            if self.kind in ("substitute", "add"):
                preferences._observe(partner, self.product_id, CHOSEN)
        return result
