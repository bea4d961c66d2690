from collections import defaultdict

from odoo import models

from ...exceptions import ProformaError
from .grants import writing_proforma

# Three parts of 33.333333 % are the whole order, and of 33.333334 % not more.
SHARE_TOLERANCE = 1e-6


class SalesProforma(models.Model):
    """The amounts: parts of an order that add up to it, to the cent.

    A part is what the order's line is worth up to the new share, less what was
    issued already. So rounding never adds up, and the last part meets the order.
    """

    _inherit = "sales.proforma"

    # === Parts === #

    def _build_lines(self, parts=None):
        """Write the lines for ``parts`` of the order, or anew for the parts they have.

        :param dict parts: {order line: fraction between 0 and 1}
        """
        self.ensure_one()
        if parts is None:
            parts = self._get_parts()
        self._check_parts(parts)
        vals_list = self._prepare_lines_vals(parts)
        # sudo: nobody writes lines, they follow from the order he may read.
        proforma = self.sudo()
        with writing_proforma():
            proforma.currency_rate = self._get_currency_rate()
            proforma.line_ids.unlink()
            self._convert_lines(vals_list, proforma.currency_rate)
            proforma.env["sales.proforma.line"].create(vals_list)
        proforma.invalidate_recordset(["line_ids"])

    def _rebuild_amounts(self):
        for proforma in self.filtered(lambda p: not p.issued_on):
            proforma._build_lines()

    def _get_parts(self):
        """Return {order line: fraction} of what is asked."""
        self.ensure_one()
        if self.kind == "lines":
            lines = self.line_ids.filtered("sale_line_id")
            return {line.sale_line_id: line.fraction for line in lines}
        goods = self._get_order_goods()
        if self.kind == "percent":
            return dict.fromkeys(goods, self.percent / 100)
        issued = self._get_issued_fractions()
        left = {line: 1.0 - issued[line.id] for line in goods}
        return {line: share for line, share in left.items() if share > SHARE_TOLERANCE}

    def _get_order_goods(self):
        """Return the lines of the order that are worth something."""
        lines = self.order_id._get_priced_lines()
        return lines.filtered(lambda line: not line.is_downpayment)

    def _get_siblings(self):
        """Return the other proformas that hold a share of the order."""
        return self.sudo().search(
            [
                ("order_id", "=", self.order_id.id),
                ("id", "not in", self.ids),
                *self._get_active_domain(),
            ]
        )

    def _get_issued_fractions(self):
        fractions = defaultdict(float)
        for line in self._get_siblings().line_ids:
            fractions[line.sale_line_id.id] += line.fraction
        return fractions

    def _check_parts(self, parts):
        """Refuse empty parts and shares that exceed what is left of a line."""
        self.ensure_one()
        if not any(fraction > 0 for fraction in parts.values()):
            raise ProformaError(self._get_nothing_open_message())
        issued = self._get_issued_fractions()
        for line, fraction in parts.items():
            total = issued[line.id] + fraction
            if fraction < 0 or total > 1.0 + SHARE_TOLERANCE:
                raise ProformaError(self._get_share_message(line, issued[line.id]))

    def _get_nothing_open_message(self):
        if self.kind == "percent" and not self.percent:
            return self.env._("Percentage: give a value above 0 and up to 100.")
        return self.env._(
            "Order %s: nothing is left to ask for. Its proformas cover all of it: "
            "cancel one of them first.",
            self.order_id.name,
        )

    def _get_share_message(self, line, issued):
        percent = 100 * issued
        return self.env._(
            "Percentage: the proformas of %(order)s would ask more than 100%% of "
            "“%(line)s”: %(percent)s %% is asked already, at most %(left)s %% is left. "
            "Ask less or cancel another proforma.",
            order=self.order_id.name,
            line=(line.name or "").split("\n")[0],
            percent=f"{percent:.2f}",
            left=f"{max(0.0, 100 - percent):.2f}",
        )

    def _check_share(self):
        """Refuse more than the order is worth, after its price fell for example."""
        self.ensure_one()
        order = self.order_id
        issued = sum(self._get_siblings().mapped("order_amount_total"))
        total = issued + self.order_amount_total
        nothing = order.currency_id.compare_amounts(self.order_amount_total, 0) <= 0
        if nothing or order.currency_id.compare_amounts(total, order.amount_total) > 0:
            raise ProformaError(
                self.env._(
                    "Amount: the proformas of %(order)s ask %(asked)s already, the "
                    "order is worth %(worth)s. Ask less or cancel another proforma.",
                    order=order.name,
                    asked=order.currency_id.format(issued),
                    worth=order.currency_id.format(order.amount_total),
                )
            )

    # === Amounts in the order's currency === #

    def _prepare_lines_vals(self, parts):
        self.ensure_one()
        details = self._get_order_details()
        issued = self._get_issued_amounts()
        shares = self._get_issued_fractions()
        return [
            self._prepare_line_vals(line, parts, details, issued, shares)
            for line in self.order_id.order_line
            if self._is_printed(line, parts)
        ]

    def _is_printed(self, line, parts):
        if line.display_type:
            return self.kind != "lines" and not line.is_downpayment
        return parts.get(line, 0) > 0

    def _prepare_line_vals(self, line, parts, details, issued, shares):
        vals = {
            "proforma_id": self.id,
            "sequence": line.sequence,
            "sale_line_id": line.id,
            "display_type": line.display_type,
            "name": line.name,
        }
        if line.display_type:
            return vals
        fraction = parts[line]
        share = self._get_round_share(shares[line.id] + fraction)
        amounts = self._get_part_amounts(details[line], issued[line.id], share)
        quantity = line.product_uom_qty * (fraction if self.kind == "lines" else 1.0)
        return vals | {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": quantity,
            "fraction": fraction,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "tax_ids": line.tax_ids.ids,
            "order_subtotal": amounts.pop(False),
            "order_tax_amounts": {str(tax): amount for tax, amount in amounts.items()},
        }

    @staticmethod
    def _get_round_share(share):
        return 1.0 if share > 1.0 - SHARE_TOLERANCE else share

    def _get_order_details(self):
        """Return {order line: {tax id, or False for the untaxed part: amount}}.

        From Odoo's engine over the whole order, its rounding included: the
        amounts of the lines add up to the totals of the order.
        """
        order = self.order_id
        engine = self.env["account.tax"]
        lines = [
            line._prepare_base_line_for_taxes_computation()
            for line in order._get_priced_lines()
        ]
        lines += order._add_base_lines_for_early_payment_discount()
        engine._add_tax_details_in_base_lines(lines, order.company_id)
        engine._round_base_lines_tax_details(lines, order.company_id)
        details, special = {}, []
        for line in lines:
            if line["special_type"] == "early_payment":
                special.append(self._get_line_details(line))
            else:
                details[line["record"]] = self._get_line_details(line)
        self._add_special_amounts(details, special)
        return details

    @staticmethod
    def _add_special_amounts(details, special):
        """Add what belongs to no line (a tax lowered by early payment) to the largest.

        Like this the lines still add up to the totals of the order.
        """
        for amounts in special:
            for key, amount in amounts.items():
                lines = [line for line in details if key in details[line]]
                if lines:
                    largest = max(
                        lines, key=lambda line, tax=key: abs(details[line][tax])
                    )
                    details[largest][key] += amount

    @staticmethod
    def _get_line_details(base_line):
        result = base_line["tax_details"]
        amounts = defaultdict(float)
        amounts[False] = (
            result["total_excluded_currency"] + result["delta_total_excluded_currency"]
        )
        for data in result["taxes_data"]:
            amounts[data["tax"].id] += data["tax_amount_currency"]
        return amounts

    def _get_issued_amounts(self):
        """Return {order line id: {tax id or False: amount issued already}}."""
        issued = defaultdict(lambda: defaultdict(float))
        for line in self._get_siblings().line_ids:
            amounts = issued[line.sale_line_id.id]
            amounts[False] += line.order_subtotal
            for tax, amount in (line.order_tax_amounts or {}).items():
                amounts[int(tax)] += amount
        return issued

    def _get_part_amounts(self, details, issued, share):
        """Return what the line is worth up to ``share``, less what was issued."""
        rounding = self.order_id.currency_id.round
        keys = {False, *details, *issued}
        return {
            key: rounding(
                rounding(details.get(key, 0.0) * share) - issued.get(key, 0.0)
            )
            for key in keys
        }

    # === Conversion === #

    def _get_currency_rate(self):
        """Return the rate from the order's currency on the day of issue."""
        self.ensure_one()
        source, target = self.order_id.currency_id, self.currency_id
        day = self.date or self._get_today()
        self._check_has_rate(target, day)
        return self.env["res.currency"]._get_conversion_rate(
            source, target, self.company_id, day
        )

    def _check_has_rate(self, currency, day):
        """Refuse a currency without any rate: Odoo would count one to one."""
        company = self.company_id
        if currency in (self.order_id.currency_id, company.currency_id):
            return
        # sudo: a salesperson may read rates of his own companies only.
        has_rate = (
            self.env["res.currency.rate"]
            .sudo()
            .search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("name", "<=", day),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                limit=1,
            )
        )
        if not has_rate:
            raise ProformaError(
                self.env._(
                    "Currency: there is no rate of %(currency)s on %(day)s. "
                    "Enter it under Invoicing > Configuration > Currencies.",
                    currency=currency.name,
                    day=day,
                )
            )

    def _convert_lines(self, vals_list, rate):
        """Add the amounts in the proforma's currency to the values.

        The running sum is converted, so that the totals are the order's totals
        times the rate and the lines still add up to them.
        """
        goods = [vals for vals in vals_list if "fraction" in vals]
        convert = _RunningConversion(self.currency_id, rate)
        for vals in goods:
            vals["price_unit"] *= rate
            vals["price_subtotal"] = convert(vals["order_subtotal"])
        for vals in goods:
            taxes = vals["order_tax_amounts"]
            vals["tax_amounts"] = {tax: convert(taxes[tax]) for tax in taxes}
            vals["price_tax"] = sum(vals["tax_amounts"].values())
            vals["order_total"] = vals["order_subtotal"] + sum(taxes.values())

    def _get_tax_summary(self):
        """Return [(name of the tax, base, amount)] for print and portal."""
        self.ensure_one()
        bases, amounts = defaultdict(float), defaultdict(float)
        for line in self.sudo().line_ids:
            for tax, amount in (line.tax_amounts or {}).items():
                bases[int(tax)] += line.price_subtotal
                amounts[int(tax)] += amount
        # sudo: the customer reads the name of a tax, not the tax.
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        return [
            (tax.name, bases[tax.id], self.currency_id.round(amounts[tax.id]))
            for tax in taxes.browse(amounts).exists().sorted("sequence")
        ]


class _RunningConversion:
    """Converts amounts one after the other without collecting rounding errors."""

    def __init__(self, currency, rate):
        self.currency, self.rate = currency, rate
        self.given = self.converted = 0.0

    def __call__(self, amount):
        self.given += amount
        reached = self.currency.round(self.given * self.rate)
        step = self.currency.round(reached - self.converted)
        self.converted = reached
        return step
