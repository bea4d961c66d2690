from odoo import api, models

from ..validation.finding import Hit


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "shipping": self.env._("Goods not sent to a country"),
            "export_data": self.env._("Export papers incomplete"),
        }

    @api.model
    def _get_restriction_values(self):
        return {
            **super()._get_restriction_values(),
            "shipping": {"category": "compliance", "on_delivery": True},
        }


class SaleOrder(models.Model):
    """What the country of delivery lets in, and what its customs ask for."""

    _inherit = "sale.order"

    def _check_rule_shipping(self, rule):
        entries = self.env["sales.shipping.restriction"]._get_entries(self)
        return {
            order: hits
            for order in (self if entries else ())
            if (hits := order._get_shipping_hits(entries, rule))
        }

    def _get_shipping_hits(self, entries, rule):
        self.ensure_one()
        goods = self._get_restricted_lines(rule) & self._get_shipped_lines()
        hits = []
        for entry in entries._filter_for(self):
            lines = goods.filtered(lambda x, own=entry: own._includes(x.product_id))
            if lines:
                hits.extend(getattr(self, f"_get_{entry.kind}_hits")(entry, lines))
        return hits

    def _get_shipping_text(self, entry, text):
        """Return ``text`` after the restriction and the country it is about."""
        return self.env._(
            "%(restriction)s%(law)s, to %(country)s: %(text)s",
            restriction=entry.name,
            law=entry._get_law(),
            country=self.partner_shipping_id.country_id.name,
            text=text,
        )

    def _get_prohibited_hits(self, entry, lines):
        hits = []
        for line in lines:
            text = self.env._(
                "%s is not sent there. Take it off.", line.product_id.display_name
            )
            hits.append(Hit(self._get_shipping_text(entry, text), line))
        return hits

    def _get_licence_hits(self, entry, lines):
        if entry.document_kind in self.document_ids.mapped("kind"):
            return []
        kinds = self.env["sales.order.document"]._fields["kind"]
        text = self.env._(
            "%(products)s needs the document “%(kind)s”. Attach it to the order.",
            products=", ".join(lines.product_id.mapped("display_name")),
            kind=dict(kinds._description_selection(self.env))[entry.document_kind],
        )
        return [Hit(self._get_shipping_text(entry, text))]

    def _get_max_value_hits(self, entry, lines):
        value = self.currency_id._convert(
            sum(lines.mapped("price_subtotal")),
            entry.currency_id,
            self.company_id,
            self.date_order,
        )
        if entry.currency_id.compare_amounts(value, entry.amount) <= 0:
            return []
        text = self.env._(
            "%(value)s is more than %(limit)s, customs papers are needed. %(missing)s",
            value=entry.currency_id.format(value),
            limit=entry.currency_id.format(entry.amount),
            missing=" ".join(self._get_eori_missing()),
        )
        hit = Hit(self._get_shipping_text(entry, text.strip()), severity="warn")
        return [hit]

    def _get_max_qty_hits(self, entry, lines):
        total = lines._get_product_quantity()
        unit = lines.product_id.uom_id[:1]
        if unit.compare(total, entry.quantity) <= 0:
            return []
        text = self.env._(
            "%(total)s %(unit)s of %(products)s, up to %(limit)s may be sent. Order "
            "less.",
            total=f"{total:g}",
            unit=unit.name,
            products=", ".join(lines.product_id.mapped("display_name")),
            limit=f"{entry.quantity:g}",
        )
        return [Hit(self._get_shipping_text(entry, text))]

    # === What customs ask for === #

    def _check_rule_export_data(self, rule):
        """Find orders worth more than the threshold whose papers lack something."""
        hits = {}
        for order in self.filtered("is_international"):
            value = order._get_company_value(
                sum(order._get_shipped_lines().mapped("price_subtotal"))
            )
            currency = order.company_id.currency_id
            if currency.compare_amounts(value, rule.threshold) <= 0:
                continue
            missing = [*order._get_export_missing(), *order._get_eori_missing()]
            if missing:
                hits[order] = [Hit(" ".join(missing))]
        return hits

    def _get_eori_missing(self):
        """Return sentences on the EORI numbers that are missing, and where they go."""
        self.ensure_one()
        customer = self.partner_shipping_id.commercial_partner_id
        missing = []
        if not self.company_id.eori:
            text = self.env._("EORI: ours is missing. Enter it under Settings > Sales.")
            missing.append(text)
        if not customer.eori:
            text = self.env._(
                "EORI: ask %s for it and enter it on the contact.",
                customer.display_name,
            )
            missing.append(text)
        return missing
