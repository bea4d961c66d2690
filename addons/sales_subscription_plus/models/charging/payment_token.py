from odoo import models


class PaymentToken(models.Model):
    """Saved payment methods that subscriptions charge."""

    _inherit = "payment.token"

    def get_linked_records_info(self):
        """Name the subscriptions that charge it, for whoever wants to delete it."""
        found = super().get_linked_records_info()
        # sudo: the owner of the method is asking.
        subscriptions = (
            self.env["sales.subscription"]
            .sudo()
            .search(
                [
                    ("state", "in", ("trial", "active", "past_due", "paused")),
                    "|",
                    ("payment_token_id", "=", self.id),
                    ("backup_token_id", "=", self.id),
                ]
            )
        )
        label = self.env["sales.subscription"]._description
        return found + [
            {
                "description": label,
                "id": one.id,
                "name": one.name,
                "url": one.get_portal_url(),
            }
            for one in subscriptions
        ]
