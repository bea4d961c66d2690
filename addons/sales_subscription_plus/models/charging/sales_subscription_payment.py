from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...exceptions import SelfServiceRefusedError


class SalesSubscription(models.Model):
    """How it is paid: by a saved payment method, or by hand within the terms."""

    _inherit = "sales.subscription"

    payment_mode = fields.Selection(
        selection=[("manual", "By the customer"), ("token", "Saved payment method")],
        string="Paid",
        required=True,
        default="manual",
        tracking=True,
        help="With a saved payment method each invoice is charged by itself.",
    )
    payment_token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
        help="Saved payment method that is charged.",
    )
    backup_token_id = fields.Many2one(
        "payment.token",
        string="Second Payment Method",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
        help="Charged where the first one is declined.",
    )
    dunning_case_ids = fields.One2many(
        "sales.dunning.case",
        "subscription_id",
        string="Dunning",
        readonly=True,
        groups="base.group_user",
        help="Periods whose payment failed.",
    )

    @api.constrains("payment_token_id", "backup_token_id", "partner_id", "payment_mode")
    def _check_tokens(self):
        for subscription in self.sudo():
            family = subscription.partner_id.commercial_partner_id
            tokens = subscription.payment_token_id | subscription.backup_token_id
            if any(one.partner_id.commercial_partner_id != family for one in tokens):
                raise ValidationError(
                    self.env._(
                        "Payment Method: it belongs to another customer than %(name)s.",
                        name=subscription.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("payment_token_id"):
            # sudo: the ledger of what was declined; whoever gives another method.
            self.sudo().dunning_case_ids._retry_with_new_token()
        return result

    def _get_tokens(self):
        """Return the payment methods in the order they are tried."""
        self.ensure_one()
        tokens = self.payment_token_id | self.backup_token_id
        return tokens.filtered("active")

    def _get_customer_tokens(self):
        """Return the saved payment methods the customer may choose among."""
        self.ensure_one()
        # sudo: the customer's own, wherever he saved them.
        return (
            self.env["payment.token"]
            .sudo()
            .search(
                [
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        self.partner_id.commercial_partner_id.id,
                    ),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )

    def _customer_token(self, token):
        """Charge another saved payment method from now on."""
        self._check_self_service("token")
        if not token or token not in self._get_customer_tokens():
            raise SelfServiceRefusedError(
                self.env._("Payment Method: choose one of those you saved.")
            )
        self.write({"payment_token_id": token.id, "payment_mode": "token"})
        self._log_event("subscription.token", token=token.display_name)
