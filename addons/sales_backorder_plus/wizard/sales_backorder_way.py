from odoo import api, fields, models


class SalesBackorderWay(models.TransientModel):
    """One way to fill a shortage; choosing it goes there."""

    _name = "sales.backorder.way"
    _description = "Way to Fill a Backorder"
    _order = "sequence, id"

    sequence = fields.Integer(help="The best is first.")
    backorder_id = fields.Many2one(
        "sales.backorder", required=True, ondelete="cascade", help="The backorder."
    )
    kind = fields.Selection(
        selection=[
            ("substitute", "Another product"),
            ("ship_from", "Deliver from another warehouse"),
            ("transfer", "Bring from another warehouse"),
            ("dropship", "Let the vendor deliver"),
        ],
        string="Way",
        required=True,
        help="What is done.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        help="How much of what is short, in the unit of the line.",
    )
    product_id = fields.Many2one("product.product", string="Instead", help="Of what.")
    product_quantity = fields.Float(
        string="Of It", digits="Product Unit", help="How many of the other product."
    )
    free_quantity = fields.Float(
        string="Free", digits="Product Unit", help="How much there is at this moment."
    )
    warehouse_id = fields.Many2one("stock.warehouse", help="From where.")
    seller_id = fields.Many2one(
        "product.supplierinfo", string="Vendor", help="Who delivers."
    )
    date_arrival = fields.Date(
        string="Leaves", help="When it can leave for the customer; empty: not known."
    )
    currency_id = fields.Many2one(
        related="backorder_id.order_id.currency_id", help="Currency of the order."
    )
    price_delta = fields.Monetary(
        string="Price Difference",
        help="What the customer pays more, or less, before discount and taxes.",
    )
    source = fields.Char(compute="_compute_source", help="What, or from whom.")

    @api.depends("kind", "product_id", "warehouse_id", "seller_id")
    def _compute_source(self):
        for way in self:
            vendor = way.seller_id.partner_id
            found = way.product_id or way.warehouse_id or vendor
            way.source = found.display_name

    def action_choose(self):
        """Go this way.

        :return: action that opens what was made: a change request or a transfer
        """
        self.ensure_one()
        self.backorder_id.check_access("write")
        return getattr(self, f"_choose_{self.kind}")()

    def _choose_substitute(self):
        return self._open(self.backorder_id._substitute(self.product_id))

    def _choose_ship_from(self):
        warehouse = self.warehouse_id
        return self._open(
            self.backorder_id._deliver_otherwise(
                self.quantity, source_warehouse_id=warehouse.id
            )
        )

    def _choose_dropship(self):
        route = self.backorder_id._get_dropship_route()
        return self._open(
            self.backorder_id._deliver_otherwise(self.quantity, route_id=route.id)
        )

    def _choose_transfer(self):
        return self._open(
            self.backorder_id._create_transfer(self.warehouse_id, self.quantity)
        )

    def _open(self, record):
        return self.backorder_id._get_records_action(record._name, record)
