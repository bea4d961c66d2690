from odoo import fields, models


class SalesSubscription(models.Model):
    """A pause for want of payment ends with the payment; any other one does not."""

    _inherit = "sales.subscription"

    paused_unpaid = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Paused because it was not paid: it is resumed by itself when it is.",
    )

    def _pause_unpaid(self):
        self.write({"state": "paused"})
        self._write_life({"paused_unpaid": True})

    def _resume_paid(self):
        """Go on, if it was paused for want of a payment that is there now."""
        for subscription in self:
            waiting = subscription.paused_unpaid and subscription.state == "paused"
            if waiting and not any(subscription.dunning_case_ids.mapped("is_open")):
                subscription.write({"state": "active"})

    def _action_unpause(self, target):
        super()._action_unpause(target)
        self.filtered("paused_unpaid")._write_life({"paused_unpaid": False})
