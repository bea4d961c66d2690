from odoo import api, fields, models
from odoo.tools import float_round

from ..seam.reading import once

# How far to look for a whole number of other units that is a multiple.
MOST_STEPS = 144


class SaleOrderLine(models.Model):
    """Minimum and multiple quantities; shown while typing, never in the way of it."""

    _inherit = "sale.order.line"

    qty_issue = fields.Char(
        string="Quantity Remark",
        compute="_compute_agreed",
        compute_sudo=True,
        groups="base.group_user",
        help="What is wrong with the quantity: below the minimum, or not a multiple.",
    )
    qty_suggested = fields.Float(
        string="Suggested Quantity",
        digits="Product Unit",
        compute="_compute_agreed",
        compute_sudo=True,
        groups="base.group_user",
        help="Next quantity up that may be ordered, in the unit of the line.",
    )

    customer_product_code = fields.Char(
        string="Customer's Number",
        compute="_compute_agreed",
        compute_sudo=True,
        help="Number under which the customer knows the product.",
    )

    @api.depends(
        "product_id", "product_uom_qty", "product_uom_id", "order_id.partner_id"
    )
    def _compute_agreed(self):
        """What was agreed on the products with the customer: one search for all."""
        agreed = self._get_customer_products()
        issues = self._get_qty_issues()
        self.update(
            {"qty_issue": False, "qty_suggested": 0.0, "customer_product_code": False}
        )
        for line, issue in issues.items():
            line.qty_issue, line.qty_suggested = issue
        for line, own in agreed.items():
            line.customer_product_code = own.customer_code

    def _get_stepped(self, agreed):
        """Return the lines with a minimum or multiple; most orders have none."""
        # sudo: rules count for whoever orders, the portal customer too.
        products = self.product_id.sudo()
        stepped = products.filtered(lambda one: any(one._get_order_quantities()))
        return self.filtered(
            lambda line: line in agreed or line.product_id._origin in stepped._origin
        )

    def _get_customer_products(self):
        """Return {line: agreement with the customer} of the lines that have one."""
        # sudo: agreements count for whoever orders, the portal customer too.
        agreements = self.env["sales.customer.product"].sudo()
        key = ("line.agreements", self._ids)
        return once(key, lambda: agreements._get_by_line(self))

    def _get_qty_issue(self, agreed=None):
        """Return (remark or False, quantity to order instead or 0.0)."""
        self.ensure_one()
        if not self._has_order_quantity():
            return False, 0.0
        # sudo: rules count for whoever orders, the portal customer too.
        minimum, multiple = self.product_id.sudo()._get_order_quantities(agreed)
        if not minimum and not multiple:
            return False, 0.0
        unit = self.product_id.uom_id
        quantity = self.product_uom_id._compute_quantity(
            self.product_uom_qty, unit, round=False
        )
        wanted = self._get_next_quantity(quantity, minimum, multiple)
        if unit.compare(wanted, quantity) <= 0:
            return False, 0.0
        issue = self._get_qty_issue_text(quantity, minimum, multiple)
        return issue, self._convert_wanted(wanted, multiple)

    def _has_order_quantity(self):
        """Whether the customer orders this line; options not chosen are at 0."""
        self.ensure_one()
        return (
            bool(self.product_id and self.product_uom_id)
            and not self.display_type
            and not self.is_reward_line
            and not self.is_delivery
            and self.product_uom_id.compare(self.product_uom_qty, 0) > 0
        )

    def _get_next_quantity(self, quantity, minimum, multiple):
        """Return the least allowed quantity that is not below ``quantity``."""
        unit = self.product_id.uom_id
        wanted = minimum if unit.compare(quantity, minimum) < 0 else quantity
        if not multiple or self._is_multiple(wanted, multiple):
            return wanted
        return float_round(wanted, precision_rounding=multiple, rounding_method="UP")

    def _is_multiple(self, quantity, multiple):
        """Compare in the rounding of the unit: 0.3 is three times 0.1."""
        rest = quantity - round(quantity / multiple) * multiple
        return self.product_id.uom_id.is_zero(rest)

    def _convert_wanted(self, wanted, multiple):
        """Return ``wanted`` in the unit of the line; in another unit in whole ones."""
        unit, own = self.product_id.uom_id, self.product_uom_id
        if unit == own:
            return wanted
        least = unit._compute_quantity(wanted, own, round=False)
        first = int(float_round(least, precision_digits=0, rounding_method="UP"))
        for count in range(first, first + MOST_STEPS):
            back = own._compute_quantity(count, unit, round=False)
            if not multiple or self._is_multiple(back, multiple):
                return float(count)
        return own.round(least, rounding_method="UP")

    def _get_qty_issue_text(self, quantity, minimum, multiple):
        unit = self.product_id.uom_id
        if unit.compare(quantity, minimum) < 0:
            return self.env._(
                "minimum %(quantity)s %(unit)s", quantity=f"{minimum:g}", unit=unit.name
            )
        return self.env._(
            "multiples of %(quantity)s %(unit)s",
            quantity=f"{multiple:g}",
            unit=unit.name,
        )

    def action_round_up_qty(self):
        """Order the next quantity that is allowed; lines without a remark stay."""
        agreed = self._get_customer_products()
        for line in self:
            _issue, suggested = line._get_qty_issue(agreed.get(line))
            if suggested:
                line.product_uom_qty = suggested
        return True
