from odoo import api, fields, models

from .finding import Hit, Suggestion


class SalesValidationRule(models.Model):
    """Checks of single lines."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "max_discount": self.env._("Discount above a limit"),
            "min_margin": self.env._("Margin below a limit"),
            "manual_price": self.env._("Price changed by hand"),
            "tax_missing": self.env._("Line without tax"),
            "product_available": self.env._("Product no longer sold"),
            "stock": self.env._("Not enough in stock"),
        }


class ResPartnerGrade(models.Model):
    """Limits of the customers of a level; they go before those of a rule."""

    _inherit = "res.partner.grade"

    sales_max_discount = fields.Float(
        string="Discount up to (%)",
        help="Limit of the check of discounts for these customers; 0: as the rule says.",
    )
    sales_min_order = fields.Float(
        string="Minimum Order",
        help="Minimum order value in company currency; 0: as the rule says.",
    )
    sales_max_order = fields.Float(
        string="Order up to",
        help="Limit of the order value in company currency; 0: as the rule says.",
    )


class SaleOrder(models.Model):
    """Checks of single lines; each looks at all lines of all orders at once."""

    _inherit = "sale.order"

    def _suggest_surcharge(self, rule):
        return tuple(
            Suggestion(
                "add_product",
                self.env._("Add %s", product.display_name),
                {"product_id": product.id, "quantity": 1},
            )
            for product in self.env["product.product"].browse(rule.product_ids)
        )

    def _get_rule_lines(self, rule):
        """Return the lines with products that ``rule`` is for."""
        return self.env["sales.validation.rule"]._filter_lines(rule, self)

    @api.model
    def _group_hits(self, hits):
        """Return {order: [Hit]} of hits that name their line."""
        grouped = {}
        for hit in hits:
            grouped.setdefault(hit.line.order_id, []).append(hit)
        return grouped

    def _check_rule_max_discount(self, rule):
        hits = []
        for line in self._get_rule_lines(rule):
            level = line.order_id.partner_id.commercial_partner_id.grade_id
            limit = level.sales_max_discount or rule.threshold
            if line.discount > limit:
                detail = self.env._(
                    "%(discount)s %% on %(product)s, up to %(limit)s %% is allowed.",
                    discount=f"{line.discount:g}",
                    product=line.product_id.display_name,
                    limit=f"{limit:g}",
                )
                label = self.env._("Lower to %s %%", f"{limit:g}")
                args = {"line_id": line.id, "discount": limit}
                mend = Suggestion("set_discount", label, args)
                hits.append(Hit(detail, line, (mend,)))
        return self._group_hits(hits)

    def _check_rule_min_margin(self, rule):
        hits = []
        for line in self._get_rule_lines(rule).filtered("price_subtotal"):
            percent = line.margin_percent * 100
            if percent < rule.threshold:
                detail = self.env._(
                    "the margin of %(product)s is below %(limit)s %%. Raise the price.",
                    product=line.product_id.display_name,
                    limit=f"{rule.threshold:g}",
                )
                hits.append(Hit(detail, line))
        return self._group_hits(hits)

    def _check_rule_manual_price(self, rule):
        hits = []
        for line in self._get_rule_lines(rule):
            usual = line.with_company(line.company_id)._get_display_price()
            currency = line.currency_id
            if currency.compare_amounts(line.price_unit, usual) < 0:
                detail = self.env._(
                    "%(product)s costs %(usual)s by the pricelist, here %(price)s.",
                    product=line.product_id.display_name,
                    usual=currency.format(usual),
                    price=currency.format(line.price_unit),
                )
                hits.append(Hit(detail, line))
        return self._group_hits(hits)

    def _check_rule_tax_missing(self, rule):
        hits = []
        for line in self._get_rule_lines(rule):
            if line.tax_ids or line.is_reward_line:
                continue
            taxes = line._get_usual_taxes()
            if line.order_id.fiscal_position_id and not taxes:
                # The position exempts it.
                continue
            detail = self.env._(
                "%(product)s has no tax. Set one, or a fiscal position without tax.",
                product=line.product_id.display_name,
            )
            args = {"line_id": line.id, "tax_ids": taxes.ids}
            label = self.env._("Set %s", ", ".join(taxes.mapped("name")))
            mend = (Suggestion("set_taxes", label, args),) if taxes else ()
            hits.append(Hit(detail, line, mend))
        return self._group_hits(hits)

    def _check_rule_product_available(self, rule):
        hits = []
        for line in self._get_rule_lines(rule):
            detail = line._get_unavailable_text()
            if detail:
                hits.append(Hit(detail, line))
        return self._group_hits(hits)

    # === Stock === #

    def _check_rule_stock(self, rule):
        """Compare what is ordered of each product with what is free in its warehouse."""
        lines = self._get_rule_lines(rule).filtered(
            lambda x: x.product_id.is_storable and x.product_uom_qty > 0
        )
        hits = []
        for warehouse, own in lines.grouped("warehouse_id").items():
            products = own.product_id.with_context(warehouse_id=warehouse.id)
            free = {product.id: product.free_qty for product in products}
            for line in own:
                hits.extend(line._get_stock_hit(free, warehouse))
        return self._group_hits(hits)


class SaleOrderLine(models.Model):
    """What checks ask of a line."""

    _inherit = "sale.order.line"

    def _get_unavailable_text(self):
        """Return why the product of the line cannot be sold, or an empty text."""
        self.ensure_one()
        product = self.product_id
        if not product.active or not product.sale_ok:
            return self.env._("%s is no longer sold. Replace it.", product.display_name)
        return ""

    def _get_usual_taxes(self):
        """Return the taxes Odoo would set: the product's, mapped, else the company's."""
        self.ensure_one()
        company = self.company_id
        taxes = self.product_id.taxes_id._filter_taxes_by_company(company)
        taxes = taxes or company.account_sale_tax_id
        return self.order_id.fiscal_position_id.map_tax(taxes)

    def _get_open_need(self):
        """Return what is neither reserved nor shipped yet, in the product's unit."""
        self.ensure_one()
        unit = self.product_id.uom_id
        leaving = self.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and move.location_dest_usage != "internal"
            )
        )
        own = leaving._get_moved_quantity()
        need = self.product_uom_id._compute_quantity(
            self.product_uom_qty, unit, round=False
        )
        return need - own

    def _get_stock_hit(self, free, warehouse):
        """Take what the line needs of ``free`` and return a hit if there is too little."""
        self.ensure_one()
        need, product = self._get_open_need(), self.product_id
        there = max(free[product.id], 0.0)
        free[product.id] -= need
        if product.uom_id.compare(need, there) <= 0:
            return []
        detail = self.env._(
            "%(product)s: %(free)s %(unit)s free in %(warehouse)s, %(need)s "
            "needed%(next)s.",
            product=product.display_name,
            free=f"{there:g}",
            unit=product.uom_id.name,
            warehouse=warehouse.name,
            need=f"{need:g}",
            next=self._get_next_receipt_text(warehouse),
        )
        return [Hit(detail, self, self._suggest_quantity(there))]

    def _suggest_quantity(self, quantity):
        """Offer ``quantity``, in the unit of the product, instead of what is ordered."""
        self.ensure_one()
        own = self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom_id, rounding_method="DOWN"
        )
        args = {"line_id": self.id, "quantity": own}
        label = self.env._("Order %s", f"{quantity:g}")
        return (Suggestion("set_quantity", label, args),) if own else ()

    def _get_next_receipt_text(self, warehouse):
        receipt = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("state", "not in", ("done", "cancel", "draft")),
                ("location_dest_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "in", ("supplier", "production")),
            ],
            order="date",
            limit=1,
        )
        if not receipt:
            return ""
        date = fields.Date.to_string(receipt.date)
        return self.env._(", next receipt %s", date)
