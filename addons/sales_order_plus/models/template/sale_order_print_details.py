from odoo import models

from ...report.proforma.trade_parts import Item, Summary


class SaleOrder(models.Model):
    """What our own printer says of an item, and below the totals; as Odoo's page."""

    _inherit = "sale.order"

    # === Beside the item === #

    def _get_print_item(self, line):
        """Return the description, with the picture where pictures are shown."""
        text = "\n".join(part for part in self._get_print_item_texts(line) if part)
        picture = line.product_id.image_128 if self.sudo().show_images else False
        return Item(text, self._decode(picture)) if picture else text

    def _get_print_item_texts(self, line):
        """Return the description and what the customer should know of this item."""
        item = line.sudo()
        parts = [line.name, line.customer_note]
        if self.sudo().show_specs and line.product_id:
            parts += [f"{name}: {text}" for name, text in line._get_specifications()]
        if item.is_preorder:
            day = self._format_day(item.preorder_release_date)
            parts.append(self.env._("Pre-order, delivered from %s", day))
        return [*parts, self._get_print_estimate(item), self._get_print_warranty(item)]

    def _get_print_estimate(self, line):
        day = line.estimated_delivery_date
        if not day or self.state != "sale" or line.product_id.type != "consu":
            return ""
        return self.env._("Estimated delivery: %s", self._format_day(day))

    def _get_print_warranty(self, line):
        product = line.product_id
        if not product.warranty_duration:
            return ""
        if line.warranty_end:
            day = self._format_day(line.warranty_end)
            return self.env._("Warranty until %s", day)
        units = product._fields["warranty_unit"]._description_selection(self.env)
        return self.env._(
            "Warranty: %(duration)s %(unit)s",
            duration=product.warranty_duration,
            unit=dict(units)[product.warranty_unit or "month"],
        )

    def _get_print_sku(self, line):
        number = line.customer_product_code
        own = number and self.env._("Your number: %s", number)
        return "\n".join(part for part in (line.product_code, own) if part)

    # === Below the totals === #

    def _get_print_tables(self):
        # sudo: the figures are internal fields, the customer sees them on paper.
        order = self.sudo()
        tables = (
            order._get_print_taxes(),
            order._get_print_duties(),
            order._get_print_equivalents(),
        )
        return [table for table in tables if table.rows]

    def _get_print_taxes(self):
        head = (
            self.env._("Tax by jurisdiction"),
            self.env._("Base"),
            self.env._("Tax"),
        )
        rows = [
            [
                f"{row['level_label']}: {row['name']}",
                self._format_print_amount(row["base"]),
                self._format_print_amount(row["tax"]),
            ]
            for row in self.tax_breakdown or ()
        ]
        return Summary(list(head), rows)

    def _get_print_duties(self):
        rows = [
            [
                f"{row['name']} ({self._format_quantity(row['percent'])} %)",
                self._format_print_amount(row["duty"]),
            ]
            for row in self.duty_breakdown or ()
        ]
        if rows:
            label = self.env._("Estimated duties (not charged)")
            rows.append([label, self._format_print_amount(self.duty_estimate)])
        return Summary(rows=rows, has_sum=True)

    def _get_print_equivalents(self):
        rows = []
        if self.amount_options:
            label = self.env._("Options not included, one of each")
            rows.append([label, self._format_print_amount(self.amount_options)])
        currency = self.company_currency_id
        if self.currency_id != currency:
            amount = self._format_money(self.amount_total_company, currency)
            rows.append([self._get_print_rate_label(), amount])
        return Summary(rows=rows)

    def _get_print_rate_label(self):
        return self.env._(
            "Total in %(currency)s (1 %(currency)s = %(rate)s %(foreign)s, %(day)s)",
            currency=self.company_currency_id.name,
            rate=f"{self.currency_rate:.6f}",
            foreign=self.currency_id.name,
            day=self._get_print_day(),
        )
