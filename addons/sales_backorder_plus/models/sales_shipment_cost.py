from odoo import api, fields, models
from odoo.tools import float_round

METHODS = [("weight", "Weight"), ("value", "Value"), ("quantity", "Quantity")]


class SalesShipmentCost(models.Model):
    """What the freight of one delivery cost, and what of it each order line bears."""

    _name = "sales.shipment.cost"
    _description = "Freight of a Delivery"
    _inherit = ["sales.own.fields.mixin"]
    _order = "date desc, id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The delivery.",
    )
    order_id = fields.Many2one(
        "sale.order",
        compute="_compute_delivery",
        store=True,
        index=True,
        precompute=True,
        help="Its order.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_delivery",
        store=True,
        index=True,
        precompute=True,
        help="Its company.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the company."
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_delivery",
        store=True,
        precompute=True,
        help="Who carried it.",
    )
    date = fields.Datetime(
        compute="_compute_delivery", store=True, precompute=True, help="When it left."
    )
    cost = fields.Monetary(readonly=True, help="What the carrier takes for it.")
    charged = fields.Monetary(
        readonly=True, help="What of it went on the bill of the customer."
    )
    method = fields.Selection(
        selection=METHODS,
        string="Shared By",
        default="weight",
        required=True,
        help="How the cost is shared over the lines; by quantity where nothing of what "
        "was shipped has a weight, or a value.",
    )
    line_ids = fields.One2many(
        "sales.shipment.cost.line",
        "cost_id",
        string="Shares",
        readonly=True,
        help="What each line of the order bears.",
    )

    _picking_uniq = models.UniqueIndex(
        "(picking_id)", "The freight of this delivery is kept already."
    )

    @api.depends("picking_id")
    def _compute_delivery(self):
        """Keep what was true when it left.

        Related fields would be searched for with each transfer that is planned.
        """
        for cost in self:
            picking = cost.picking_id
            cost.order_id = picking.sale_id
            cost.company_id = picking.company_id
            cost.carrier_id = picking.carrier_id
            cost.date = picking.date_done

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_write(vals)
        result = super().write(vals)
        if not {"method", "cost"}.isdisjoint(vals):
            self._share()
        return result

    def _share(self):
        """Share the cost over what was shipped; the shares add up to the last cent."""
        # sudo: shares come from here alone.
        for cost in self.sudo():
            cost.line_ids.unlink()
            bases = cost._get_bases()
            shares = cost._get_shares(list(bases.values()))
            cost.line_ids.create(
                [
                    {
                        "cost_id": cost.id,
                        "sale_line_id": line.id,
                        "quantity": quantity,
                        "basis": basis,
                        "amount": share,
                    }
                    for (line, (quantity, basis)), share in zip(
                        bases.items(), shares, strict=True
                    )
                ]
            )

    def _get_bases(self):
        """Return {order line: (quantity in the unit of the product, basis)}."""
        quantities = {}
        for move in self.picking_id.move_ids.filtered(lambda one: one.state == "done"):
            line = move.sale_line_id
            if line:
                done = move._get_moved_quantity()
                quantities[line] = quantities.get(line, 0.0) + done
        weighed = {
            line: (quantity, quantity * self._get_unit_basis(line))
            for line, quantity in quantities.items()
        }
        if any(basis for _quantity, basis in weighed.values()):
            return weighed
        return {line: (quantity, quantity) for line, quantity in quantities.items()}

    def _get_unit_basis(self, line):
        """Return what one unit of the product of a line counts."""
        if self.method == "weight":
            return line.product_id.weight
        if self.method == "quantity":
            return 1.0
        unit = line.product_uom_id._compute_quantity(
            1.0, line.product_id.uom_id, round=False
        )
        ordered = line.product_uom_qty * unit
        return line.price_subtotal / ordered if ordered else line.price_unit / unit

    def _get_shares(self, bases):
        """Return amounts in proportion to ``bases``, rounded, with the sum of the cost."""
        total, left = sum(basis for _quantity, basis in bases), self.cost
        rest, shares = total, []
        for _quantity, basis in bases:
            # Of what is left, so that no cent gets lost on the way.
            part = left * basis / rest if rest else 0.0
            share = float_round(part, precision_rounding=self.currency_id.rounding)
            shares.append(share)
            left, rest = left - share, rest - basis
        return shares


