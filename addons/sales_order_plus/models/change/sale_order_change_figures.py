from odoo import fields, models

from .sale_order_change import HEADER_TERMS

OPEN_ONLY = ("done", "cancel")
# A change alters neither whose order it is nor its currency.
SHOWN_TERMS = tuple(
    name
    for name in HEADER_TERMS
    if name not in ("state", "partner_id", "currency_id", "pricelist_id")
)


def _date(value):
    return fields.Datetime.to_string(value) if value else ""


class SaleOrder(models.Model):
    """What a change can alter, as plain figures; the same before, tried and after."""

    _inherit = "sale.order"

    def _get_change_figures(self, known=()):
        """Return what the order means for money, goods and transfers.

        :param known: ids of transfers that have a name; others are called new
        :return: JSON-serialisable dict that names nothing a trial only made
        """
        self.ensure_one()
        self.env.flush_all()
        # sudo: stock and invoices are not the salesperson's; he sees what concerns him.
        order = self.sudo().with_context(lang=self.env.lang)
        return {
            "totals": order._get_change_totals(),
            "taxes": [
                {"name": tax["name"], "amount": round(tax["amount"], 6)}
                for tax in order._prepare_snapshot_taxes()
            ],
            "invoicing": order._get_change_invoicing(),
            "terms": order._get_change_header(),
            "lines": [
                line._get_change_figures()
                for line in order.order_line
                if not line.display_type
            ],
            "pickings": order._get_change_pickings(set(known)),
            "purchases": order._get_change_purchases(),
        }

    def _get_change_totals(self):
        freight = self.order_line.filtered("is_delivery")
        return {
            "untaxed": self.amount_untaxed,
            "tax": self.amount_tax,
            "total": self.amount_total,
            "margin": round(self.margin, 6),
            "margin_percent": round(self.margin_percent * 100, 4),
            "freight": sum(freight.mapped("price_subtotal")),
        }

    def _get_change_invoicing(self):
        """Return what is invoiced, and what is to be invoiced or credited for it."""
        differences = [
            line._get_change_uninvoiced()
            for line in self.order_line
            if not line.display_type and not line.is_downpayment
        ]
        round_ = self.currency_id.round
        return {
            "invoiced": round_(sum(self.order_line.mapped("untaxed_amount_invoiced"))),
            "to_invoice": round_(sum(one for one in differences if one > 0)),
            "to_credit": round_(-sum(one for one in differences if one < 0)),
            "drafts": sorted(
                one.invoice_payment_term_id.name or ""
                for one in self.invoice_ids
                if one.state == "draft"
            ),
        }

    def _get_change_header(self):
        plain = self._get_change_terms()["header"]
        return {
            name: self._get_term_text(self, name, plain[name]) for name in SHOWN_TERMS
        }

    def _get_change_pickings(self, known):
        """Return the transfers that have not left; those of a trial have no name."""
        pickings = self.picking_ids.filtered(lambda one: one.state not in OPEN_ONLY)
        return [
            {
                "name": one.name if one.id in known else "",
                "type": one.picking_type_id.name,
                "state": one.state,
                "printed": one.printed,
                "picked": any(move.picked for move in one.move_ids),
                "partner": one.partner_id.display_name or "",
                "date": _date(one.scheduled_date),
                "priority": one.priority,
                "carrier": one.carrier_id.name or "",
                "instructions": one.delivery_instructions or "",
                "needed": sum(
                    move.product_qty
                    for move in one.move_ids
                    if move.state not in OPEN_ONLY
                ),
            }
            for one in pickings.sorted("id")
        ]

    def _get_change_purchases(self):
        """Return what is bought for this order, where purchasing is installed."""
        lines = self.order_line._get_change_purchase_lines()
        return [
            {
                "name": line.order_id.name,
                "product": line.product_id.display_name,
                "quantity": line.product_uom_qty,
                "state": line.order_id.state,
            }
            for line in lines or ()
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_change_figures(self):
        """Return quantities, worth and goods of one line."""
        self.ensure_one()
        return {
            "product": self.product_id.display_name or self.name,
            "quantity": self.product_uom_qty,
            "unit": self.product_uom_id.name or "",
            "price_unit": self.price_unit,
            "discount": self.discount,
            "taxes": ", ".join(self.tax_ids.mapped("name")),
            "subtotal": self.price_subtotal,
            "delivered": self.qty_delivered,
            "invoiced": self.qty_invoiced,
            **self._get_change_stock(),
        }

    def _get_change_stock(self):
        """Return what is needed, reserved and short, in the unit of the product."""
        moves = self._get_final_moves()
        unit = self.product_id.uom_id
        dates = [move.forecast_expected_date for move in moves]
        planned = [move.date for move in moves]
        return {
            "needed": unit.round(sum(moves.mapped("product_qty"))) if moves else 0.0,
            "reserved": moves._get_moved_quantity(),
            "short": sum(move._get_short() for move in moves),
            "available_on": _date(max(filter(None, dates), default=False))[:10],
            "planned": _date(max(filter(None, planned), default=False)),
        }

    def _get_change_uninvoiced(self):
        """Return the worth that is not invoiced, negative where too much is.

        What is delivered or ordered counts, as the product is invoiced.
        """
        self.ensure_one()
        quantity = self.product_uom_qty
        due = self.price_subtotal
        if self.product_id.invoice_policy == "delivery" and quantity:
            due = due * self.qty_delivered / quantity
        return due - self.untaxed_amount_invoiced

    def _get_change_purchase_lines(self):
        moves = self.move_ids
        if "purchase_line_id" not in moves._fields:
            return None
        chain = moves | moves.browse(moves._rollup_move_origs())
        lines = chain.purchase_line_id | chain.created_purchase_line_ids
        return lines.filtered(lambda line: line.order_id.state != "cancel").sorted("id")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_short(self):
        """Return what neither is reserved nor comes in time by any receipt."""
        self.ensure_one()
        if not self.product_id.is_storable or self.procure_method == "make_to_order":
            return 0.0
        unit = self.product_id.uom_id
        covered = max(self.forecast_availability, self._get_moved_quantity())
        return max(unit.round(self.product_qty - covered), 0.0)
