from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import float_round

from .stock_move import OPEN_STATES

# Earlier kinds are used first when two supplies are there on the same day.
SOURCE_ORDER = ("stock", "receipt", "purchase", "lead_time", "none", "no_delivery")


@dataclass
class Supply:
    """Goods that can fill demands from one location, in the unit of the product."""

    source: str
    date: date
    quantity: float
    model: str = ""
    res_id: int = 0
    name: str = ""
    detail: str = ""
    days: int = 0
    vendor_id: int = 0
    product_id: int = 0
    # Days it may come earlier and later, as the vendor has delivered so far.
    early: int = 0
    late: int = 0

    @property
    def order(self):
        return (self.date, SOURCE_ORDER.index(self.source))


@dataclass
class Plan:
    """Where the missing quantity of one order line comes from."""

    pegs: list = field(default_factory=list)

    def add(self, supply, quantity):
        self.pegs.append((supply, quantity))


class SalesBackorder(models.Model):
    """The expected date: supplies are pegged to the waiting moves in rank order.

    Waiting moves of other documents take part too, in the order in which Odoo
    would reserve them; so the date agrees with who really gets the goods.
    """

    _inherit = "sales.backorder"

    def _refresh_supply(self, lines=None):
        """Recompute expected date and lateness; ``self`` are all rivals for a product.

        :param lines: whose own data changed; of the others only those are written that
            are supplied otherwise than before. None: all of them, another day began
        """
        plans = self._get_supply_plans()
        concerned = self.filtered(
            lambda one: (
                lines is None
                or one.sale_line_id in lines
                or one._is_pegged_anew(plans[one.sale_line_id.id])
            )
        )
        concerned._store_supply(plans)

    def _is_pegged_anew(self, plan):
        return [self._prepare_peg(*peg) for peg in plan.pegs] != (self.supply or [])

    def _store_supply(self, plans):
        for backorder in self:
            plan = plans[backorder.sale_line_id.id]
            backorder._store_changed(backorder._prepare_supply_vals(plan))

    def _prepare_supply_vals(self, plan):
        self.ensure_one()
        today = self._get_today()
        sources = {supply.source for supply, _quantity in plan.pegs}
        if self.qty_unplanned:
            sources.add("no_delivery")
        source = max(sources or {"none"}, key=SOURCE_ORDER.index)
        known = source not in ("none", "no_delivery")
        expected = known and max(supply.date for supply, _quantity in plan.pegs)
        promised = self._get_promised_date()
        return {
            "date_source": source,
            "date_expected": expected,
            "date_promised": promised,
            "is_late": bool(promised) and max(expected or today, today) > promised,
            "supply": [self._prepare_peg(*peg) for peg in plan.pegs],
        }

    def _prepare_peg(self, supply, quantity):
        unit = self.product_id.uom_id
        quantity = unit._compute_quantity(quantity, self.product_uom_id, round=False)
        return {
            "source": supply.source,
            "date": fields.Date.to_string(supply.date) or False,
            "quantity": float_round(quantity, precision_digits=self._get_digits()),
            "model": supply.model,
            "id": supply.res_id,
            "name": supply.name,
            "detail": supply.detail,
            "days": supply.days,
        }

    def _get_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    # === Time zone === #

    def _get_timezone(self):
        """Return the time zone of the warehouse, else of the company, else UTC."""
        warehouse, company = self.warehouse_id[:1], self.company_id[:1]
        return warehouse.partner_id.tz or company.partner_id.tz or "UTC"

    def _get_today(self):
        return fields.Date.context_today(self.with_context(tz=self._get_timezone()))

    def _to_date(self, moment):
        """Return the day of a UTC datetime where the goods are."""
        local = self.with_context(tz=self._get_timezone())
        return fields.Datetime.context_timestamp(local, moment).date()

    def _get_promised_date(self):
        """Return the earliest deadline of the open moves, else what the order says."""
        moves = self.sale_line_id.move_ids
        open_moves = moves.filtered(lambda move: move.state in OPEN_STATES)
        deadlines = [d for d in open_moves.mapped("date_deadline") if d]
        promised = min(deadlines, default=self.order_id.commitment_date)
        return self._to_date(promised or self.sale_line_id._expected_date())

    # === Pegging === #

    def _get_supply_plans(self):
        """Return {order line id: Plan} for all lines that wait for these products."""
        plans = defaultdict(Plan)
        demands = self._get_demands()
        supplies = self._get_supplies(list(demands))
        for key, moves in demands.items():
            queue = sorted(supplies[key], key=lambda supply: supply.order)
            # What nothing supplies waits for this; it never runs dry.
            wanting = sum(quantity for _move, quantity in moves)
            wanting -= sum(supply.quantity for supply in queue)
            if key[0].uom_id.compare(wanting, 0) > 0:
                queue.append(self._get_lead_time_supply(*key))
            for move, quantity in moves:
                self._peg(plans[move.sale_line_id.id], quantity, queue, key)
        return plans

    @api.model
    def _peg(self, plan, quantity, queue, key):
        """Take ``quantity`` from the front of ``queue``."""
        rounding = key[0].uom_id.rounding
        while queue and quantity >= rounding:
            taken = min(quantity, queue[0].quantity)
            plan.add(queue[0], taken)
            quantity -= taken
            queue[0].quantity -= taken
            if queue[0].quantity < rounding:
                queue.pop(0)

    def _get_demands(self):
        """Return {(product, location): [(move, missing quantity)]} in rank order."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("state", "in", ("confirmed", "partially_available")),
            ],
            order="priority desc, date, id",
        )
        demands = defaultdict(list)
        for move in moves._sort_by_rank():
            missing = move._get_missing_quantity()
            if missing > 0 and not move._should_bypass_reservation():
                demands[move.product_id, move.location_id].append((move, missing))
        lines = self.sale_line_id
        return {
            key: queue
            for key, queue in demands.items()
            if any(move.sale_line_id in lines for move, _missing in queue)
        }

    def _get_supplies(self, keys):
        """Return {(product, location): [Supply]} of stock, receipts and requests."""
        found = {key: [] for key in keys}
        products = self.env["product.product"].union(*(key[0] for key in keys))
        locations = self.env["stock.location"].union(*(key[1] for key in keys))
        if keys:
            self._add_stock(found, products, locations)
            self._add_receipts(found, products, locations)
            self._add_requests(found, products, locations)
        return found

    @api.model
    def _get_keys_around(self, found, product, location):
        """Return the keys whose location is ``location`` or holds it."""
        return [
            key for key in found if key[0] == product and location._child_of(key[1])
        ]

    def _add_stock(self, found, products, locations):
        quants = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("location_id", "child_of", locations.ids),
            ],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        free = defaultdict(float)
        for product, location, quantity, reserved in quants:
            for key in self._get_keys_around(found, product, location):
                free[key] += quantity - reserved
        for (product, location), quantity in free.items():
            if product.uom_id.compare(quantity, 0) > 0:
                today = self._get_today()
                supply = Supply("stock", today, quantity, name=location.display_name)
                found[product, location].append(supply)

    def _add_receipts(self, found, products, locations):
        around = locations | locations.warehouse_id.view_location_id
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", products.ids),
                ("state", "in", OPEN_STATES),
                "|",
                ("location_final_id", "child_of", around.ids),
                "&",
                ("location_final_id", "=", False),
                ("location_dest_id", "child_of", around.ids),
            ]
        )
        for move in moves:
            # What goes on to a next move is counted there, or is meant for it alone.
            if not move.move_dest_ids.filtered(lambda dest: dest.state in OPEN_STATES):
                for key in self._get_keys_supplied(found, move):
                    found[key].append(self._prepare_receipt(move))

    @api.model
    def _get_keys_supplied(self, found, move):
        """Return the keys whose location the move ends in.

        A receipt that stops at the gate of the warehouse goes on into its stock.
        """
        target = move.location_final_id or move.location_dest_id
        warehouse = target.warehouse_id
        arriving = warehouse and move.location_id.warehouse_id != warehouse
        if arriving and not target._child_of(warehouse.lot_stock_id):
            target = warehouse.lot_stock_id
        return [
            key
            for key in self._get_keys_around(found, move.product_id, target)
            if not move.location_id._child_of(key[1])
        ]

    def _prepare_receipt(self, move):
        picking = move.picking_id
        # A new date of the purchase moves the deadline alone: the later one is safe.
        moment = max(move.date, move.date_deadline or move.date)
        return Supply(
            "receipt",
            max(self._to_date(moment), self._get_today()),
            move.product_qty,
            "stock.picking",
            picking.id,
            picking.name or move.reference or "",
            picking.partner_id.display_name or picking.origin or "",
            vendor_id=picking.partner_id.commercial_partner_id.id,
            product_id=move.product_id.id,
        )

    def _add_requests(self, found, products, locations):
        lines = self.env["purchase.order.line"].search(
            [
                ("product_id", "in", products.ids),
                ("order_id.state", "in", ("draft", "sent", "to approve")),
                ("order_id.picking_type_id.code", "=", "incoming"),
                (
                    "order_id.picking_type_id.warehouse_id",
                    "in",
                    locations.warehouse_id.ids,
                ),
                # Bought for another move alone.
                ("move_dest_ids", "=", False),
            ]
        )
        for line in lines:
            target = line.order_id.picking_type_id.warehouse_id.lot_stock_id
            for key in self._get_keys_around(found, line.product_id, target):
                found[key].append(self._prepare_request(line))

    def _prepare_request(self, line):
        """A request is there on its date, but never before the vendor can deliver."""
        order = line.order_id
        seller = line.product_id.with_company(line.company_id)._select_seller(
            partner_id=order.partner_id,
            quantity=line.product_qty,
            uom_id=line.product_uom_id,
        )
        earliest = self._get_today() + timedelta(days=seller.delay)
        planned = line.date_planned and self._to_date(line.date_planned)
        return Supply(
            "purchase",
            max(planned or earliest, earliest),
            line.product_uom_qty,
            "purchase.order",
            order.id,
            order.name,
            order.partner_id.display_name,
            vendor_id=order.partner_id.commercial_partner_id.id,
            product_id=line.product_id.id,
        )

    def _get_lead_time_supply(self, product, location):
        """Return what buying today would bring, or a supply of source ``none``.

        Odoo answers 365 days where no vendor is known: that is no date.
        """
        company = location.company_id or self.company_id[:1]
        product = product.with_company(company)
        rules = product.with_context(bypass_global_horizon_days=True)
        rules = rules._get_rules_from_location(location)
        buying = rules.filtered(
            lambda rule: rule.action not in ("pull", "push", "pull_push")
        )
        if not buying:
            return Supply("none", False, float("inf"))
        delays, _description = rules.with_context(
            bypass_delay_description=True, bypass_global_horizon_days=True
        )._get_lead_days(product)
        if any(days for name, days in delays.items() if name.startswith("no_")):
            return Supply("none", False, float("inf"))
        days = int(delays["total_delay"])
        seller = product._select_seller(quantity=None)
        return Supply(
            "lead_time",
            self._get_today() + timedelta(days=days),
            float("inf"),
            name=seller.partner_id.display_name or "",
            days=days,
            vendor_id=seller.partner_id.commercial_partner_id.id,
            product_id=product.id,
        )
