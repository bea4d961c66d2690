import math

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import float_compare

from ...exceptions import QuotationError

LARGEST = 1e9


class SalesCounterOfferLine(models.Model):
    """Quantity and price the customer proposes for one line of the quotation."""

    _name = "sales.counter.offer.line"
    _description = "Counter-Offer Line"
    _order = "id"

    offer_id = fields.Many2one(
        "sales.counter.offer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The offer.",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Quotation Line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The line the offer is for; empty when it was removed since.",
    )
    name = fields.Text(readonly=True, help="Text of the line when the offer was made.")
    currency_id = fields.Many2one(related="offer_id.currency_id", help="Currency.")
    quantity_current = fields.Float(
        string="Quoted Quantity",
        digits="Product Unit",
        readonly=True,
        help="Quantity when the offer was made.",
    )
    price_current = fields.Float(
        string="Quoted Price",
        digits="Product Price",
        readonly=True,
        help="Price of a unit after discount when the offer was made.",
    )
    quantity = fields.Float(
        string="Offered Quantity",
        digits="Product Unit",
        readonly=True,
        help="Quantity the customer wants.",
    )
    price_unit = fields.Float(
        string="Offered Price",
        digits="Product Price",
        readonly=True,
        help="Price of a unit, after any discount, the customer would pay.",
    )
    amount_current = fields.Monetary(
        string="Quoted", compute="_compute_amounts", store=True, help="As quoted."
    )
    amount_offered = fields.Monetary(
        string="Offered", compute="_compute_amounts", store=True, help="As proposed."
    )

    @api.depends("quantity_current", "price_current", "quantity", "price_unit")
    def _compute_amounts(self):
        for line in self:
            rounded = line.offer_id.order_id.currency_id.round
            line.amount_current = rounded(line.quantity_current * line.price_current)
            line.amount_offered = rounded(line.quantity * line.price_unit)

    # === Made from what the customer's browser sends === #

    @api.model
    def _prepare_commands(self, order, lines):
        """Return the commands of an offer; only lines that differ are kept.

        Every id is looked up among the lines of this order that may be negotiated: what
        a browser sends proves nothing.
        """
        allowed = {line.id: line for line in order._get_negotiable_lines()}
        vals_list = []
        for proposal in lines:
            line = allowed.get(proposal.get("line_id"))
            if not line:
                raise QuotationError(
                    self.env._(
                        "Line: %(id)s is no line of this quotation that can be "
                        "negotiated. Reload the page and try again.",
                        id=proposal.get("line_id"),
                    )
                )
            vals = self._prepare_vals(line, proposal)
            if vals:
                vals_list.append(vals)
        if not vals_list:
            raise QuotationError(
                self.env._(
                    "Price: your offer is the same as our quotation. Change a quantity "
                    "or a price, or accept the quotation."
                )
            )
        return [Command.create(vals) for vals in vals_list]

    @api.model
    def _prepare_vals(self, line, proposal):
        quantity = self._parse(proposal.get("quantity"), self.env._("Quantity"), line)
        price = self._parse(proposal.get("price_unit"), self.env._("Price"), line)
        if not quantity:
            raise QuotationError(
                self.env._(
                    "Quantity: 0 of “%(line)s” is no offer. Ask us to leave it out.",
                    line=line.name,
                )
            )
        current = line._get_negotiated_price()
        digits = self.env["decimal.precision"].precision_get("Product Price")
        if not float_compare(price, current, precision_digits=digits):
            # The browser only shows the rounded price.
            price = current
        same_quantity = not line.product_uom_id.compare(quantity, line.product_uom_qty)
        if same_quantity and price == current:
            return None
        return {
            "order_line_id": line.id,
            "name": line.name,
            "quantity_current": line.product_uom_qty,
            "price_current": current,
            "quantity": quantity,
            "price_unit": price,
        }

    @api.model
    def _parse(self, text, label, line):
        """Return a finite number from 0 to a billion; a comma is a decimal point."""
        try:
            number = float(str(text).strip().replace(",", "."))
        except ValueError:
            number = math.nan
        if not 0 <= number <= LARGEST:
            raise QuotationError(
                self.env._(
                    "%(label)s: “%(text)s” for “%(line)s” is no number from 0 up. "
                    "Correct it.",
                    label=label,
                    text=str(text)[:40],
                    line=line.name,
                )
            )
        return number

    def _get_summary(self):
        self.ensure_one()
        return self.env._(
            "%(name)s: %(quantity)g × %(price)g instead of %(old_quantity)g × "
            "%(old_price)g",
            name=(self.name or "").splitlines()[0] if self.name else "",
            quantity=self.quantity,
            price=self.price_unit,
            old_quantity=self.quantity_current,
            old_price=self.price_current,
        )

    # === Accepted === #

    def _apply(self):
        """Write the offered values into the quotation, with the user's own rights."""
        gone = self.filtered(lambda line: not line.order_line_id)
        if gone:
            raise QuotationError(
                self.env._(
                    "Line: “%(name)s” is not in the quotation any more. Refuse the "
                    "offer, or revise the quotation by hand.",
                    name=gone[0].name,
                )
            )
        for line in self:
            line.order_line_id.write(line._prepare_applied_vals())

    def _prepare_applied_vals(self):
        self.ensure_one()
        line = self.order_line_id
        if self.price_unit == self.price_current:
            # Written though unchanged: a new quantity would fetch a new price.
            kept = {"price_unit": line.price_unit, "discount": line.discount}
            return {"product_uom_qty": self.quantity, **kept}
        return {
            "product_uom_qty": self.quantity,
            "price_unit": self.price_unit,
            "discount": 0.0,
        }
