from odoo import api, fields, models

# What makes the next period worth more or less.
COMMERCIAL_FIELDS = frozenset(
    {"discount", "price_unit", "product_id", "product_uom_id", "quantity", "tax_ids"}
)


class SalesSubscriptionLine(models.Model):
    """One product of a subscription; a line of every period's order."""

    _name = "sales.subscription.line"
    _description = "Subscription Line"
    _order = "subscription_id, sequence, id"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        index=True,
        ondelete="cascade",
        help="Subscription the line belongs to.",
    )
    sequence = fields.Integer(default=10, help="Order of the lines.")
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        related="subscription_id.currency_id", store=True, precompute=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('recurring_ok', '=', True), ('sale_ok', '=', True)]",
        help="What is sold each period.",
    )
    name = fields.Text(
        string="Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Text of the order and invoice line.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        default=1.0,
        help="Quantity sold each period.",
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="Unit of the quantity and of the price.",
    )
    price_unit = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        required=True,
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        help="Price of one unit in the subscription's currency, as agreed.",
    )
    plan_price_id = fields.Many2one(
        "sales.plan.price",
        string="Price of the Plan",
        compute="_compute_plan_price_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Price table of the plan that holds for the line; none: the pricelist.",
    )
    discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        help="Percentage taken off the unit price.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Taxes of the line, as on the origin order.",
    )
    tiered_quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_tiered_quantity",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="Quantity where the unit price depends on it, else 0.",
    )
    price_subtotal = fields.Monetary(
        string="Subtotal",
        compute="_compute_amount",
        store=True,
        help="Amount of one period without taxes.",
    )
    price_total = fields.Monetary(
        string="Total",
        compute="_compute_amount",
        store=True,
        help="Amount of one period with taxes.",
    )
    origin_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Order line it was agreed on.",
    )

    _check_quantity = models.Constraint(
        "CHECK(quantity > 0)", "Quantity: give a quantity above zero."
    )

    # === Compute === #

    @api.depends("quantity", "plan_price_id.pricing")
    def _compute_tiered_quantity(self):
        for line in self:
            # sudo: see _compute_price_unit.
            price = line.plan_price_id.sudo()
            tiered = price and price.pricing != "per_unit"
            line.tiered_quantity = line.quantity if tiered else 0.0

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            lang = line.subscription_id.partner_id.lang
            product = (
                line.product_id.with_context(lang=lang) if lang else line.product_id
            )
            line.name = product.get_product_multiline_description_sale()

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id", "currency_id", "subscription_id.plan_id")
    def _compute_plan_price_id(self):
        prices = self.env["sales.plan.price"].sudo()
        for line in self:
            line.plan_price_id = prices._find(
                line.subscription_id.plan_id, line.product_id, line.currency_id
            )

    @api.depends("product_id", "product_uom_id", "plan_price_id", "tiered_quantity")
    def _compute_price_unit(self):
        for line in self:
            if line.plan_price_id:
                quantity = line.quantity or 1.0
                # sudo: the price is agreed, whoever reckons it.
                line.price_unit = line.plan_price_id.sudo()._rate(quantity) / quantity
                continue
            subscription = line.subscription_id.with_company(line.company_id)
            line.price_unit = subscription.pricelist_id._get_product_price(
                line.product_id,
                line.quantity or 1.0,
                uom=line.product_uom_id,
                currency=line.currency_id,
            )

    @api.depends("product_id", "subscription_id.fiscal_position_id")
    def _compute_tax_ids(self):
        for line in self:
            taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
            line.tax_ids = line.subscription_id.fiscal_position_id.map_tax(taxes)

    @api.depends(
        "quantity", "discount", "price_unit", "tax_ids", "currency_id", "quantity_mode"
    )
    def _compute_amount(self):
        AccountTax = self.env["account.tax"]
        for line in self:
            company = line.company_id or self.env.company
            base_line = line._prepare_base_line_for_taxes_computation()
            AccountTax._add_tax_details_in_base_line(base_line, company)
            AccountTax._round_base_lines_tax_details([base_line], company)
            line.price_subtotal = base_line["tax_details"]["total_excluded_currency"]
            line.price_total = base_line["tax_details"]["total_included_currency"]

    def _prepare_base_line_for_taxes_computation(self):
        """Return the line as Odoo's tax engine wants it."""
        self.ensure_one()
        subscription = self.subscription_id
        company = self.company_id or self.env.company
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            self,
            tax_ids=self.tax_ids,
            # What is used is not known beforehand.
            quantity=0.0 if self.is_usage else self.quantity,
            partner_id=subscription.partner_id,
            currency_id=self.currency_id or company.currency_id,
            rate=1.0,
            name=self.name,
        )

    # === CRUD: what is changed while it runs leaves an event === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._log_change("added")
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not COMMERCIAL_FIELDS.isdisjoint(vals):
            self._log_change("changed")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_log_change(self):
        self._log_change("removed")

    def _log_change(self, change):
        for line in self.filtered(lambda one: one.subscription_id.state != "draft"):
            line.subscription_id._log_event(
                "subscription.line_changed",
                change=change,
                product=line.product_id.display_name,
                quantity=line.quantity,
                price_unit=line.price_unit,
                discount=line.discount,
            )
