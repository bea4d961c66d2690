from datetime import timedelta

from odoo import fields, models

from ..sales_subscription_state import BILLED_STATES


class SalesSubscriptionPlan(models.Model):
    _inherit = "sales.subscription.plan"

    end_credit = fields.Boolean(
        string="Give Back Unused Days",
        help="When a subscription is cancelled within a period that is billed, the days "
        "left are credited; goods as far as they are not delivered.",
    )


class SalesSubscriptionChange(models.Model):
    """An end within a period: credited as changes are, with nothing charged instead."""

    _inherit = "sales.subscription.change"

    kind = fields.Selection(
        selection_add=[("end", "Ends early")], ondelete={"end": "cascade"}
    )

    def _amend_end(self):
        """Nothing of the agreement changes; it ends."""

    def _prepare_charges(self, old, new=True):
        return super()._prepare_charges(old, new and self.kind != "end")

    def _get_refusal(self):
        if self.kind == "end":
            return self.env._("cancel the subscription instead.")
        return super()._get_refusal()


class SalesSubscription(models.Model):
    _inherit = "sales.subscription"

    def _before_move(self, target):
        super()._before_move(target)
        if target == "cancelled":
            for subscription in self.filtered("plan_id.end_credit"):
                subscription._credit_unused_days()

    def _credit_unused_days(self):
        """Give back what is billed of the days after today, or after the day agreed."""
        self.ensure_one()
        if self.state not in BILLED_STATES:
            return
        # Orders that still wait are not billed: they go first.
        self._action_cancel()
        today = self._get_today()
        last = min(self.cancel_on or today, today)
        # It cuts the last period short; what was billed of it is whole.
        self._write_life({"cancel_on": False})
        # sudo: who may cancel need not write changes; the plan decides.
        changes = self.env["sales.subscription.change"].sudo()
        changes.create(
            {
                "subscription_id": self.id,
                "kind": "end",
                "effective": "date",
                "date": last + timedelta(days=1),
                "proration": "immediate",
                "source": "auto",
            }
        )._apply()
