from odoo import api, models
from odoo.fields import Command

from ..validation.finding import Hit, Suggestion, saving


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "minimum_order": self.env._("Minimum of the customer or country"),
        }


class SaleOrder(models.Model):
    """No order below its minimum, or with a line that makes up for it."""

    _inherit = "sale.order"

    def _check_rule_minimum_order(self, rule):
        entries = self.env["sales.minimum.order"]._get_entries(self)
        return {
            order: [hit]
            for order in (self if entries else ())
            if (hit := order._get_minimum_hit(entries))
        }

    def _get_minimum_hit(self, entries):
        self.ensure_one()
        entry = self._get_missed_minimum(entries)
        if not entry or self._get_minimum_charges(entry):
            return None
        limit = entry._convert(entry.amount, self)
        missing = limit - self._get_minimum_value(entries)
        detail = self.env._(
            "%(name)s: the minimum is %(limit)s, %(missing)s is missing. Add goods.",
            name=entry.name,
            limit=self.currency_id.format(limit),
            missing=self.currency_id.format(missing),
        )
        return Hit(
            detail,
            suggestions=self._suggest_minimum_charge(entry),
            severity="warn" if entry.action == "warn" else None,
        )

    def _suggest_minimum_charge(self, entry):
        product = entry.product_id
        if entry.action != "surcharge":
            return ()
        label = self.env._("Add %s", product.display_name)
        args = {"product_id": product.id, "quantity": 1}
        return (Suggestion("add_product", label, args),)

    def _get_missed_minimum(self, entries):
        """Return the minimum the order does not reach, or none."""
        entry = entries._filter_for(self)[:1]
        if not entry or not self._get_minimum_goods(entries):
            return entries.browse()
        limit = entry._convert(entry.amount, self)
        reached = self.currency_id.compare_amounts(
            self._get_minimum_value(entries), limit
        )
        return entry if reached < 0 else entries.browse()

    def _get_minimum_goods(self, entries):
        """Return the lines that count: not freight, not a surcharge."""
        return self.order_line.filtered(
            lambda line: (
                line.product_id
                and not line.is_delivery
                and not line.is_downpayment
                and line.product_id not in entries.product_id
            )
        )

    def _get_minimum_value(self, entries):
        return sum(self._get_minimum_goods(entries).mapped("price_subtotal"))

    # === The surcharge follows the lines === #

    def _ensure_saved(self):
        """Keep the surcharge right with each save, before the rules look at it."""
        if self.env["sales.validation.rule"]._has_check("minimum_order"):
            entries = self.env["sales.minimum.order"]._get_entries(self)
            quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
            with saving():
                for order in quotations if entries.product_id else ():
                    # sudo: the customer may change his lines on the portal.
                    order.sudo()._sync_minimum_charge(entries)
        return super()._ensure_saved()

    def _sync_minimum_charge(self, entries):
        """Add, mend or take off the line of the surcharge."""
        self.ensure_one()
        entry = self._get_missed_minimum(entries)
        wanted = entry.filtered(lambda one: one.action == "surcharge")
        charges = self._get_minimum_charges(entries)
        kept = charges.filtered(lambda line: line.product_id == wanted.product_id)[:1]
        (charges - kept).unlink()
        if wanted:
            self._charge_minimum(wanted, kept)

    def _get_minimum_charges(self, entries):
        """Return the lines that charge for being below a minimum."""
        return self.order_line.filtered(
            lambda line: line.product_id and line.product_id in entries.product_id
        )

    def _charge_minimum(self, entry, line):
        price = entry._convert(entry.surcharge, self)
        vals = {"product_uom_qty": 1, "price_unit": price, "discount": 0}
        if not line:
            vals.update(product_id=entry.product_id.id, sequence=999)
            self.order_line = [Command.create(vals)]
        elif any(line[name] != value for name, value in vals.items()):
            line.write(vals)
