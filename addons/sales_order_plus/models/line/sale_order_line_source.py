from odoo import api, fields, models

from ...exceptions import LineRuleError


class SaleOrderLine(models.Model):
    """Where the goods of a line are taken from."""

    _inherit = "sale.order.line"

    source_warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        copy=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Warehouse that delivers this line; empty: as the order or the route says.",
        prefetch="sales_rare",
    )
    source_location_id = fields.Many2one(
        "stock.location",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('warehouse_id', '=?', source_warehouse_id)]",
        index="btree_not_null",
        groups="base.group_user",
        help="Place in the stock of the warehouse the goods are taken from; empty: "
        "anywhere in its stock.",
    )

    @api.depends("source_warehouse_id")
    def _compute_warehouse_id(self):
        result = super()._compute_warehouse_id()
        # sudo: the source is internal, the line may be computed for anyone.
        for line in self.sudo().filtered("source_warehouse_id"):
            line.warehouse_id = line.source_warehouse_id
        return result

    @api.onchange("source_location_id")
    def _onchange_source_location_id(self):
        if self.source_location_id:
            self.source_warehouse_id = self.source_location_id.warehouse_id

    @api.onchange("source_warehouse_id")
    def _onchange_source_warehouse_id(self):
        location = self.source_location_id
        if location and location.warehouse_id != self.source_warehouse_id:
            self.source_location_id = False

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._fill_source_warehouse(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        vals = self._fill_source_warehouse(vals)
        changed = {"source_warehouse_id", "source_location_id"} & vals.keys()
        if changed:
            self._check_source_editable(vals, changed)
        return super().write(vals)

    @api.model
    def _fill_source_warehouse(self, vals):
        """Return ``vals`` with the warehouse of a place given alone."""
        if not vals.get("source_location_id") or "source_warehouse_id" in vals:
            return vals
        location = self.env["stock.location"].browse(vals["source_location_id"])
        return {**vals, "source_warehouse_id": location.warehouse_id.id}

    def _check_source_editable(self, vals, names):
        """Refuse another source once goods are planned from the old one."""
        for line in self:
            differs = any(line[name].id != (vals[name] or False) for name in names)
            if differs and line.move_ids.filtered(lambda m: m.state != "cancel"):
                raise LineRuleError(
                    self.env._(
                        "Source Warehouse: the delivery of %(line)s is planned "
                        "already. Change the source on the delivery, or cancel the "
                        "order and set it back to a quotation.",
                        line=line.display_name,
                    ),
                    field=sorted(names)[0],
                )

    @api.constrains("source_location_id", "source_warehouse_id")
    def _check_source_location(self):
        for line in self.filtered("source_location_id"):
            warehouse = line.source_warehouse_id
            location = line.source_location_id
            stock = warehouse.lot_stock_id
            if stock and location.usage == "internal" and location._child_of(stock):
                continue
            raise LineRuleError(
                self.env._(
                    "Source Location: %(location)s is no place in the stock of "
                    "%(warehouse)s. Choose one below %(stock)s.",
                    location=location.display_name,
                    warehouse=warehouse.name or self.env._("a warehouse"),
                    stock=stock.display_name or self.env._("its stock"),
                ),
                field="source_location_id",
            )

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        # sudo: the source is internal, the customer may confirm on the portal.
        location = self.sudo().source_location_id
        if location:
            values["source_location_id"] = location.id
        return values
