from odoo import api, fields, models

PRICE_SOURCES = [
    ("list", "List"),
    ("pricelist", "Pricelist"),
    ("promotion", "Promotion"),
    ("manual", "Manual"),
]


class SaleOrderLine(models.Model):
    """Where the price of a line comes from, step by step."""

    _inherit = "sale.order.line"

    list_price_unit = fields.Float(
        string="List Price",
        compute="_compute_list_price_unit",
        store=True,
        precompute=True,
        digits="Product Price",
        groups="base.group_user",
        help="Price of the product before pricelist and discount, in the currency and "
        "the unit of the line.",
        prefetch="sales_rare",
    )
    price_source = fields.Selection(
        selection=PRICE_SOURCES,
        compute="_compute_price_source",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="What decided the unit price: the product, the pricelist, a promotion, or "
        "somebody who typed it.",
        prefetch="sales_rare",
    )
    promo_price_unit = fields.Float(
        string="Promotional Price",
        compute="_compute_promo_price_unit",
        digits="Product Price",
        groups="base.group_user",
        help="Untaxed price of one unit after discount and this line's share of the "
        "promotions of the order.",
    )

    @api.depends("product_id", "product_uom_id", "currency_id", "tax_ids")
    def _compute_list_price_unit(self):
        for line in self:
            line.list_price_unit = line._get_list_price()

    def _get_list_price(self):
        self.ensure_one()
        if not self.product_id or self.combo_item_id:
            return 0.0
        line = self.with_company(self.company_id)
        product = line.product_id.with_context(**line._get_product_price_context())
        order = line.order_id
        price = product._price_compute(
            "list_price",
            uom=line.product_uom_id,
            currency=line.currency_id or order.currency_id,
            company=line.company_id,
            date=order.date_order,
        ).get(product._origin.id, 0.0)
        return product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=order.fiscal_position_id,
        )

    @api.depends(
        "price_unit", "technical_price_unit", "discount", "list_price_unit", "reward_id"
    )
    def _compute_price_source(self):
        for line in self:
            line.price_source = line._get_price_source()

    def _get_price_source(self):
        self.ensure_one()
        if self.display_type or not self.product_id:
            return False
        if self.is_reward_line:
            return "promotion"
        currency = self.currency_id or self.env.company.currency_id
        # Read first: computing it sets the technical price, which has no compute.
        price = self.price_unit
        if currency.compare_amounts(self.technical_price_unit, price):
            return "manual"
        listed = currency.compare_amounts(self.list_price_unit, price) == 0
        if listed and not (self.discount and self._get_pricelist_discount()):
            return "list"
        return "pricelist"

    def _get_pricelist_discount(self):
        """Return the discount in percent that the pricelist itself shows on a line."""
        self.ensure_one()
        rules = self.env["product.pricelist.item"]
        if not self.product_id:
            return 0.0
        item = self.pricelist_item_id
        if not rules._is_discount_feature_enabled() or not item._show_discount():
            return 0.0
        line = self.with_company(self.company_id)
        base = line._get_pricelist_price_before_discount()
        if not base:
            return 0.0
        discount = (base - line._get_pricelist_price()) / base * 100
        return discount if discount * base > 0 else 0.0

    @api.depends("price_subtotal", "product_uom_qty", "order_id.amount_untaxed")
    def _compute_promo_price_unit(self):
        self.promo_price_unit = 0.0
        priced = self.filtered("price_reduce_taxexcl")
        shares = {order: order._get_promotion_share() for order in priced.order_id}
        for line in priced:
            price = line.price_reduce_taxexcl
            line.promo_price_unit = price * (1 + shares.get(line.order_id, 0.0))

    def _get_manual_priced(self):
        """Return the lines whose price somebody typed over the catalogue's."""
        return self.filtered(lambda line: line._get_price_source() == "manual")

    @api.readonly
    def get_price_waterfall(self):
        """Return how the net price of this line comes about.

        :return: dict with ``currency_id``, ``source``, ``list``, ``unit``,
            ``discount`` (percent), ``net`` and ``promotion`` (all for one unit), and
            ``tiers``: list of ``min_quantity``, ``price`` and ``unit``
        """
        self.ensure_one()
        return {
            "currency_id": self.currency_id.id,
            "source": self.price_source,
            "list": self.list_price_unit,
            "unit": self.price_unit,
            "discount": self.discount,
            "net": self.price_unit * (1 - self.discount / 100),
            "promotion": self.promo_price_unit,
            "tiers": self.order_id._get_price_tiers(self).get(self.id, []),
        }


class SaleOrder(models.Model):
    """Promotions and quantity prices of an order as a whole."""

    _inherit = "sale.order"

    def _get_promotion_share(self):
        """Return what promotions give, as a (negative) share of all other lines."""
        self.ensure_one()
        rewards = self.order_line.filtered("is_reward_line")
        if not rewards:
            return 0.0
        others = sum((self.order_line - rewards).mapped("price_subtotal"))
        return sum(rewards.mapped("price_subtotal")) / others if others else 0.0

    def _get_price_tiers(self, lines):
        """Return the quantity prices of ``lines``, from one search of the pricelist.

        :return: {line id: [{"min_quantity", "price", "unit"}]}; lines whose price
            does not depend on the quantity are missing
        """
        self.ensure_one()
        goods = lines.filtered("product_id")
        if not self.pricelist_id or not goods:
            return {}
        # sudo: customers see the quantity prices of their own pricelist.
        steps = self.sudo()._search_tier_items(goods)
        tiers = {line.id: line.sudo()._get_line_tiers(steps) for line in goods}
        return {line_id: rows for line_id, rows in tiers.items() if len(rows) > 1}

    def _search_tier_items(self, lines):
        return self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "=", self.pricelist_id.id),
                ("min_quantity", ">", 1),
                "|",
                ("product_tmpl_id", "=", False),
                ("product_tmpl_id", "in", lines.product_id.product_tmpl_id.ids),
            ]
        )
