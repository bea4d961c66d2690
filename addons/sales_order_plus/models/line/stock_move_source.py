from odoo import fields, models


class StockRule(models.Model):
    """Let the first move of a delivery take the goods where the line says."""

    _inherit = "stock.rule"

    def _get_stock_move_values(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
    ):
        move_vals = super()._get_stock_move_values(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
        )
        source = self.env["stock.location"].browse(values.get("source_location_id"))
        # A move made to order takes what is brought for it, wherever that is put.
        if (
            source
            and self.procure_method != "make_to_order"
            and source._child_of(self.location_src_id)
        ):
            move_vals["location_id"] = source.id
            move_vals["sale_source_location_id"] = source.id
        return move_vals


class StockMove(models.Model):
    """Moves of one delivery stay together, wherever their goods lie."""

    _inherit = "stock.move"

    sale_source_location_id = fields.Many2one(
        "stock.location",
        string="Source of the Order Line",
        readonly=True,
        copy=False,
        help="Place the order line asks to take the goods from.",
    )

    def _get_delivery_location(self):
        """Return the location of the transfer the move belongs to."""
        self.ensure_one()
        asked = self.sale_source_location_id
        if asked and asked == self.location_id and self.rule_id:
            return self.rule_id.location_src_id
        return self.location_id

    def _key_assign_picking(self):
        keys = super()._key_assign_picking()
        if not self.sale_source_location_id:
            return keys
        location = self._get_delivery_location()
        return tuple(
            location
            if isinstance(key, models.BaseModel) and key == self.location_id
            else key
            for key in keys
        )

    def _search_picking_for_assignation_domain(self):
        domain = super()._search_picking_for_assignation_domain()
        if not self.sale_source_location_id:
            return domain
        location = self._get_delivery_location()
        return [
            ("location_id", "=", location.id) if term[0] == "location_id" else term
            for term in domain
        ]

    def _get_new_picking_values(self):
        asked = self.filtered("sale_source_location_id")
        if not asked:
            return super()._get_new_picking_values()
        # Odoo reads one location from all moves; ours lie in several places.
        values = super(StockMove, asked[:1])._get_new_picking_values()
        origins = list(
            dict.fromkeys(origin for origin in self.mapped("origin") if origin)
        )
        return {
            **values,
            "origin": ",".join(origins[:5]) or False,
            "location_id": asked[0]._get_delivery_location().id,
        }
