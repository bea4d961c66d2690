from odoo import api, fields, models

LEVELS = ("country", "state", "county", "city", "special")


class SaleOrder(models.Model):
    """Taxes of an order by who levies them, and duties the customer will meet."""

    _inherit = "sale.order"

    tax_breakdown = fields.Json(
        string="Taxes by Jurisdiction",
        compute="_compute_tax_breakdown",
        groups="base.group_user",
        help="Base and tax of each jurisdiction; together they are the taxes of the "
        "order. Empty as long as no tax of the order has a jurisdiction.",
    )
    duty_breakdown = fields.Json(
        string="Estimated Duties",
        compute="_compute_duty_breakdown",
        compute_sudo=True,
        groups="base.group_user",
        help="Import duties by rule. An estimate: the customer pays them to his "
        "customs, they are not part of the total.",
    )
    duty_estimate = fields.Monetary(
        string="Estimated Duties (not charged)",
        compute="_compute_duty_breakdown",
        compute_sudo=True,
        groups="base.group_user",
        help="Sum of the estimated import duties; not part of the total.",
    )

    @api.depends_context("lang")
    @api.depends("order_line.price_subtotal", "currency_id", "payment_term_id")
    def _compute_tax_breakdown(self):
        for order in self:
            taxes = order.order_line.tax_ids.flatten_taxes_hierarchy()
            has_level = any(taxes.mapped("jurisdiction_level"))
            order.tax_breakdown = has_level and order._get_tax_breakdown() or False

    def _get_tax_base_lines(self):
        """Return the rounded base lines from which Odoo sums up the taxes."""
        self.ensure_one()
        base_lines = [
            line._prepare_base_line_for_taxes_computation()
            for line in self._get_priced_lines()
        ]
        base_lines += self._add_base_lines_for_early_payment_discount()
        self.env["account.tax"]._add_tax_details_in_base_lines(
            base_lines, self.company_id
        )
        self.env["account.tax"]._round_base_lines_tax_details(
            base_lines, self.company_id
        )
        return base_lines

    def _get_tax_breakdown(self):
        """Return one row a jurisdiction; their taxes sum up to ``amount_tax``.

        :return: list of dictionaries with ``level``, ``level_label``, ``name``,
            ``base`` and ``tax`` in the currency of the order, wide to narrow
        """
        self.ensure_one()
        engine = self.env["account.tax"]
        details = engine._aggregate_base_lines_tax_details(
            self._get_tax_base_lines(), self._get_jurisdiction_key
        )
        amounts = engine._aggregate_base_lines_aggregated_values(details)
        rows = [
            self._prepare_breakdown_row(key, values)
            for key, values in amounts.items()
            if key
        ]
        return sorted(rows, key=lambda row: (LEVELS.index(row["level"]), row["name"]))

    @api.model
    def _get_jurisdiction_key(self, base_line, tax_data):
        """Group by who levies the tax; what has no level counts as the country's."""
        if not tax_data:
            return False
        tax = tax_data["tax"]
        return {
            "level": tax.jurisdiction_level or "country",
            "name": tax.jurisdiction_name or tax.tax_group_id.name or tax.name,
        }

    def _prepare_breakdown_row(self, key, values):
        levels = self.env["account.tax"]._fields["jurisdiction_level"]
        labels = dict(levels._description_selection(self.env))
        return {
            "level": key["level"],
            "level_label": labels[key["level"]],
            "name": key["name"],
            "base": self.currency_id.round(values["base_amount_currency"]),
            "tax": self.currency_id.round(values["tax_amount_currency"]),
        }

    # === Duties === #

    @api.depends_context("lang")
    @api.depends(
        "order_line.price_subtotal", "partner_shipping_id", "company_id", "date_order"
    )
    def _compute_duty_breakdown(self):
        for order in self:
            rows = order._get_duty_breakdown()
            order.duty_breakdown = rows or False
            order.duty_estimate = sum(row["duty"] for row in rows)

    def _crosses_border(self):
        self.ensure_one()
        country = self.partner_shipping_id.country_id
        return bool(country) and country != self.company_id.country_id

    def _get_duty_lines(self):
        """Return {rule: lines} of what is levied abroad on the goods of the order."""
        self.ensure_one()
        duties = self.env["sales.duty.rule"]
        if not duties._has_records() or not self._crosses_border():
            return {}
        rules = duties._get_rules(self)
        found = {}
        for line in self._get_priced_lines() if rules else ():
            if rule := rules._get_first_match(line):
                found[rule] = found.get(rule, line.browse()) | line
        return {
            rule: lines
            for rule, lines in found.items()
            if rule._is_due(self, sum(lines.mapped("price_subtotal")))
        }

    def _get_duty_breakdown(self):
        """Return one row a rule: ``name``, ``percent``, ``base`` and ``duty``."""
        self.ensure_one()
        return [
            rule._prepare_duty_row(lines)
            for rule, lines in self._get_duty_lines().items()
        ]
