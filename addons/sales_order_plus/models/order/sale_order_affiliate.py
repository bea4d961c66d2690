from collections import defaultdict

from odoo import api, fields, models
from odoo.http import Response, request

from .sales_affiliate import AFFILIATE_COOKIE


class SaleOrder(models.Model):
    """Who referred the customer."""

    _inherit = "sale.order"

    referrer_partner_id = fields.Many2one(
        "res.partner",
        string="Referred By",
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Who recommended us to the customer; earns nothing by itself.",
        prefetch="sales_rare",
    )
    affiliate_id = fields.Many2one(
        "sales.affiliate",
        compute="_compute_affiliate_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
        help="Affiliate whose link brought the customer; earns a commission when the "
        "invoices are paid.",
        prefetch="sales_rare",
    )
    affiliate_code = fields.Char(
        related="affiliate_id.code",
        groups="base.group_user",
        help="Code of the affiliate's links.",
    )

    @api.depends("partner_id")
    def _compute_affiliate_id(self):
        for order in self.filtered(lambda one: not one.affiliate_id):
            order.affiliate_id = order._get_affiliate_of_visitor()

    def _get_affiliate_of_visitor(self):
        """Return whose link brought the customer who is acting, nobody for us."""
        affiliates = self.env["sales.affiliate"]
        if self.env.user._is_internal() and not self.env.user._is_superuser():
            return affiliates
        code = affiliates._get_code_of_visitor()
        if not code:
            return affiliates
        today = fields.Date.context_today(self)
        found = affiliates._get_by_code(code, today, self.company_id)
        # Nobody earns on his own orders.
        own = found.partner_id.commercial_partner_id
        return affiliates if own == self.partner_id.commercial_partner_id else found

    def _validate_order(self):
        """The customer accepts: remember whose link brought him."""
        # sudo: the affiliate is internal, the customer is the one who acts.
        for order in self.sudo().filtered(lambda one: not one.affiliate_id):
            found = order._get_affiliate_of_visitor()
            if found:
                order.affiliate_id = found
        return super()._validate_order()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._add_affiliate_commissions()
        return result

    def _add_affiliate_commissions(self):
        # sudo: who books a payment need not see commissions.
        commissions = self.env["sales.affiliate.commission"].sudo()
        for move in self.sudo().filtered(lambda one: one.is_sale_document()):
            known = commissions.search([("move_id", "=", move.id)]).affiliate_id
            for affiliate, base in move._get_affiliate_bases().items():
                if affiliate not in known:
                    vals = move._prepare_commission_vals(affiliate, base)
                    commissions.create(vals)

    def _get_affiliate_bases(self):
        """Return {affiliate: untaxed amount of his lines in our currency}."""
        self.ensure_one()
        bases = defaultdict(float)
        for line in self.invoice_line_ids.filtered("sale_line_ids"):
            affiliate = line.sale_line_ids.order_id.affiliate_id[:1]
            if affiliate:
                # The balance of income is negative, in the currency of the books.
                bases[affiliate] -= line.balance
        return bases

    def _prepare_commission_vals(self, affiliate, base):
        currency = self.company_id.currency_id
        return {
            "affiliate_id": affiliate.id,
            "move_id": self.id,
            "date": self.invoice_date,
            "base": base,
            "rate": affiliate.rate,
            "amount": currency.round(base * affiliate.rate / 100),
        }


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Remember the affiliate of the link for a month, as campaigns are."""
        code = request.params.get("aff")
        if code and request.cookies.get(AFFILIATE_COOKIE) != code:
            response = Response.load(response)
            month = 31 * 24 * 3600
            response.set_cookie(AFFILIATE_COOKIE, str(code)[:64], max_age=month)
        return super()._post_dispatch(response)
