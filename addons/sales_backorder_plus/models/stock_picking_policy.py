from odoo import models


class StockPicking(models.Model):
    """What becomes of the rest of a delivery, as the policy of its customer says.

    Who validates by a program gets a result, not a question nobody answers.
    """

    _inherit = "stock.picking"

    def button_validate(self):
        dropping = self.filtered(lambda one: one._get_rest_decision() == "never")
        if not dropping:
            return super().button_validate()
        known = self.env.context.get("picking_ids_not_to_backorder") or []
        pickings = self.with_context(
            picking_ids_not_to_backorder=[*known, *dropping.ids]
        )
        result = super(StockPicking, pickings).button_validate()
        dropping.filtered(lambda one: one.state == "done")._cancel_rests()
        return result

    def _check_backorder(self):
        """Ask where the policy says so, and not where it has decided."""
        asking = self.filtered(lambda one: one._get_rest_decision() == "ask")
        decided = self.filtered(
            lambda one: one._get_rest_decision() in ("always", "never")
        )
        asked = super(StockPicking, self - decided - asking)._check_backorder()
        return asked | asking.filtered(lambda one: one._get_rests())

    def _get_rest_decision(self):
        """Return ``type`` (Odoo decides), ``ask``, ``always`` or ``never``."""
        self.ensure_one()
        order = self._get_delivered_order()
        if not order or not self.env["sales.backorder.policy"]._has_records():
            return "type"
        policy = order._get_backorder_policy()
        if policy.min_value and 0 < self._get_rest_value() < policy.min_value:
            return "never"
        return policy.on_delivery or "type"

    def _get_delivered_order(self):
        """Return the order that a transfer to a customer delivers, in sudo."""
        # sudo: who delivers need not read orders.
        picking = self.sudo()
        return picking.picking_type_code == "outgoing" and picking.sale_id

    def _get_rests(self):
        """Return {move: what it leaves out, in its unit}."""
        rests = {}
        unpicked = not any(self.move_ids.mapped("picked"))
        for move in self.move_ids.filtered(lambda one: one.state != "cancel"):
            done = move.quantity if move.picked or unpicked else 0.0
            rest = move.product_uom_qty - done
            if move.product_uom.compare(rest, 0) > 0:
                rests[move] = rest
        return rests

    def _get_rest_value(self):
        """Return what the rest is worth, untaxed, in the currency of the company."""
        total = 0.0
        for move, rest in self._get_rests().items():
            # sudo: who delivers need not know prices.
            line = move.sudo().sale_line_id
            quantity = move.product_uom._compute_quantity(rest, line.product_uom_id)
            if line.product_uom_qty:
                worth = line._get_cancelled_worth(quantity)
                total += worth / (line.order_id.currency_rate or 1.0)
        return total

    def _cancel_rests(self):
        """Cancel on the orders what the deliveries left out."""
        for picking in self:
            order = picking._get_delivered_order()
            quantities = {}
            for line in picking.sudo().move_ids.sale_line_id:
                dropped = line._get_fulfilment()["cancelled"] - line.qty_cancelled
                if line.product_uom_id.compare(dropped, 0) > 0:
                    quantities[line] = dropped
            if quantities:
                order._cancel_rest(
                    quantities, self.env._("Left out of %s.", picking.name)
                )

    def _is_splittable(self):
        """Whether a part of an open transfer is reserved, and a part is not."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        if self.state in ("done", "cancel") or not any(moves.mapped("quantity")):
            return False
        return any(
            move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            for move in moves
        )
