from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import MissingError, ValidationError

KEY = "sales.presence.mixin"
LIMITS = "res.partner.allowed_provider_ids"


class SalesPresenceMixin(models.AbstractModel):
    """Tells too whether any customer is limited in how he may pay."""

    _inherit = "sales.presence.mixin"

    @api.model
    def _get_pending_fields(self):
        limits = ("res.partner", ["allowed_provider_ids"])
        return [*super()._get_pending_fields(), limits]


class ResPartner(models.Model):
    _inherit = "res.partner"

    allowed_provider_ids = fields.Many2many(
        "payment.provider",
        "res_partner_allowed_provider_rel",
        "partner_id",
        "provider_id",
        string="Allowed Payment Providers",
        groups="base.group_system",
        help="The only ways this customer may pay orders online; empty: all.",
    )

    def init(self):
        super().init()
        table = self._fields["allowed_provider_ids"].relation
        self.env["sales.presence"]._watch(LIMITS, table)

    @api.constrains("allowed_provider_ids")
    def _check_allowed_providers(self):
        self.env[KEY]._forget_presence()

    @api.model
    def _has_allowed_providers(self):
        """Return whether any customer is limited to some ways to pay."""
        return LIMITS in self.env[KEY]._get_presence()

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "allowed_provider_ids"]


class SalesOrderType(models.Model):
    _inherit = "sales.order.type"

    allowed_provider_ids = fields.Many2many(
        "payment.provider",
        "sales_order_type_allowed_provider_rel",
        "type_id",
        "provider_id",
        string="Allowed Payment Providers",
        groups="base.group_system",
        help="The only ways orders of this type may be paid online; empty: all.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_allowed_providers(self):
        """Return the providers this order is limited to; None: no limit."""
        self.ensure_one()
        order = self.sudo()
        customer = order.partner_id.commercial_partner_id
        limits = [
            customer._has_allowed_providers() and customer.allowed_provider_ids,
            order.order_type_id.allowed_provider_ids,
        ]
        limits = [providers for providers in limits if providers]
        if not limits:
            return None
        allowed = limits[0]
        for providers in limits[1:]:
            allowed &= providers
        return allowed


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    @api.model
    def _get_compatible_providers(
        self, *args, sale_order_id=None, report=None, **kwargs
    ):
        """Offer only what the customer and the type of order are limited to."""
        providers = super()._get_compatible_providers(
            *args, sale_order_id=sale_order_id, report=report, **kwargs
        )
        order = self.env["sale.order"].browse(sale_order_id or ())
        allowed = None
        # An order that is gone limits nothing.
        with suppress(MissingError):
            allowed = order._get_allowed_providers() if order else None
        return providers if allowed is None else providers & allowed


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.constrains("provider_id", "sale_order_ids")
    def _check_allowed_provider(self):
        """The provider comes from the browser: what is not offered is not taken."""
        for transaction in self.filtered(lambda tx: not tx.source_transaction_id):
            for order in transaction.sale_order_ids:
                allowed = order._get_allowed_providers()
                if allowed is not None and transaction.provider_id not in allowed:
                    raise ValidationError(
                        self.env._(
                            "%(order)s cannot be paid with %(provider)s. "
                            "Choose one of the ways shown on its page.",
                            order=order.name,
                            provider=transaction.provider_id.display_name,
                        )
                    )
