from odoo import api, fields, models


class SalesSubscriptionLine(models.Model):
    """Lines that sell a combo product: a bundle with what was chosen for it."""

    _inherit = "sales.subscription.line"

    is_bundle = fields.Boolean(
        compute="_compute_is_bundle", help="A combo product: something is chosen."
    )
    bundle_combo_ids = fields.Many2many(
        related="product_id.combo_ids",
        string="Choices",
        groups="base.group_user",
        help="Choices of the combo product.",
    )
    bundle_item_ids = fields.Many2many(
        "product.combo.item",
        "sales_subscription_line_item_rel",
        "line_id",
        "item_id",
        string="Chosen",
        compute="_compute_bundle_item_ids",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="What is in the bundle. A new choice holds from the next order on.",
    )

    @api.depends("product_id.type")
    def _compute_is_bundle(self):
        for line in self:
            line.is_bundle = line.product_id.type == "combo"

    @api.depends("product_id", "subscription_id.plan_id")
    def _compute_bundle_item_ids(self):
        for line in self:
            plan, product = line.subscription_id.plan_id, line.product_id
            line.bundle_item_ids = plan._fill_bundle(product, line.bundle_item_ids)

    @api.constrains("bundle_item_ids", "product_id")
    def _check_bundle_items(self):
        for line in self:
            plan = line.subscription_id.plan_id
            plan._check_bundle(line.product_id, line.bundle_item_ids)

    # === What it costs === #

    def _compute_price_unit(self):
        bundles = self.filtered(lambda line: line.is_bundle and not line.plan_price_id)
        super(SalesSubscriptionLine, self - bundles)._compute_price_unit()
        for line in bundles:
            line.price_unit = line._get_bundle_price()

    def _get_bundle_price(self):
        """Return what one bundle costs as it is chosen, in the line's currency."""
        self.ensure_one()
        plan = self.subscription_id.plan_id
        # sudo: products are the shop's, whoever chooses.
        items = self.bundle_item_ids.sudo()
        if plan.bundle_pricing == "sum":
            total = sum(self._get_item_price(item.product_id) for item in items)
            return total * (1 - plan.bundle_discount / 100)
        day = self.subscription_id._get_today()
        extra = sum(
            item.currency_id._convert(
                item.extra_price, self.currency_id, self.company_id, day
            )
            for item in items
        )
        return self._get_item_price(self.product_id) + extra

    def _get_item_price(self, product):
        return self.subscription_id.pricelist_id._get_product_price(
            product, 1.0, currency=self.currency_id
        )

    @api.depends("bundle_item_ids")
    def _compute_tax_ids(self):
        """Of a bundle: of what is in it, for the amounts; its order has them exactly."""
        bundles = self.filtered("is_bundle")
        super(SalesSubscriptionLine, self - bundles)._compute_tax_ids()
        for line in bundles:
            products = line.bundle_item_ids.sudo().product_id
            taxes = products[:1].taxes_id._filter_taxes_by_company(line.company_id)
            line.tax_ids = line.subscription_id.fiscal_position_id.map_tax(taxes)

    # === A new choice === #

    def write(self, vals):
        """A new choice moves the price by what it costs more; the rest stays agreed."""
        moves = "bundle_item_ids" in vals and not {"price_unit", "product_id"} & set(
            vals
        )
        before = {
            line: line._get_bundle_price()
            for line in self
            if moves and line.is_bundle and not line.plan_price_id
        }
        result = super().write(vals)
        for line, price in before.items():
            gain = line._get_bundle_price() - price
            if not line.currency_id.is_zero(gain):
                line.price_unit += gain
        return result

    def _choose(self, items):
        """Choose anew, from the next order on.

        :raise BundleChoiceError: if the plan does not allow it
        """
        self.ensure_one()
        subscription, old = self.subscription_id, self.bundle_item_ids
        subscription.plan_id._check_bundle(self.product_id, items)
        if items == old:
            return
        self.write({"bundle_item_ids": items.ids})
        subscription._log_event(
            "subscription.bundle_chosen",
            product=self.product_id.display_name,
            before=", ".join(old.sudo().product_id.mapped("display_name")),
            after=", ".join(items.sudo().product_id.mapped("display_name")),
        )
