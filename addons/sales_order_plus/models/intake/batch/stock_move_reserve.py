from collections import defaultdict, deque

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_is_zero

from .scope import batch_scope, get_batch, is_defined_in


class Reservation:
    """Moves that are being reserved together.

    ``quants`` are the places of a product, {(product id, location id): quants};
    ``counted`` tells which move lines they count already, before those exist;
    ``released`` are quants by their own place, where moves give up what they hold.
    """

    def __init__(self, quants, releasing=False):
        self.quants = quants
        self.counted = defaultdict(deque)
        self.released = {}
        for found in quants.values() if releasing else ():
            for quant in found:
                place = quant.product_id.id, quant.location_id.id
                self.released[place] = quant


class StockMove(models.Model):
    """The plain moves of a batch are reserved together.

    The arithmetic stays core's (``_update_reserved_quantity_vals``); what it asks the
    database for again with each move is read once, and what it writes with each move
    is written once. Core then walks over the same moves and finds nothing to do.
    """

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        batch = get_batch()
        moves = self
        if batch and not force_qty and batch.reservation is None:
            if batch.postponed is None:
                self._reserve_plain(batch)
            else:
                moves = self.filtered(lambda move: move._should_bypass_reservation())
                batch.postponed |= (self - moves).sudo()
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _reserve_amounts(self, amounts):
        """Reserve exactly so much more for each of these moves, in their order.

        :param dict amounts: {move: quantity in the unit of the product}
        """
        with batch_scope() as batch:
            rest = self - self._reserve_plain(batch, amounts)
        for move in rest:
            unit = move.product_id.uom_id
            more = unit._compute_quantity(amounts[move], move.product_uom, round=False)
            move._action_assign(force_qty=more)
            # Odoo calls a move reserved that got all of what was asked for just now.
            move._recompute_state()

    def _release_together(self):
        """Give up what these moves hold; plain goods are read once for all of them."""
        with batch_scope() as batch:
            batch.reservation = Reservation(self._get_plain_quants(), releasing=True)
            try:
                self._do_unreserve()
            finally:
                batch.reservation = None

    def _reserve_plain(self, batch, amounts=None):
        """Reserve what is plain, in the order of ``self``.

        :param dict amounts: {move: quantity in the unit of the product}; None: each
            gets all that it needs
        :return: the moves that had their turn
        """
        moves = self._filter_plain()
        quants = moves._get_plain_quants() if len(moves) > 1 else {}
        moves = moves.filtered(lambda m: (m.product_id.id, m.location_id.id) in quants)
        if moves:
            batch.reservation = Reservation(quants)
            try:
                moves._reserve_together(batch.reservation, amounts or {})
            finally:
                batch.reservation = None
        return moves

    # === What is plain === #

    def _filter_plain(self):
        """Return the moves whose product nobody else in ``self`` wants differently."""
        quants = self.env["stock.quant"]
        if not is_defined_in(self, "_update_reserved_quantity", "stock") or not (
            is_defined_in(quants, "_update_reserved_quantity", "stock")
        ):
            return self.browse()
        waiting = self.filtered(
            lambda move: move.state in ("confirmed", "waiting", "partially_available")
        )
        plain = waiting.filtered(lambda move: move._is_plain())
        mixed = (waiting - plain).product_id
        return plain.filtered(lambda move: move.product_id not in mixed)

    def _is_plain(self):
        self.ensure_one()
        product = self.product_id
        return (
            self.state == "confirmed"
            and self.procure_method == "make_to_stock"
            and product.tracking == "none"
            and product.categ_id.packaging_reserve_method != "full"
            and not self.picked
            and not self.move_orig_ids
            and not self.move_line_ids
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
            and not self._should_bypass_reservation()
        )

    def _get_plain_quants(self):
        """Return {(product id, location id): quants} where goods are simply there."""
        found = {}
        for location, moves in self.grouped("location_id").items():
            quants = self._search_quants(location, moves.product_id)
            locked = quants.try_lock_for_update(allow_referencing=True)
            by_product = quants.grouped("product_id")
            for product in moves.product_id:
                own = by_product.get(product, quants.browse())
                if own <= locked and own._is_plain(product, location):
                    found[product.id, location.id] = own
        return found

    @api.model
    def _search_quants(self, location, products):
        # sudo: as core does it; who sells need not see the warehouse.
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                Domain("product_id", "in", products.ids)
                & Domain("location_id", "child_of", location.id),
                order="in_date ASC, id",
            )
        )

    # === Reserving === #

    def _reserve_together(self, reservation, amounts):
        """Reserve in the order of ``self``; who comes late gets what is left."""
        vals_list, assigned, partial = [], [], []
        for move in self:
            own = move.with_company(move.company_id)
            need = own._get_needed_quantity()
            wanted = amounts.get(move, need)
            taken, lines = own._take_from(reservation, wanted)
            unit = own.product_id.uom_id
            if float_is_zero(taken, precision_rounding=unit.rounding):
                continue
            vals_list += lines
            (partial if unit.compare(need, taken) else assigned).append(move.id)
        partial, assigned = self.browse(partial), self.browse(assigned)
        self.env["stock.move.line"].create(vals_list)
        partial.write({"state": "partially_available"})
        assigned.write({"state": "assigned"})
        (partial | assigned).move_line_ids._apply_putaway_strategy()

    def _get_needed_quantity(self):
        return self.product_uom._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _take_from(self, reservation, wanted):
        """Take what is wanted, as far as it goes.

        :return: (taken, values of the move lines), in the product's unit
        """
        self.ensure_one()
        vals_list, taken = self._update_reserved_quantity_vals(
            wanted, self.location_id, strict=False
        )
        quants = reservation.quants[self.product_id.id, self.location_id.id]
        by_location = {quant.location_id.id: quant for quant in quants}
        for vals in vals_list:
            quant = by_location[vals["location_id"]]
            quantity = self._get_reserved_by(vals)
            quant._add_reserved(quantity)
            place = (self.product_id.id, quant.location_id.id)
            reservation.counted[place].append((quant, quantity))
        return taken, vals_list

    def _get_reserved_by(self, vals):
        """Return what a move line of these values reserves, in the product's unit."""
        unit = self.env["uom.uom"].browse(vals["product_uom_id"])
        return unit._compute_quantity(
            vals["quantity"], self.product_id.uom_id, rounding_method="HALF-UP"
        )


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _is_plain(self, product, location):
        """Whether these quants of a product leave no choice but first in, first out.

        Not so where goods lie in a package, belong to somebody, are more than gone,
        or are in two records of one place.
        """
        return (
            len(self.location_id) == len(self)
            and not any((self.lot_id, self.package_id, self.owner_id))
            and all(
                product.uom_id.compare(quant.quantity, quant.reserved_quantity) >= 0
                for quant in self
            )
            and self._get_removal_strategy(product, location) == "fifo"
        )

    def _add_reserved(self, quantity):
        """Reserve as core does, which searches the quant first."""
        self.ensure_one()
        self.write(
            {
                "in_date": self.in_date or fields.Datetime.now(),
                "reserved_quantity": max(0, self.reserved_quantity + quantity),
            }
        )

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        batch = get_batch()
        known = batch.reservation.quants if batch and batch.reservation else {}
        found = known.get((product_id.id, location_id.id))
        if found is None or strict or lot_id or package_id or owner_id:
            return super()._gather(
                product_id, location_id, lot_id, package_id, owner_id, strict, qty
            )
        return found.with_env(self.env)

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        batch, place = get_batch(), (product_id.id, location_id.id)
        reservation = batch and batch.reservation
        plain = not (lot_id or package_id or owner_id)
        if reservation and plain and place in reservation.released:
            # sudo: as core does it; who gives goods up need not be the storeman.
            quant = reservation.released[place].with_env(self.env).sudo()
            quant._add_reserved(quantity)
            return None
        if known := reservation and reservation.counted.get(place):
            quant, reserved = known.popleft()
            # Nothing, unless the move line rounds what it was given.
            if difference := quantity - reserved:
                quant._add_reserved(difference)
            return None
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, lot_id, package_id, owner_id, strict
        )
