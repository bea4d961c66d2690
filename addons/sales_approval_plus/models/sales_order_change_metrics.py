from odoo import fields, models

from odoo.addons.sales_order_plus.models.change.sales_change_policy_limits import (
    QUANTITY_KINDS,
)


class SalesOrderChange(models.Model):
    """What policies measure of a change: read from its trial, so from what it does."""

    _inherit = "sales.order.change"

    def _get_figures(self, when):
        """Return the figures of the trial ``before`` or ``after``; {} without one."""
        return (self.impact or {}).get(when) or {}

    def _get_total(self, when, name):
        return self._get_figures(when).get("totals", {}).get(name, 0.0)

    def _measure_change_amount(self):
        return self._measure_each(lambda one: abs(one._get_company_delta()))

    def _measure_change_percent(self):
        return self._measure_each(lambda one: one._get_delta_percent())

    def _get_delta_percent(self):
        before = self._get_total("before", "total")
        delta = abs(self._get_total("after", "total") - before)
        if not before:
            return 100.0 if delta else 0.0
        return 100 * delta / abs(before)

    def _measure_change_price_drop(self):
        return self._measure_each(
            lambda one: max(
                (line._get_price_drop() for line in one.line_ids), default=0
            )
        )

    def _measure_change_margin(self):
        return self._measure_each(
            lambda one: (
                one._get_total("before", "margin_percent")
                - one._get_total("after", "margin_percent")
            )
        )

    def _measure_change_quantity(self):
        return self._measure_each(
            lambda one: max(
                (
                    abs(line._get_quantity_percent())
                    for line in one.line_ids
                    if line.kind in QUANTITY_KINDS
                ),
                default=0.0,
            )
        )

    def _measure_change_days(self):
        return self._measure_each(lambda one: abs(one._get_date_shift()))

    def _measure_change_late(self):
        return self._measure_each(lambda one: one._get_late_days())

    def _get_late_days(self):
        """Return how many days before the goods are there they are promised."""
        after = self._get_figures("after")
        promised = after.get("terms", {}).get("commitment_date", "")[:10]
        if "-" not in promised[1:]:
            return 0
        there = max((line["available_on"] for line in after["lines"]), default="")
        if not there or there <= promised:
            return 0
        return (fields.Date.to_date(there) - fields.Date.to_date(promised)).days

    def _measure_change_short(self):
        return self._measure_each(
            lambda one: max(one._get_short("after") - one._get_short("before"), 0)
        )

    def _get_short(self, when):
        return sum(line["short"] for line in self._get_figures(when).get("lines", ()))

    def _has_kind(self, *kinds):
        return not {*kinds}.isdisjoint(self.line_ids.mapped("kind"))

    def _measure_change_address(self):
        return self._measure_each(
            lambda one: one._has_kind("delivery_address", "invoice_address")
        )

    def _measure_change_country(self):
        return self._measure_each(lambda one: one._changes_country())

    def _changes_country(self):
        where = self.line_ids.filtered(lambda line: line.kind == "delivery_address")
        base = (self.base_terms or {}).get("header", {}).get("partner_shipping_id")
        old = self.env["res.partner"].sudo().browse(base).exists()
        new = where[-1:].partner_id.sudo()
        return bool(new and new.country_id != old.country_id)

    def _measure_change_payment(self):
        return self._measure_each(
            lambda one: one._has_kind("payment_term", "payment_method")
        )

    def _measure_change_touched(self):
        return self._measure_each(lambda one: one._touches_picked())

    def _touches_picked(self):
        """Return whether a transfer that is picked or printed changes."""
        after = {
            one["name"]: one for one in self._get_figures("after").get("pickings", ())
        }
        return any(
            (one["picked"] or one["printed"]) and after.get(one["name"]) != one
            for one in self._get_figures("before").get("pickings", ())
        )

    def _measure_change_rush(self):
        """Measure whether it hurries for goods that others have, or nobody has."""
        return self._measure_each(
            lambda one: (
                any(line._becomes_urgent() for line in one.line_ids)
                and one._get_short("after") > 0
            )
        )

    def _measure_change_special(self):
        return self._measure_each(lambda one: one._has_kind("special"))

    def _measure_change_beyond(self):
        return self._measure_each(lambda one: bool(one._get_limit_excess()))

    # === What it cancels === #

    def _get_lowered_worth(self):
        """Return what is ordered less, without taxes, in the currency of the order."""
        self.ensure_one()
        return sum(line._get_lowered_worth() for line in self.line_ids)

    def _measure_cancel_amount(self):
        return self._measure_each(
            lambda one: one._get_company_value(one._get_lowered_worth())
        )

    def _measure_cancel_shipped(self):
        return self._measure_each(lambda one: one.order_id._get_shipped_percent())

    def _measure_cancel_invoiced(self):
        return self._measure_each(
            lambda one: any(
                line.line_id.qty_invoiced
                for line in one.line_ids
                if line._get_lowered_quantity()
            )
        )

    def _measure_cancel_our_fault(self):
        return self._measure_each(lambda one: False)


class SalesOrderChangeLine(models.Model):
    _inherit = "sales.order.change.line"

    def _get_lowered_quantity(self):
        """Return how much less of the line is ordered, in its unit."""
        self.ensure_one()
        if self.kind not in QUANTITY_KINDS:
            return 0.0
        new = 0.0 if self.kind == "remove" else self.quantity
        return max(self._get_base_value("product_uom_qty") - new, 0.0)

    def _get_lowered_worth(self):
        lowered = self._get_lowered_quantity()
        if not lowered:
            return 0.0
        price = self._get_base_value("price_unit")
        price *= 1 - self._get_base_value("discount") / 100
        line = self.line_id
        return lowered * line._get_untaxed_price(price, line.tax_ids)

    def _get_price_drop(self):
        """Return by how many percent the price less discount becomes lower."""
        self.ensure_one()
        if self.kind != "price":
            return 0.0
        old = self._get_base_value("price_unit")
        old *= 1 - self._get_base_value("discount") / 100
        new = self.price_unit * (1 - self.discount / 100)
        return 100 * (old - new) / old if old > 0 else 0.0
