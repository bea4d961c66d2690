import sys

import requests

from odoo import api, fields, models

# Providers whose API answers the same request, named by our reference, only once.
IDEMPOTENT = frozenset({"adyen", "mercado_pago", "paypal", "stripe", "worldline"})
# Words of answers after which trying the same card again is no use.
HARD = (
    "stolen",
    "lost card",
    "pick up",
    "expired",
    "invalid account",
    "closed",
    "revoked",
    "do not try again",
)


class PaymentTransaction(models.Model):
    """Attempts to charge a period of a subscription."""

    _inherit = "payment.transaction"

    sales_period_id = fields.Many2one(
        "sales.subscription.period",
        string="Subscription Period",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Period of a subscription that is charged.",
    )
    sales_attempt_no = fields.Integer(
        string="Attempt", readonly=True, help="Number of the attempt, from 1."
    )
    sales_sent_at = fields.Datetime(
        string="Sent", readonly=True, help="When the provider was asked to charge."
    )
    sales_decline_class = fields.Selection(
        selection=[
            ("soft", "May work later"),
            ("hard", "Needs another payment method"),
            ("unknown", "Nobody knows whether it was charged"),
        ],
        string="Declined",
        readonly=True,
        help="Why it failed; what nobody knows is not tried again by itself.",
    )

    # However many workers try: one transaction an attempt.
    _sales_attempt_uniq = models.UniqueIndex(
        "(sales_period_id, sales_attempt_no) WHERE sales_period_id IS NOT NULL",
        "This attempt is made already.",
    )

    def _set_error(self, state_message, extra_allowed_states=()):
        """Keep in mind why a charge failed, while the reason is still known."""
        done = super()._set_error(
            state_message, extra_allowed_states=extra_allowed_states
        )
        declined = done.filtered("sales_period_id")
        if declined:
            declined.sales_decline_class = self._get_decline_class(state_message)
        return done

    def _set_canceled(self, *args, **kwargs):
        """A charge that the provider cancels is one that may work later."""
        done = super()._set_canceled(*args, **kwargs)
        done.filtered("sales_period_id").sales_decline_class = "soft"
        return done

    @api.model
    def _get_decline_class(self, message):
        """Return soft, hard or unknown; extended for providers that tell more."""
        cause = getattr(sys.exc_info()[1], "__context__", None)
        lost = (requests.exceptions.ConnectionError, requests.exceptions.Timeout)
        if isinstance(cause, lost):
            return "unknown"
        text = (message or "").lower()
        return "hard" if any(word in text for word in HARD) else "soft"

    def _post_process(self):
        """An answer that comes late heals what was in quarantine."""
        result = super()._post_process()
        for transaction in self:
            if transaction.sales_period_id:
                transaction.sales_period_id._after_charge(transaction)
        return result

    def _is_request_lost(self):
        """Return whether nobody knows if the provider got, or did, the request."""
        self.ensure_one()
        if self.sales_decline_class == "unknown":
            return self.state != "done"
        sent = self.state == "draft" and self.sales_sent_at
        return bool(sent) and self.provider_code not in IDEMPOTENT
