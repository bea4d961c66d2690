from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "subscription.bundle_chosen": self.env._("Products of a bundle chosen"),
            "subscription.created": self.env._("Subscription created"),
            "subscription.active": self.env._("Subscription started"),
            "subscription.trial": self.env._("Trial started"),
            "subscription.converted": self.env._("Trial became a subscription"),
            "subscription.past_due": self.env._("Payment of subscription past due"),
            "subscription.recovered": self.env._("Payment of subscription received"),
            "subscription.grace_ended": self.env._("Days of grace over"),
            "subscription.reactivated": self.env._("Subscription reactivated"),
            "subscription.renewal_quoted": self.env._("Renewal of subscription quoted"),
            "subscription.change_arranged": self.env._("Subscription change arranged"),
            "subscription.changed": self.env._("Subscription changed"),
            "subscription.change_undone": self.env._("Subscription change undone"),
            "subscription.taxes_changed": self.env._("Taxes of subscription changed"),
            "subscription.charge_failed": self.env._("Charge of subscription failed"),
            "subscription.charge_unknown": self.env._(
                "Outcome of a subscription's charge unknown"
            ),
            "subscription.charge_decided": self.env._(
                "Outcome of a subscription's charge decided"
            ),
            "subscription.dunning_opened": self.env._("Dunning opened"),
            "subscription.dunning_paid": self.env._("Dunning ended by payment"),
            "subscription.token": self.env._("Payment method of subscription changed"),
            "subscription.migration_started": self.env._("Plan migration started"),
            "subscription.migration_cancelled": self.env._("Plan migration taken back"),
            "subscription.retained": self.env._("Customer stayed for an offer"),
            "subscription.coupon": self.env._("Coupon redeemed on a subscription"),
            "subscription.change_proposed": self.env._(
                "Change of subscription proposed to the customer"
            ),
            "subscription.preferences_erased": self.env._(
                "Preferences of the customer erased"
            ),
            "subscription.delivery_changed": self.env._(
                "Delivery wishes of subscription changed"
            ),
            "subscription.skipped": self.env._("Period of subscription left out"),
            "subscription.cancel_arranged": self.env._(
                "Cancellation of subscription arranged"
            ),
            "subscription.cancel_undone": self.env._(
                "Cancellation of subscription undone"
            ),
            "subscription.paused": self.env._("Subscription paused"),
            "subscription.resumed": self.env._("Subscription resumed"),
            "subscription.cancelled": self.env._("Subscription cancelled"),
            "subscription.expired": self.env._("Subscription expired"),
            "subscription.draft": self.env._("Subscription set back to draft"),
            "subscription.renewed": self.env._("Subscription renewed"),
            "subscription.line_changed": self.env._("Subscription line changed"),
            "subscription.billed": self.env._("Period billed"),
            "subscription.billed_again": self.env._("Period billed again"),
            "subscription.period_waiting": self.env._("Period waits for a decision"),
            "subscription.billing_failed": self.env._("Billing failed"),
        }
