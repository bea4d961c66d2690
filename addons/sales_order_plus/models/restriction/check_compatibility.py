from odoo import api, models

from ..validation.finding import Hit, Suggestion


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "compatibility": self.env._("Products that do not go together"),
        }


class SaleOrder(models.Model):
    """Products of one order go together."""

    _inherit = "sale.order"

    def _check_rule_compatibility(self, rule):
        entries = self.env["sales.product.compatibility"]._get_entries(self)
        return {
            order: hits
            for order in (self if entries else ())
            if (hits := order._get_compatibility_hits(entries, rule))
        }

    def _get_compatibility_hits(self, entries, rule):
        self.ensure_one()
        lines = self._get_rule_lines(rule).filtered("product_uom_qty")
        hits = []
        for entry in entries._filter_for(self):
            own, others = entry._get_lines(lines)
            if own:
                hits.extend(
                    getattr(self, f"_get_{entry.kind}_hits")(entry, own, others)
                )
        return hits

    def _prepare_compatibility_hit(self, entry, text, line, *suggestions):
        detail = f"{text} {entry.message}" if entry.message else text
        return Hit(detail, line, suggestions, severity=entry.severity)

    def _get_requires_hits(self, entry, own, others):
        if others:
            return []
        text = self.env._(
            "%(product)s needs %(other)s. Add it.",
            product=own[0].product_id.display_name,
            other=entry._get_other_name(),
        )
        missing = self._suggest_missing_product(entry)
        return [self._prepare_compatibility_hit(entry, text, own[0], *missing)]

    def _suggest_missing_product(self, entry):
        """Offer the missing product; of several variants somebody has to choose."""
        variants = entry.other_product_tmpl_id.product_variant_ids
        if len(variants) != 1:
            return ()
        label = self.env._("Add %s", variants.display_name)
        return (
            Suggestion(
                "add_product", label, {"product_id": variants.id, "quantity": 1}
            ),
        )

    def _get_excludes_hits(self, entry, own, others):
        return [
            self._prepare_compatibility_hit(
                entry,
                self.env._(
                    "%(other)s does not go with %(product)s. Take one of them off.",
                    other=line.product_id.display_name,
                    product=own[0].product_id.display_name,
                ),
                line,
            )
            for line in others - own[:1]
        ]

    def _get_max_ratio_hits(self, entry, own, others):
        most = entry.ratio * own._get_product_quantity()
        unit = others.product_id.uom_id[:1]
        if not others or unit.compare(others._get_product_quantity(), most) <= 0:
            return []
        text = self.env._(
            "%(product)s takes at most %(most)s %(unit)s of %(other)s. Order less.",
            product=own[0].product_id.display_name,
            most=f"{most:g}",
            unit=unit.name,
            other=entry._get_other_name(),
        )
        less = others[0]._suggest_quantity(most) if len(others) == 1 else ()
        return [self._prepare_compatibility_hit(entry, text, others[0], *less)]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_product_quantity(self):
        """Return what the lines order, in the units of the products."""
        return sum(
            line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
            for line in self
        )
