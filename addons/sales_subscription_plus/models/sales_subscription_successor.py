from odoo import models


class SalesSubscription(models.Model):
    """Products that are no longer sold give way to their successors."""

    _inherit = "sales.subscription"

    def _replace_discontinued(self):
        """Sell the successor from the next period on, and tell the customer.

        The price that was agreed stays; a product without a successor is sold on.
        """
        self.ensure_one()
        for line in self.line_ids:
            product, successor = line.product_id, self._get_successor(line)
            if not successor:
                continue
            change = self.env["sales.subscription.change"].create(
                {
                    "subscription_id": self.id,
                    "kind": "substitute",
                    "line_id": line.id,
                    "product_id": successor.id,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "proration": "none",
                    "source": "auto",
                    "reason": self.env._(
                        "%(product)s is not sold any more.",
                        product=product.display_name,
                    ),
                }
            )
            change.action_confirm()
            template = self.env.ref(
                "sales_subscription_plus.mail_template_replaced",
                raise_if_not_found=False,
            )
            if template:
                template.send_mail(change.id)

    def _get_successor(self, line):
        """Return what comes instead of the product of ``line``; none while it is sold."""
        product = line.product_id
        if product.active and product.sale_ok:
            return product.browse()
        return product.subscription_successor_id
