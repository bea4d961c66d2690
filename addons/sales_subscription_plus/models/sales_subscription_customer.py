from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


class SalesSubscription(models.Model):
    """Who subscribed, and what follows from it for orders and invoices."""

    _inherit = "sales.subscription"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        help="Who subscribed.",
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        compute="_compute_partner_addresses",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the invoices of the periods go.",
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Address",
        compute="_compute_partner_addresses",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the goods of the periods go.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Adapts taxes and accounts to the customer.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="When the invoices of the periods are due.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Gives the currency, and the price of products added later.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        help="Currency of the pricelist when it was chosen, else of the company; all "
        "orders and invoices of the subscription are in it.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        help="A period is due when its first day begins here.",
    )

    # === Compute === #

    @api.depends("partner_id")
    def _compute_partner_addresses(self):
        for subscription in self:
            addresses = subscription.partner_id.address_get(["invoice", "delivery"])
            subscription.partner_invoice_id = addresses["invoice"]
            subscription.partner_shipping_id = addresses["delivery"]

    @api.depends("partner_id", "partner_shipping_id", "company_id")
    def _compute_fiscal_position_id(self):
        for subscription in self:
            company = subscription.company_id
            positions = self.env["account.fiscal.position"].with_company(company)
            subscription.fiscal_position_id = positions._get_fiscal_position(
                subscription.partner_id, subscription.partner_shipping_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.payment_term_id = partner.property_payment_term_id

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for subscription in self:
            subscription.currency_id = (
                subscription.pricelist_id.currency_id
                or subscription.company_id.currency_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_tz(self):
        for subscription in self:
            subscription.tz = (
                subscription.partner_id.tz
                or subscription.company_id.partner_id.tz
                or "UTC"
            )
