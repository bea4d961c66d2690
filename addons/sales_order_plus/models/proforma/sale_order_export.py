from odoo import api, fields, models

from ..seam.sales_guard_mixin import Finding
from .sales_export_mixin import ExportLine

# Under these terms the seller pays duties and import taxes.
SELLER_PAYS = frozenset({"DDP"})


class SaleOrder(models.Model):
    """Orders that cross a border: what customs want to know, and what it may cost."""

    _name = "sale.order"
    _inherit = ["sale.order", "sales.export.mixin"]

    is_international = fields.Boolean(
        compute="_compute_is_international",
        groups="base.group_user",
        help="The goods leave one country for another.",
    )
    international_route = fields.Char(
        compute="_compute_is_international",
        groups="base.group_user",
        help="Country the goods leave, and the one they go to.",
    )
    export_missing = fields.Text(
        compute="_compute_export_missing",
        groups="base.group_user",
        help="What customs papers of this order still lack.",
    )
    customs_purpose = fields.Selection(
        selection=[
            ("sale", "Sale of goods"),
            ("sample", "Commercial sample"),
            ("gift", "Gift"),
            ("return", "Returned goods"),
            ("documents", "Documents"),
            ("other", "Other"),
        ],
        default="sale",
        groups="base.group_user",
        help="Category of the shipment on customs forms.",
        prefetch="sales_rare",
    )
    export_reason = fields.Char(
        groups="base.group_user",
        help="Reason for export in words, if it needs some.",
        prefetch="sales_rare",
    )
    duties_payer = fields.Selection(
        selection=[("seller", "We pay (DDP)"), ("buyer", "The customer pays")],
        compute="_compute_duties_payer",
        groups="base.group_user",
        help="Who pays duties and import taxes under the incoterm.",
    )
    duty_vat_total = fields.Monetary(
        string="Estimated Import Tax",
        compute="_compute_duties",
        groups="base.group_user",
        help="Tax of the country of destination on value and duties.",
    )
    customs_count = fields.Integer(
        string="Customs Declarations",
        compute="_compute_customs_count",
        groups="base.group_user",
        help="Number of customs declarations of the order.",
    )

    # === Computes === #

    @api.depends("partner_shipping_id.country_id", "warehouse_id.partner_id.country_id")
    def _compute_is_international(self):
        for order in self:
            there = order.partner_shipping_id.country_id
            # sudo: the address of a warehouse is no secret of the warehouse.
            here = there and order.sudo()._get_export_country()
            order.is_international = bool(here and here != there)
            # Both in one recordset, so that both names are read together.
            ends = here + there.sudo() if order.is_international else there.browse()
            order.international_route = " → ".join(ends.mapped("name")) or False

    def _get_export_country(self):
        self.ensure_one()
        return self.warehouse_id.partner_id.country_id or self.company_id.country_id

    @api.depends("is_international", "order_line.product_id", "incoterm")
    def _compute_export_missing(self):
        for order in self:
            missing = order._get_export_missing() if order.is_international else []
            order.export_missing = "\n".join(missing) or False

    def _get_export_missing(self):
        """Return translated sentences on what is missing and where to enter it."""
        self.ensure_one()
        missing = [
            self.env._(
                "%(field)s: missing on %(products)s. Enter it on the product's "
                "Inventory page.",
                field=field,
                products=", ".join(products.mapped("display_name")),
            )
            for field, products in self._get_goods_lacking().items()
            if products
        ]
        if not self.incoterm:
            missing.append(
                self.env._("Incoterm: not set. Enter it on the page Other Info.")
            )
        return missing

    def _get_goods_lacking(self):
        """Return {name of a field: the goods that lack it}."""
        goods = self._get_shipped_lines().product_id
        return {
            self.env._("HS Code"): goods.filtered(lambda p: not p.hs_code),
            self.env._("Origin of Goods"): goods.filtered(
                lambda p: not p.country_of_origin
            ),
            self.env._("Weight"): goods.filtered(lambda p: not p.weight),
        }

    def _get_shipped_lines(self):
        return self.order_line.filtered(
            lambda line: not line.display_type and line.product_id.type == "consu"
        )

    @api.depends("incoterm")
    def _compute_duties_payer(self):
        for order in self:
            seller = order.incoterm.code in SELLER_PAYS
            order.duties_payer = "seller" if seller else "buyer"

    @api.depends("order_line.duty_vat_estimate")
    def _compute_duties(self):
        for order in self:
            lines = order.order_line if order.is_international else ()
            order.duty_vat_total = sum(line.duty_vat_estimate for line in lines)

    def _compute_customs_count(self):
        # Asked only where the button can be shown: the form of a domestic order
        # pays nothing for it.
        declarations = self.env["sales.customs.declaration"]
        international = self.filtered("is_international")
        groups = (
            declarations._read_group(
                [("order_id", "in", international.ids)], ["order_id"], ["__count"]
            )
            if international and declarations._has_records()
            else []
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.customs_count = counts.get(order.id, 0)

    # === Guard === #

    def _get_guard_findings(self, operation, baseline=None):
        """Stop international orders without an incoterm, where the company wants that."""
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "confirm":
            return findings
        for order in self.filtered(lambda order: order._lacks_incoterm()):
            message = self.env._(
                "Incoterm: order %s leaves the country and has none. Enter it on the "
                "page Other Info.",
                order.name,
            )
            own = [*findings.get(order.id, ()), Finding("export.incoterm", message)]
            findings = {**findings, order.id: own}
        return findings

    def _lacks_incoterm(self):
        self.ensure_one()
        checked = self.sudo().company_id.export_check
        return checked and not self.incoterm and self.sudo().is_international

    # === Export papers === #

    def _get_export_order(self):
        return self

    def _get_export_pickings(self):
        """Return the deliveries that left, or all of them before the first one."""
        deliveries = self.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state != "cancel"
        )
        return deliveries.filtered(lambda p: p.state == "done") or deliveries

    def _get_export_lines(self):
        done = self._get_export_pickings().filtered(lambda p: p.state == "done")
        if done:
            return self._get_move_lines(done.move_ids)
        return [self._prepare_export_line(line) for line in self._get_shipped_lines()]

    def _prepare_export_line(self, line):
        product = line.product_id
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty, product.uom_id
        )
        return ExportLine(
            product=product,
            name=product.with_context(lang=self.env.lang).display_name,
            quantity=quantity,
            uom=product.uom_id,
            value=line.price_subtotal,
            net_weight=quantity * product.weight,
        )

    def _get_proforma_today(self):
        self.ensure_one()
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def action_customs_documents(self):
        """Open the customs declarations of the order; the first one is created.

        :return: window action
        """
        self.ensure_one()
        return self.env["sales.customs.declaration"]._open_for(order=self)