class SalesShipmentCostLine(models.Model):
    """What one order line bears of the freight of one delivery."""

    _name = "sales.shipment.cost.line"
    _description = "Share of the Freight"
    _inherit = ["sales.presence.mixin"]
    _order = "cost_id desc, id"

    cost_id = fields.Many2one(
        "sales.shipment.cost",
        string="Freight",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The freight of the delivery.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The line that bears it.",
    )
    order_id = fields.Many2one(
        related="sale_line_id.order_id", store=True, index=True, help="Its order."
    )
    product_id = fields.Many2one(
        related="sale_line_id.product_id", store=True, index=True, help="Its product."
    )
    company_id = fields.Many2one(
        related="cost_id.company_id", store=True, index=True, help="Its company."
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the company."
    )
    picking_id = fields.Many2one(
        related="cost_id.picking_id", store=True, help="The delivery."
    )
    carrier_id = fields.Many2one(
        related="cost_id.carrier_id", store=True, help="Who carried it."
    )
    date = fields.Datetime(related="cost_id.date", store=True, help="When it left.")
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Shipped, in the unit of the product.",
    )
    basis = fields.Float(readonly=True, help="What its share is measured by.")
    amount = fields.Monetary(readonly=True, help="Its share of the cost.")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    freight_cost = fields.Monetary(
        compute="_compute_freight_cost",
        currency_field="company_currency_id",
        groups="base.group_user",
        help="What the freight of its deliveries has cost, in the currency of the "
        "company.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Company Currency",
        groups="base.group_user",
        help="Currency of the freight cost.",
    )

    def _compute_freight_cost(self):
        # sudo: who may read the line may know what it has cost.
        shares = self.env["sales.shipment.cost.line"].sudo()
        groups = shares._has_records() and shares._read_group(
            [("sale_line_id", "in", self.ids)], ["sale_line_id"], ["amount:sum"]
        )
        self.freight_cost = 0.0
        for line, amount in groups or ():
            line.sudo(self.env.su).freight_cost = amount


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self._keep_shipment_cost()
        return result

    def write(self, vals):
        result = super().write(vals)
        if "carrier_price" in vals:
            self.filtered(lambda one: one.state == "done")._keep_shipment_cost()
        return result

    def _keep_shipment_cost(self):
        """Keep what the freight of deliveries cost, and share it over their lines."""
        shipped = self.filtered(
            lambda one: one.picking_type_code == "outgoing" and one.carrier_price
        )
        if not shipped:
            return
        # sudo: who delivers need not know what it costs.
        costs = self.env["sales.shipment.cost"].sudo()
        known = {
            cost.picking_id: cost
            for cost in costs.search([("picking_id", "in", shipped.ids)])
        }
        for picking in shipped.sudo():
            if not picking.sale_id:
                continue
            method = picking.company_id.sales_freight_method or "weight"
            cost = known.get(picking) or costs._create_own(
                [{"picking_id": picking.id, "method": method}]
            )
            cost._write_own(
                {
                    "cost": picking.carrier_price,
                    "charged": picking._get_charged_freight(),
                }
            )

    def _get_charged_freight(self):
        """Return what of the real cost the customer pays; a fixed price is no part."""
        self.ensure_one()
        real = self.carrier_id.invoice_policy == "real"
        return self.carrier_price if real and self._is_freight_charged() else 0.0

    def _is_freight_charged(self):
        """Whether the freight of this delivery goes on the bill of the customer."""
        self.ensure_one()
        # sudo: who delivers need not read orders.
        picking = self.sudo()
        if picking.company_id.sales_freight_charge != "first":
            return True
        earlier = picking.sale_id._get_shipments().filtered(
            lambda one: (
                one.state == "done" and one.carrier_price and one.id < picking.id
            )
        )
        return not earlier

    def _add_delivery_cost_to_so(self):
        if self._is_freight_charged():
            return super()._add_delivery_cost_to_so()
        return None
