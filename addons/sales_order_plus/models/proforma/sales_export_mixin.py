from collections import defaultdict
from dataclasses import dataclass

from odoo import models

from ...report.proforma.trade_parts import Column


@dataclass
class ExportLine:
    """Goods of one product that cross a border together."""

    product: object
    name: str
    quantity: float
    uom: object
    value: float
    net_weight: float
    packages: str = ""

    @property
    def hs_code(self):
        """The product's number in the customs tariff."""
        return self.product.hs_code or ""

    @property
    def origin(self):
        """The country the product was made in."""
        return self.product.country_of_origin


class SalesExportMixin(models.AbstractModel):
    """Records with export papers: what is told of the goods comes from one place."""

    _name = "sales.export.mixin"
    _inherit = ["sales.trade.mixin"]
    _description = "Export Papers"

    # === What the documents extend === #

    def _get_export_order(self):
        """Return the order the goods were sold with."""
        return self.env["sale.order"]

    def _get_export_lines(self):
        """Return the :class:`ExportLine` of the goods."""
        return []

    def _get_export_pickings(self):
        """Return the transfers the goods leave with."""
        return self.env["stock.picking"]

    def _get_export_currency(self):
        return self._get_export_order().currency_id or self.company_id.currency_id

    def _get_export_consignee(self):
        return self._get_export_order().partner_shipping_id or self.partner_id

    def _get_trade_lang(self):
        return self._get_export_consignee().sudo().lang

    # === Sums === #

    def _get_export_net_weight(self):
        return sum(line.net_weight for line in self._get_export_lines())

    def _get_export_gross_weight(self):
        """Return the weight with packages, as the warehouse weighed it."""
        pickings = self._get_export_pickings().sudo()
        packed = sum(pickings.mapped("shipping_weight"))
        return max(packed, self._get_export_net_weight())

    def _get_export_packages(self):
        pickings = self._get_export_pickings().sudo()
        return pickings.move_line_ids.result_package_id

    def _get_export_value(self):
        currency = self._get_export_currency()
        return currency.round(sum(line.value for line in self._get_export_lines()))

    # === Lines of moves === #

    def _get_move_lines(self, moves):
        """Return the export lines of stock moves, one for each product and sale line."""
        groups = defaultdict(lambda: self.env["stock.move"])
        for move in moves.filtered(lambda move: move.state != "cancel"):
            groups[move.product_id, move.sale_line_id] |= move
        return [
            self._prepare_move_line(product, line, group)
            for (product, line), group in groups.items()
        ]

    def _prepare_move_line(self, product, sale_line, moves):
        quantity = sum(self._get_move_quantity(move) for move in moves)
        return ExportLine(
            product=product,
            name=product.with_context(lang=self.env.lang).display_name,
            quantity=quantity,
            uom=product.uom_id,
            value=self._get_move_value(product, sale_line, quantity),
            net_weight=quantity * product.weight,
            packages=", ".join(moves.move_line_ids.result_package_id.mapped("name")),
        )

    @staticmethod
    def _get_move_quantity(move):
        """Return what left, or is to leave, in the product's own unit."""
        if move.state == "done":
            uom, quantity = move.product_uom, move.quantity
            return uom._compute_quantity(quantity, move.product_id.uom_id)
        return move.product_qty

    def _get_move_value(self, product, sale_line, quantity):
        """Return what the customer pays for it without taxes."""
        if not sale_line.product_uom_qty:
            return 0.0
        sold = sale_line.product_uom_id._compute_quantity(
            sale_line.product_uom_qty, product.uom_id
        )
        currency = self._get_export_currency()
        return currency.round(sale_line.price_subtotal * quantity / sold)

    # === Papers === #

    def _get_trade_document_commercial_invoice(self):
        record = self.sudo()
        return record._prepare_trade_document(
            self.env._("Commercial Invoice"),
            record._get_export_number(),
            blocks=record._get_export_blocks(),
            columns=record._get_invoice_columns(),
            rows=[record._get_invoice_row(line) for line in record._get_export_lines()],
            totals=record._get_invoice_totals(),
            notes=record._get_invoice_notes(),
        )

    def _get_trade_document_packing_list(self):
        record = self.sudo()
        return record._prepare_trade_document(
            self.env._("Packing List"),
            record._get_export_number(),
            blocks=record._get_export_blocks(),
            columns=record._get_packing_columns(),
            rows=[record._get_packing_row(line) for line in record._get_export_lines()],
            totals=record._get_weight_totals(),
        )

    def _get_export_number(self):
        return self.name

    def _get_export_blocks(self):
        order = self._get_export_order()
        invoice = order.partner_invoice_id
        incoterm = " ".join(
            filter(None, (order.incoterm.code, order.incoterm_location))
        )
        return [
            (self.env._("Exporter"), self._get_address(self.company_id.partner_id)),
            (self.env._("Consignee"), self._get_address(self._get_export_consignee())),
            (self.env._("Bill to"), self._get_address(invoice)),
            (self.env._("EORI of the Consignee"), self._get_consignee_eori()),
            (self.env._("Order"), order.name),
            (self.env._("Customer Reference"), order.client_order_ref),
            (self.env._("Terms of Delivery"), incoterm),
            (self.env._("Date"), self._format_day(self._get_export_day())),
            (
                self.env._("Transfers"),
                ", ".join(self._get_export_pickings().mapped("name")),
            ),
            (
                self.env._("Marks and Numbers"),
                ", ".join(self._get_export_packages().mapped("name")),
            ),
        ]

    def _get_consignee_eori(self):
        return self._get_export_consignee().commercial_partner_id.eori

    def _get_export_day(self):
        return self._get_export_order()._get_proforma_today()

    def _get_invoice_columns(self):
        return [
            Column(self.env._("Goods"), 4.5),
            Column(self.env._("HS Code"), 1.9),
            Column(self.env._("Origin"), 1.6),
            Column(self.env._("Quantity"), 1.7, right=True),
            Column(self.env._("Net Weight"), 1.5, right=True),
            Column(self.env._("Value"), 1.8, right=True),
        ]

    def _get_invoice_row(self, line):
        return [
            line.name,
            line.hs_code,
            line.origin.name or "",
            self._format_quantity(line.quantity, line.uom),
            self._format_weight(line.net_weight),
            self._format_money(line.value, self._get_export_currency()),
        ]

    def _get_weight_totals(self):
        packages = self._get_export_packages()
        return [
            (
                self.env._("Packages"),
                str(len(packages) or len(self._get_export_pickings()) or 1),
            ),
            (
                self.env._("Net Weight"),
                self._format_weight(self._get_export_net_weight()),
            ),
            (
                self.env._("Gross Weight"),
                self._format_weight(self._get_export_gross_weight()),
            ),
        ]

    def _get_invoice_totals(self):
        value = self._format_money(
            self._get_export_value(), self._get_export_currency()
        )
        totals = [*self._get_weight_totals(), (self.env._("Total Value"), value)]
        order = self._get_export_order()
        if order.insured:
            declared = self._format_money(order.declared_value, order.currency_id)
            totals.append((self.env._("Declared Value"), declared))
        return totals

    def _get_invoice_notes(self):
        order = self._get_export_order()
        purposes = dict(
            order._fields["customs_purpose"]._description_selection(self.env)
        )
        return [
            (
                self.env._("Reason for Export"),
                order.export_reason or purposes.get(order.customs_purpose),
            ),
            (
                self.env._("Declaration"),
                self.env._(
                    "The exporter declares that the particulars given here are correct."
                ),
            ),
        ]

    def _get_packing_columns(self):
        return [
            Column(self.env._("Package"), 2),
            Column(self.env._("Goods"), 4.5),
            Column(self.env._("Quantity"), 1.7, right=True),
            Column(self.env._("Net Weight"), 1.6, right=True),
        ]

    def _get_packing_row(self, line):
        return [
            line.packages,
            line.name,
            self._format_quantity(line.quantity, line.uom),
            self._format_weight(line.net_weight),
        ]
