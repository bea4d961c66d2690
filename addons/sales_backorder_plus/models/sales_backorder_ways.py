from odoo import api, fields, models
from odoo.tools import float_round

from ..exceptions import AllocationError


class SalesBackorder(models.Model):
    """In which ways a shortage can be filled, and going one of them.

    The order is never edited: another product, another warehouse and the vendor's own
    delivery go through a change request, giving up goes through a cancellation.
    """

    _inherit = "sales.backorder"

    def action_view_ways(self):
        """Open in which ways the shortage can be filled, the earliest first.

        :return: window action
        """
        self.ensure_one()
        self.check_access("write")
        ways = self.env["sales.backorder.way"].create(self._prepare_ways())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ways to Fill %s", self.display_name),
            "res_model": "sales.backorder.way",
            "views": [(False, "list")],
            "domain": [("id", "in", ways.ids)],
            "target": "new",
        }

    def _prepare_ways(self):
        """Return the values of the ways, the best first."""
        self.ensure_one()
        ways = [
            *self._prepare_substitute_ways(),
            *self._prepare_warehouse_ways(),
            *self._prepare_dropship_ways(),
        ]
        last = fields.Date.to_date("9999-12-31")
        ways.sort(key=lambda way: (way["date_arrival"] or last, -way["quantity"]))
        return [
            {"backorder_id": self.id, "sequence": number, **way}
            for number, way in enumerate(ways)
        ]

    # === Other products === #

    def _get_substitutes(self):
        """Return what may stand in for the product, with terms for this line.

        :return: list of dicts with ``product``, ``visible``, ``quantity`` (of it, in
            its unit), ``replaces`` (of the line, in its unit), ``free``, ``date`` and
            ``price`` (of a unit of it, in the currency of the order)
        """
        self.ensure_one()
        rows = self.env["sales.product.substitute"]._get_for(
            self.product_id, self.company_id, self._get_today()
        )
        found = [self._prepare_substitute_terms(row) for row in rows]
        enough = [one for one in found if one["free"] >= one["quantity"]]
        return enough + [one for one in found if one not in enough]

    def _prepare_substitute_terms(self, row):
        line, product = self.sale_line_id, row["product"]
        wanted = self.product_uom_id._compute_quantity(
            self.qty_short, self.product_id.uom_id, round=False
        )
        quantity = float_round(
            wanted * row["ratio"],
            precision_rounding=product.uom_id.rounding,
            rounding_method="UP",
        )
        here = product.with_context(warehouse_id=self.sudo().warehouse_id.id)
        today = self._get_today()
        # sudo: how much there is free is not the customer's to read, but to choose by.
        free = here.sudo().free_qty
        return {
            **row,
            "quantity": quantity,
            "replaces": self.qty_short,
            "free": free,
            "date": today if free >= quantity else False,
            "price": self._get_substitute_price(line, row, quantity),
        }

    def _get_substitute_price(self, line, row, quantity):
        """Return what a unit of the substitute costs the customer, before discount."""
        kept = line.price_unit * self.qty_short / quantity if quantity else 0.0
        if row["price_rule"] == "keep":
            return kept
        order, product = line.order_id, row["product"]
        listed = order.pricelist_id._get_product_price(
            product,
            quantity,
            currency=order.currency_id,
            uom=product.uom_id,
            date=order.date_order,
        )
        return listed if row["price_rule"] == "list" else min(kept, listed)

    def _prepare_substitute_ways(self):
        return [
            {
                "kind": "substitute",
                "product_id": row["product"].id,
                "quantity": row["replaces"],
                "product_quantity": row["quantity"],
                "free_quantity": row["free"],
                "date_arrival": row["date"],
                "price_delta": row["price"] * row["quantity"]
                - self.sale_line_id.price_unit * row["replaces"],
            }
            for row in self._get_substitutes()
        ]

    def _substitute(self, product, channel="staff"):
        """Ask for another product instead of what is short.

        :return: the change request
        """
        rows = [r for r in self._get_substitutes() if r["product"] == product]
        if not rows:
            raise AllocationError(
                self.env._(
                    "%s: it does not stand in for this product any more. Choose again.",
                    product.display_name,
                ),
                rule="substitute",
            )
        row = rows[0]
        return self._request_change(
            [
                {
                    "kind": "substitute",
                    "line_id": self.sale_line_id.id,
                    "product_id": product.id,
                    "quantity": row["quantity"],
                    "replaces_quantity": row["replaces"],
                    "price_unit": row["price"],
                    "discount": self.sale_line_id.discount,
                }
            ],
            self.env._("%s is short.", self.product_id.display_name),
            channel,
        )

    # === Other warehouses === #

    def _get_other_stock(self):
        """Return [(warehouse, free quantity in the unit of the line)] that have some."""
        self.ensure_one()
        warehouses = self.env["stock.warehouse"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.warehouse_id.id),
            ]
        )
        found = []
        for warehouse in warehouses:
            product = self.product_id.with_context(warehouse_id=warehouse.id)
            free = product.uom_id._compute_quantity(
                product.free_qty, self.product_uom_id, round=False
            )
            if self.product_uom_id.compare(free, 0) > 0:
                found.append((warehouse, free))
        return found

    def _prepare_warehouse_ways(self):
        today, ways = self._get_today(), []
        for warehouse, free in self._get_other_stock():
            common = {
                "warehouse_id": warehouse.id,
                "quantity": min(free, self.qty_short),
                "free_quantity": free,
                "date_arrival": today,
            }
            ways += [{"kind": "ship_from", **common}, {"kind": "transfer", **common}]
        return ways

    def _create_transfer(self, warehouse, quantity):
        """Bring goods from another warehouse; those who wait get them by rank.

        :return: the transfer
        """
        product = self.product_id
        amount = self.product_uom_id._compute_quantity(quantity, product.uom_id)
        source, target = warehouse.lot_stock_id, self.warehouse_id.lot_stock_id
        places = {"location_id": source.id, "location_dest_id": target.id}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "origin": self.order_id.name,
                **places,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": amount,
                            "product_uom": product.uom_id.id,
                            **places,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    # === The vendor === #

    def _prepare_dropship_ways(self):
        if not self._get_dropship_route():
            return []
        rows = self._get_ranked_sellers(
            self.product_id, self.company_id, self.qty_short
        )
        return [
            {
                "kind": "dropship",
                "seller_id": seller.id,
                "quantity": self.qty_short,
                "date_arrival": day,
            }
            for seller, day, _late in rows[:1]
        ]

    @api.model
    def _get_dropship_route(self):
        return self.env.ref("stock_dropshipping.route_drop_shipping", False)

    # === By a change request === #

    def _deliver_otherwise(self, quantity, **vals):
        """Ask for a part of the line to be delivered from elsewhere, at its price.

        :param float quantity: in the unit of the line
        :param vals: source of the new line, as fields of a change line
        :return: the change request
        """
        line = self.sale_line_id
        quantity = min(quantity, self.qty_short)
        return self._request_change(
            [
                {
                    "kind": "quantity",
                    "line_id": line.id,
                    "quantity": line.product_uom_qty - quantity,
                },
                {
                    "kind": "add",
                    "product_id": line.product_id.id,
                    "quantity": self.product_uom_id._compute_quantity(
                        quantity, line.product_id.uom_id
                    ),
                    "price_unit": self._get_price_of_product_unit(line),
                    "discount": line.discount,
                    **vals,
                },
            ],
            self.env._("%s is short.", line.product_id.display_name),
        )

    def _get_price_of_product_unit(self, line):
        """A new line is in the unit of the product: its price as well."""
        return line.product_uom_id._compute_price(
            line.price_unit, line.product_id.uom_id
        )

    def _request_change(self, rows, reason, channel="staff"):
        """Ask for a change of the order, and make it unless somebody has to decide."""
        change = self.env["sales.order.change"]._create_own(
            [{"order_id": self.order_id.id, "channel": channel, "reason": reason}]
        )
        self.env["sales.order.change.line"].create(
            [{"change_id": change.id, **row} for row in rows]
        )
        change.action_submit()
        if change.state == "submitted" and not change._get_guard_stops("change"):
            change.action_apply()
        return change

    # === Giving up === #

    def action_cancel_remaining(self):
        """Cancel what is still to deliver of these lines, through a cancellation.

        :return: action that opens the cancellations
        """
        self.order_id.check_access("write")
        self._check_open()
        found = self.env["sales.order.cancellation"]
        for order, backorders in self.grouped("order_id").items():
            found |= order._cancel_rest(
                {
                    one.sale_line_id: one.sale_line_id._get_cancellable_quantity()
                    for one in backorders
                },
                self.env._("Cancelled on the backorder."),
            )
        return self._get_records_action("sales.order.cancellation", found.sudo(False))
