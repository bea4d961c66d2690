"""Transfers of returns: Odoo's own return of a delivery, and what goes out again."""

from odoo import models
from odoo.fields import Command
from odoo.tools import clean_context

from ...exceptions import ReturnError
from .stock_move_authorised import taking_back


class SalesOrderReturn(models.Model):
    """Goods are taken back by the transfers Odoo makes for it."""

    _inherit = "sales.order.return"

    def _prepare_return_pickings(self):
        """Prepare the transfers that take the goods back, one for each delivery."""
        self.ensure_one()
        taken = {}
        for line in self.line_ids:
            for move, quantity in line._choose_delivered_moves():
                by_move = taken.setdefault(move.picking_id, {})
                by_move[move] = (line, quantity)
        for picking, by_move in taken.items():
            self._prepare_return_picking(picking, by_move)

    def _prepare_return_picking(self, picking, by_move):
        """Return the transfer that takes back what ``picking`` delivered.

        :param dict by_move: {delivered move: (line of the return, quantity)}
        """
        context = clean_context(self.env.context)
        wizards = self.env["stock.return.picking"].with_context(**context)
        wizard = wizards.create({"picking_id": picking.id})
        for row in wizard.product_return_moves:
            quantity = by_move[row.move_id][1] if row.move_id in by_move else 0
            row.write({"quantity": quantity, "to_refund": True})
        with taking_back(self.order_id):
            back = wizard._create_return()
        back.write({"sales_return_id": self.id, "origin": self.name})
        for move in back.move_ids:
            line = by_move[move.origin_returned_move_id][0]
            move.sales_return_line_id = line
            line._choose_lots(move)
        return back

    def _send_back(self):
        """Prepare the delivery of what is not accepted, or was only repaired."""
        rows = []
        for line in self.line_ids:
            rest = line._get_sent_back_quantity()
            for move in line._get_received_moves():
                quantity = min(rest, line._get_moved(move))
                if line.uom_id.compare(quantity, 0) > 0:
                    rows.append((line, move, quantity))
                    rest -= quantity
        if rows:
            self._prepare_send_back(rows)

    def _prepare_send_back(self, rows):
        order = self.order_id
        warehouse = rows[0][1].picking_type_id.warehouse_id or order.warehouse_id
        kind = warehouse.out_type_id
        places = {
            move._get_return_goods_move().location_dest_id for _l, move, _q in rows
        }
        back = rows[0][1].picking_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": next(iter(places)).id,
                "location_dest_id": back.location_id.id,
                "partner_id": order.partner_shipping_id.id,
                "origin": self.name,
                "sales_return_id": self.id,
                "return_id": back.id,
                "reference_ids": [Command.set(back.reference_ids.ids)],
                "move_ids": [
                    Command.create(line._prepare_send_back_vals(move, quantity, kind))
                    for line, move, quantity in rows
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()

    def _put_damaged_away(self):
        """Bring damaged goods that stay here to where the policy wants them."""
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        place = policy.return_quarantine_id
        for line in self.line_ids if place else ():
            if line.inspection == "damaged":
                line._put_away(place)

    def _replace(self):
        """Have what is replaced delivered again; it is invoiced already."""
        replaced = self.line_ids.filtered(
            lambda line: line.resolution == "replacement" and line.accepted_quantity
        )
        procurements = []
        for line in replaced:
            order_line = line.order_line_id
            quantity, unit = order_line.product_uom_id._adjust_uom_quantities(
                line.accepted_quantity, order_line.product_id.uom_id
            )
            values = order_line._prepare_procurement_values()
            procurements += order_line._create_procurements(quantity, unit, values)
        if not procurements:
            return
        self.env["stock.rule"].run(procurements)
        self.order_id.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        ).action_confirm()


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _choose_delivered_moves(self):
        """Return [(delivered move, quantity in its unit)], the newest first."""
        self.ensure_one()
        unit, chosen = self.product_id.uom_id, []
        rest = self.uom_id._compute_quantity(self.quantity, unit, round=False)
        moves = self.order_line_id._get_delivered_moves()
        if self.lot_ids:
            moves = moves.filtered(lambda move: move.lot_ids & self.lot_ids)
        for move in moves.sorted(lambda one: (one.date, one.id), reverse=True):
            taken = min(rest, move._get_returnable_quantity())
            if unit.compare(taken, 0) > 0:
                chosen.append((move, unit._compute_quantity(taken, move.product_uom)))
                rest -= taken
        if unit.compare(rest, 0) > 0:
            raise ReturnError(
                self.env._(
                    "%s: part of it came back meanwhile. Make a new return of the rest.",
                    self.product_id.display_name,
                ),
                field="quantity",
                rule="over_return",
            )
        return chosen

    def _choose_lots(self, move):
        """Expect the chosen lots; without a choice Odoo expects those delivered."""
        lots = self.lot_ids
        if not lots:
            return
        rest, rows = move.product_qty, []
        for delivered in move.origin_returned_move_id.move_line_ids:
            taken = min(rest, delivered.quantity_product_uom)
            if delivered.lot_id in lots and taken > 0:
                rest -= taken
                rows.append(
                    {
                        **move._prepare_move_line_vals(quantity=taken),
                        "lot_id": delivered.lot_id.id,
                    }
                )
        move.move_line_ids = [Command.clear(), *map(Command.create, rows)]

    # === What came === #

    def _get_received_moves(self):
        return self.move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )

    def _get_moved(self, move):
        """Return the quantity of a done move in the unit of the order line."""
        return move.product_uom._compute_quantity(
            move.quantity, self.uom_id, rounding_method="HALF-UP"
        )

    def _get_sent_back_quantity(self):
        if self.resolution in ("repair", "none"):
            return self.received_quantity
        return self.received_quantity - self.accepted_quantity

    def _prepare_send_back_vals(self, move, quantity, kind):
        goods = move._get_return_goods_move()
        goods._release_return_goods(
            self.uom_id._compute_quantity(quantity, move.product_id.uom_id)
        )
        return {
            "product_id": move.product_id.id,
            "product_uom": self.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": goods.location_dest_id.id,
            "location_dest_id": move.location_id.id,
            "picking_type_id": kind.id,
            "warehouse_id": kind.warehouse_id.id,
            "company_id": move.company_id.id,
            "sale_line_id": self.order_line_id.id,
            "sales_return_line_id": self.id,
            "origin_returned_move_id": move.id,
            "to_refund": True,
            "procure_method": "make_to_stock",
            "move_orig_ids": [Command.link(goods.id)],
        }

    def _put_away(self, place):
        rest = self.received_quantity - self._get_sent_back_quantity()
        for move in self._get_received_moves():
            taken = min(rest, self._get_moved(move))
            if self.uom_id.compare(taken, 0) <= 0:
                continue
            rest -= taken
            unit = move.product_id.uom_id
            move._put_return_away(
                self.uom_id._compute_quantity(taken, unit), place, self
            )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_return_goods_move(self):
        """Return the last done step that goods of this receipt have gone."""
        self.ensure_one()
        move = self
        while True:
            steps = move.move_dest_ids.filtered(
                lambda m: m.state == "done" and m.location_dest_id.usage == "internal"
            )
            if not steps:
                return move
            move = steps[0]

    def _release_return_goods(self, quantity):
        """Take ``quantity`` (unit of the product) off the next steps to the shelf."""
        for step in self.move_dest_ids.filtered(
            lambda m: (
                m.state not in ("done", "cancel")
                and m.location_id == self.location_dest_id
                and m.location_dest_id.usage == "internal"
            )
        ):
            taken = min(quantity, step.product_qty)
            if step.product_id.uom_id.compare(taken, 0) > 0:
                step._lower_for_change({step: taken})
                quantity -= taken

    def _put_return_away(self, quantity, place, line):
        """Move goods that came back to ``place`` at once.

        :param float quantity: in the unit of the product
        """
        goods = self._get_return_goods_move()
        goods._release_return_goods(quantity)
        move = self.create(
            {
                "product_id": self.product_id.id,
                "product_uom": self.product_id.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": goods.location_dest_id.id,
                "location_dest_id": place.id,
                "company_id": self.company_id.id,
                "origin": line.return_id.name,
                "move_orig_ids": [Command.link(goods.id)],
            }
        )
        move._action_confirm(merge=False)
        move._action_assign()
        if move.product_id.uom_id.compare(move.quantity, quantity) < 0:
            # Somebody else had it reserved the moment it came; damaged goods go first.
            move.quantity = quantity
        move.picked = True
        move._action_done()
