from contextvars import ContextVar

from odoo import api, fields, models

from ...exceptions import OwnFieldError
from ..seam.granted import granted

# Set while our own code adds a fee; no caller reaches it.
_CHARGING = ContextVar("sales_charging_fee", default=False)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_restocking_fee = fields.Boolean(
        string="Is a Restocking Fee",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The line is what a cancellation or a return costs the customer.",
        prefetch="sales_rare",
    )

    def _is_cancellation_fee(self):
        # sudo: the mark is internal.
        return super()._is_cancellation_fee() or self.sudo().is_restocking_fee

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fee_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_fee_by_hand(vals)
        return super().write(vals)

    def _check_fee_by_hand(self, vals):
        if "is_restocking_fee" in vals and not _CHARGING.get():
            raise OwnFieldError(
                self.env._("Restocking Fee: it follows a cancellation or a return."),
                field="is_restocking_fee",
                rule="own_field",
            )

    def _is_open_for_offer(self):
        return super()._is_open_for_offer() and not self._is_cancellation_fee()


class SaleOrder(models.Model):
    """Fees are lines of the order, so that they net with what is credited."""

    _inherit = "sale.order"

    def _add_fee_lines(self, fees, reference):
        """Add what a cancellation or a return costs to the order, as superuser.

        :param dict fees: {fee: {order line: amount}}
        :param str reference: number of the cancellation or the return
        :return: the new lines
        """
        self.ensure_one()
        lines = self.env["sale.order.line"]
        if not fees:
            return lines
        last = max(self.order_line.mapped("sequence"), default=0)
        with granted(_CHARGING, True), self._open_for_change():
            return lines.create(
                [
                    {
                        **self._prepare_fee_line_vals(fee, by_line, reference),
                        "sequence": last + 1,
                    }
                    for fee, by_line in fees.items()
                ]
            )

    def _prepare_fee_line_vals(self, fee, by_line, reference):
        fee = fee.with_context(lang=self.partner_id.lang)
        return {
            "order_id": self.id,
            "product_id": fee.product_id.id,
            "name": f"{fee.name} ({reference})",
            "product_uom_qty": 1,
            "price_unit": self.currency_id.round(sum(by_line.values())),
            "discount": 0,
            "is_restocking_fee": True,
        }

    def _get_open_fee_lines(self):
        """Return the fees that are not invoiced yet."""
        return self.order_line.filtered(
            lambda line: line.is_restocking_fee and not line.qty_invoiced
        )

    def _get_fee_total(self, fees):
        """Return what fees cost with their taxes, before they are lines of the order.

        :param dict fees: {fee: {order line: amount}}
        """
        self.ensure_one()
        total = 0.0
        for fee, by_line in fees.items():
            taxes = fee.product_id.taxes_id._filter_taxes_by_company(self.company_id)
            taxes = self.fiscal_position_id.map_tax(taxes)
            computed = taxes.compute_all(
                sum(by_line.values()),
                self.currency_id,
                product=fee.product_id,
                partner=self.partner_shipping_id,
            )
            total += computed["total_included"]
        return self.currency_id.round(total)
