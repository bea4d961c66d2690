from odoo import api, fields, models
from odoo.tools import float_round

from odoo.addons.sales_order_plus.models.seam.hashing import get_hash


class SaleOrder(models.Model):
    """What approvals measure, and the fingerprint of what was approved.

    **Amount**: sum over the lines of quantity x unit price less line discount, without
    taxes included in the price, without the charge of the order's carrier, converted
    to company currency at the rate of the order date.

    **Effective discount**, in percent of the book value, rounded to two digits::

        100 x (sum of what each line is sold below its book value
               + sum of all negative lines) / (sum of the book values)

    The book value of a line is quantity x sales price of the product (in the unit and
    currency of the line, without included taxes) or, if the policy says so, quantity x
    price of the order's price list. So a line discount, a lowered unit price, a free
    item, a discount product, a negative quantity and a reward all count. A surcharge
    on one line never makes up for a discount on another. A line whose product has no
    price in the book counts as sold at its price; the charge of the carrier does not
    count at all.

    Everything is computed from what the user types on the lines (quantity, unit, price,
    discount, taxes): stored totals such as ``amount_untaxed`` can be written over RPC.
    """

    _inherit = "sale.order"

    def _get_approval_rate_date(self):
        self.ensure_one()
        return (self.date_order or fields.Datetime.now()).date()

    def _get_approval_metrics(self, names):
        """Return {order id: {metric: value}} for the metrics in ``names``.

        Each metric is measured by its method ``_measure_<metric>``, for all orders at
        once; see ``sales.approval.measure.mixin`` for what there is and the units.
        """
        # sudo: what is measured does not depend on who asks.
        orders = self.sudo()
        metrics = {order.id: {} for order in orders}
        for name in sorted(names):
            values = getattr(orders, f"_measure_{name}")()
            for order_id, value in values.items():
                metrics[order_id][name] = value
        return metrics

    @api.model
    def _is_gate_shared(self):
        policies = self.env["sales.approval.policy"]._get_active(self.env.company)
        asked = policies._filter_operation("confirm")
        return any(one._is_shared() for one in asked) or super()._is_gate_shared()

    def _measure_each(self, measure):
        """Return {order id: ``measure(order)``}, in the company of each order."""
        return {
            order.id: measure(order.with_company(order.company_id)) for order in self
        }

    def _measure_amount(self):
        return self._measure_each(lambda order: order._get_approval_amount())

    def _measure_discount(self):
        return self._measure_each(lambda order: order._get_book_discount("discount"))

    def _measure_pricelist_discount(self):
        return self._measure_each(
            lambda order: order._get_book_discount("pricelist_discount")
        )

    def _get_approval_lines(self):
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type and not line._is_approval_delivery_charge()
            )
        )
        # Read together with the lines of the other orders.
        return lines.with_prefetch(self.order_line._prefetch_ids)

    def _get_approval_amount(self):
        """Return the untaxed amount in company currency."""
        self.ensure_one()
        lines = self._get_approval_lines()
        return self._convert_to_company(sum(line._get_sold_value() for line in lines))

    def _convert_to_company(self, amount):
        """Return ``amount`` of the order's currency at the rate of the order date."""
        self.ensure_one()
        company = self.company_id
        return self.currency_id._convert(
            amount, company.currency_id, company, self._get_approval_rate_date()
        )

    def _get_book_discount(self, basis):
        self.ensure_one()
        lines = self._get_approval_lines()
        values = [line._get_approval_values(basis) for line in lines]
        book = sum(value for value, _sold in values)
        given = sum(max(value - sold, 0.0) for value, sold in values)
        if not book:
            return 100.0 if given else 0.0
        return float_round(100 * given / book, precision_digits=2)

    # === Fingerprint === #

    def _get_approval_snapshot(self):
        """Return what is decided on, as plain data.

        ``terms`` may not change at all under an approval; ``lines`` may, as long as no
        measured value gets worse.
        """
        self.ensure_one()
        order = self.sudo()
        return {
            "terms": {
                "company": order.company_id.id,
                "currency": order.currency_id.id,
                "customer": order.partner_id.commercial_partner_id.id,
                "invoice_to": order.partner_invoice_id.commercial_partner_id.id,
                "payment_term": order.payment_term_id.id,
            },
            "lines": sorted(
                order._prepare_line_snapshot(line)
                for line in order.order_line
                if not line.display_type
            ),
        }

    def _prepare_line_snapshot(self, line):
        numbers = (line.product_uom_qty, line.price_unit, line.discount)
        return [
            line.product_id.id or 0,
            line.product_uom_id.id or 0,
            *(f"{number or 0.0:.6f}" for number in numbers),
            sorted(line.tax_ids.ids),
        ]

    def _get_approval_fingerprint(self, snapshot):
        return get_hash(snapshot)
