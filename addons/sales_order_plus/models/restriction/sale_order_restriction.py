from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """What an order may hold, for the lists people choose products from."""

    _inherit = "sale.order"

    # No groups: the lists of products in the form depend on it.
    assortment_domain = fields.Binary(
        compute="_compute_assortment_domain",
        exportable=False,
        help="Products that may be chosen on the lines.",
    )

    @api.depends(
        "company_id",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "team_id",
    )
    @api.depends_context("uid")
    def _compute_assortment_domain(self):
        # What is kept back, and from whom, is not the customer's to read.
        internal = self.env.user._is_internal()
        for order in self:
            company = order.company_id.id or self.env.company.id
            sold = [
                "|",
                ("company_id", "=", False),
                ("company_id", "parent_of", company),
            ]
            sold = ["&", ("sale_ok", "=", True), *sold]
            kept = order._get_assortment_domain() if internal else Domain.TRUE
            order.assortment_domain = sold if kept.is_true() else ["&", *sold, *kept]

    def _get_assortment_domain(self):
        """Return a domain of what the customer may buy, for products and templates."""
        self.ensure_one()
        if not self.env["sales.validation.rule"]._has_check("assortment"):
            return Domain.TRUE
        rules = self.env["sales.assortment.rule"]._get_entries(self)
        return rules._filter_for(self)._get_product_domain()

    def _get_product_catalog_domain(self):
        domain = super()._get_product_catalog_domain()
        return domain & self._get_assortment_domain() if self else domain

    def _filter_recommendable(self, products):
        """Recommend what the customer may buy, here and on his page."""
        usable = super()._filter_recommendable(products)
        return usable.filtered_domain(self._get_assortment_domain())

    def _get_trade_addresses(self):
        """Return the addresses that say where goods or papers of the order go."""
        self.ensure_one()
        return (self.partner_shipping_id | self.partner_invoice_id)._origin

    def _get_restricted_lines(self, rule):
        """Return the lines restrictions are for: not fees, freight and rewards.

        What is only offered, with a quantity of 0, is looked at when it is ordered.
        """
        return self._get_rule_lines(rule).filtered(
            lambda line: line.product_uom_qty and not line._is_fee()
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_fee(self):
        """Return whether the line is no goods: freight, a discount, a down payment."""
        self.ensure_one()
        charged = self.is_delivery or self.is_reward_line or self.is_downpayment
        return bool(charged and self.product_id.type == "service")
