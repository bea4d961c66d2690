from dataclasses import dataclass, field

from odoo import api, models

AMOUNTS = ("base_amount_currency", "tax_amount_currency", "total_amount_currency")


@dataclass
class Share:
    """What one part of a split order takes of a line.

    :param extra_tax_data: what makes the tax engine give exactly this share, or
        False where its own rounding does
    """

    line: models.BaseModel
    quantity: float
    price_unit: float
    extra_tax_data: dict | bool = False


@dataclass
class Part:
    """One part of a split order; ``totals`` are untaxed amount, tax and total."""

    shares: list = field(default_factory=list)
    totals: tuple = (0.0, 0.0, 0.0)

    @property
    def lines(self):
        return [share.line for share in self.shares]


class SaleOrder(models.Model):
    """Divide the amounts of an order among its parts so that not a cent is lost.

    The whole is computed once by the tax engine. Where the parts, each rounded by
    itself, give another sum, the rounded amounts of the whole are divided instead and
    kept in ``extra_tax_data``, as Odoo does for down payments and global discounts:
    they hold until somebody changes quantity, price, discount or taxes of the line.
    """

    _inherit = "sale.order"

    def _get_split_parts(self, quantities):
        """Return the parts of this order with exact amounts.

        :param quantities: for each part {line: quantity}; together all of the order
        :return: list of :class:`Part`
        """
        self.ensure_one()
        lines = list(self._get_divided_lines())
        whole = self._add_rounded_details(
            [line._prepare_base_line_for_taxes_computation() for line in lines]
        )
        parts = self._get_natural_parts(lines, quantities)
        discounts = [line for line in lines if line._is_global_discount()]
        if discounts or not self._is_sum(parts, self._get_totals(whole)):
            parts = self._get_exact_parts(lines, whole, quantities, parts)
        return parts

    # === As the tax engine rounds each part by itself === #

    def _get_natural_parts(self, lines, quantities):
        parts = []
        for wanted in quantities:
            shares = [
                Share(line, wanted[line], line.price_unit, line._get_kept_extra(wanted))
                for line in lines
                if line in wanted
            ]
            base_lines = [self._get_share_base_line(share) for share in shares]
            totals = self._get_totals(self._add_rounded_details(base_lines))
            parts.append(Part(shares, totals))
        return parts

    @api.model
    def _get_share_base_line(self, share):
        return share.line._prepare_base_line_for_taxes_computation(
            quantity=share.quantity,
            price_unit=share.price_unit,
            # Read in place of the field of the line.
            extra_tax_data=share.extra_tax_data or {},
        )

    def _is_sum(self, parts, whole):
        return all(
            self.currency_id.compare_amounts(sum(amounts), amount) == 0
            for amounts, amount in zip(
                zip(*(part.totals for part in parts), strict=True), whole, strict=True
            )
        )

    # === As the whole was rounded === #

    def _get_exact_parts(self, lines, whole, quantities, natural):
        weights = self._get_part_weights(natural)
        parts = [Part() for _wanted in quantities]
        for line, base_line in zip(lines, whole, strict=True):
            for index, share in self._get_exact_shares(
                line, base_line, quantities, weights
            ):
                parts[index].shares.append(share)
        for part in parts:
            base_lines = [self._get_share_base_line(share) for share in part.shares]
            part.totals = self._get_totals(self._add_rounded_details(base_lines))
        return parts

    @api.model
    def _get_part_weights(self, parts):
        """Return how much each part is of the whole, for discounts on the whole."""
        amounts = [
            abs(
                sum(
                    share.price_unit * share.quantity * (100 - share.line.discount)
                    for share in part.shares
                    if not share.line._is_global_discount()
                )
            )
            for part in parts
        ]
        whole = sum(amounts)
        return [amount / whole if whole else 1 / len(amounts) for amount in amounts]

    def _get_exact_shares(self, line, base_line, quantities, weights):
        """Return (index of the part, share) with the amounts of ``base_line`` divided."""
        factors = [
            (weight if line._is_global_discount() else wanted[line], index)
            for index, (wanted, weight) in enumerate(
                zip(quantities, weights, strict=True)
            )
            if line in wanted
        ]
        # The engine hands out the raw amounts to the largest first: so do we.
        factors.sort(key=lambda pair: -abs(pair[0]))
        details = self.env["account.tax"]._split_tax_details(
            base_line, self.company_id, [{"factor": factor} for factor, _i in factors]
        )
        whole = sum(abs(factor) for factor, _index in factors)
        return [
            (
                index,
                self._get_exact_share(
                    line,
                    quantities[index][line],
                    abs(factor) / whole if whole else 1 / len(factors),
                    detail,
                ),
            )
            for (factor, index), detail in zip(factors, details, strict=True)
        ]

    def _get_exact_share(self, line, quantity, ratio, details):
        price = line.price_unit
        if line._is_global_discount():
            price = self.currency_id.round(price * ratio)
        share = Share(line, quantity, price)
        base_line = self._get_share_base_line(share)
        base_line["computation_key"] = (line.extra_tax_data or {}).get(
            "computation_key"
        )
        base_line["tax_details"] = details
        share.extra_tax_data = self._export_exact_amounts(base_line)
        return share

    def _export_exact_amounts(self, base_line):
        tax_engine = self.env["account.tax"]
        details = base_line["tax_details"]
        tax_engine._fix_base_lines_tax_details_on_manual_tax_amounts(
            [base_line], self.company_id
        )
        if not details["taxes_data"]:
            base_line["manual_total_excluded_currency"] = details[
                "total_excluded_currency"
            ]
            base_line["manual_total_excluded"] = details["total_excluded"]
            # Without an entry here the engine takes no notice of the two above.
            base_line["manual_tax_amounts"] = {"0": {}}
        return tax_engine._export_base_line_extra_tax_data(base_line)

    # === Tools === #

    def _add_rounded_details(self, base_lines):
        """Return ``base_lines`` with rounded details, the rounding of the whole in them."""
        tax_engine = self.env["account.tax"]
        tax_engine._add_tax_details_in_base_lines(base_lines, self.company_id)
        tax_engine._round_base_lines_tax_details(base_lines, self.company_id)
        for base_line in base_lines:
            details = base_line["tax_details"]
            for suffix in ("_currency", ""):
                delta = details[f"delta_total_excluded{suffix}"]
                details[f"total_excluded{suffix}"] += delta
                details[f"total_included{suffix}"] += delta
                details[f"delta_total_excluded{suffix}"] = 0.0
        return base_lines

    def _get_totals(self, base_lines):
        """Return untaxed amount, tax and total."""
        summary = self.env["account.tax"]._get_tax_totals_summary(
            base_lines=base_lines, currency=self.currency_id, company=self.company_id
        )
        return tuple(summary[name] for name in AMOUNTS)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("extra_tax_data")
    def _compute_amount(self):
        return super()._compute_amount()

    def _get_kept_extra(self, wanted):
        """Return the exact amounts of a line that stays whole."""
        self.ensure_one()
        whole = self.product_uom_id.compare(wanted[self], self.product_uom_qty) == 0
        return self.extra_tax_data if whole else False
