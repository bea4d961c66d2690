from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_round, plaintext2html

from ..exceptions import AllocationError
from .allocation import Claim, allocate


class SalesBackorderRun(models.Model):
    """Who is to hold what, and doing it; the proposal and the run share this code."""

    _inherit = "sales.backorder.run"

    # === Claims === #

    def _get_claimed_moves(self):
        """Return the open moves of orders that reserve the products from stock."""
        self.ensure_one()
        # sudo: goods are shared by orders of everybody.
        moves = self.env["stock.move"].sudo()
        short = self._get_short_products()
        found = moves.search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", short.ids),
                ("sale_line_id", "!=", False),
                ("state", "in", ("confirmed", "partially_available", "assigned")),
                ("procure_method", "=", "make_to_stock"),
                ("move_orig_ids", "=", False),
            ],
            order="id",
        )
        return found.filtered(
            lambda move: (
                move._is_bound_for_customer()
                and not move._should_bypass_reservation()
                and (
                    not self.warehouse_id
                    or move.location_id.warehouse_id == self.warehouse_id
                )
            )
        )

    def _get_short_products(self):
        """Return what somebody waits for: nothing else has to be dealt out anew."""
        domain = [("state", "=", "open"), ("company_id", "=", self.company_id.id)]
        if self.product_ids:
            domain.append(("product_id", "in", self.product_ids.ids))
        # sudo: backorders of others count as well.
        groups = self.env["sales.backorder"].sudo()._read_group(domain, ["product_id"])
        return self.env["product.product"].union(*(product for (product,) in groups))

    def _get_free(self, keys):
        """Return {(product, location): what nobody holds}."""
        found = {key: [] for key in keys}
        products = self.env["product.product"].union(*(key[0] for key in keys))
        locations = self.env["stock.location"].union(*(key[1] for key in keys))
        # sudo: as the supply of expected dates is looked up.
        self.env["sales.backorder"].sudo()._add_stock(found, products, locations)
        return {
            key: sum(supply.quantity for supply in supplies)
            for key, supplies in found.items()
        }

    # === Decisions === #

    def _get_decisions(self):
        """Return [(move, claim with its target, why)], of products with a change."""
        self.ensure_one()
        moves = self._get_claimed_moves()
        if not moves:
            return []
        policies = moves._get_policies()
        ranks = moves._get_ranks(policies)
        queues = defaultdict(list)
        for move in moves.sorted(ranks.get):
            queues[move.product_id, move.location_id].append(move)
        free = self._get_free(list(queues))
        decisions = []
        for key, queue in queues.items():
            claims = self._prepare_claims(queue, ranks, policies)
            allocate(claims, free[key], key[0].uom_id.rounding)
            if any(key[0].uom_id.compare(c.target, c.held) for c in claims):
                decisions += self._explain(queue, claims, policies)
        return decisions

    def _prepare_claims(self, queue, ranks, policies):
        return [self._prepare_claim(one, ranks[one], policies[one]) for one in queue]

    def _prepare_claim(self, move, rank, policy):
        unit = move.product_id.uom_id
        held = move._get_moved_quantity()
        return Claim(
            key=move.id,
            rank=rank,
            need=move.product_qty,
            held=float_round(held, precision_rounding=unit.rounding),
            strategy=policy.strategy or "none",
            firm=bool(held) and bool(move._get_firm_reason(policy)),
        )

    def _explain(self, queue, claims, policies):
        return [
            (move, claim, self._prepare_why(move, claim, policies[move], place, queue))
            for place, (move, claim) in enumerate(
                zip(queue, claims, strict=True), start=1
            )
        ]

    def _prepare_why(self, move, claim, policy, place, queue):
        return {
            "place": place,
            "total": len(queue),
            "priority": str(min(max(move.allocation_rank, -1), 2) + 1),
            "policy": policy.name or "",
            "strategy": policy.strategy or "",
            "promised": str(claim.rank[2]),
            "firm": claim.firm and move._get_firm_reason(policy),
        }

    def _prepare_lines(self, decisions):
        return [
            {
                "run_id": self.id,
                "move_id": move.id,
                "sale_line_id": move.sale_line_id.id,
                "product_id": move.product_id.id,
                "rank": why["place"],
                "qty_need": claim.need,
                "qty_before": claim.held,
                "qty_after": claim.target,
                "qty_delta": claim.target - claim.held,
                "why": why,
            }
            for move, claim, why in decisions
        ]

    # === Doing it === #

    def _apply(self):
        changed = self.line_ids.filtered("qty_delta")
        changed._reserve_as_shown()
        changed._check_reserved()
        now = fields.Datetime.now()
        self._write_own(
            {"applied_on": now, "applied_by_id": self.env.uid, "state": "applied"}
        )
        changed._tell_orders()
        self._log_event("backorder.run", changes=len(changed))


class SalesBackorderRunLine(models.Model):
    _inherit = "sales.backorder.run.line"

    def _reserve_as_shown(self):
        """Reserve what each move is to hold, and not a bit beyond.

        First all give up what they hold: it is there for those who gain. Only what
        somebody works on already stays where it is, and gets the rest on top.
        """
        firm = self.filtered(lambda line: (line.why or {}).get("firm"))
        # sudo: who may apply a run may reserve for all orders it names.
        (self - firm).move_id.sudo()._release_together()
        amounts = {
            line.move_id.sudo(): line.qty_delta if line in firm else line.qty_after
            for line in self
            if line.product_uom_id.compare(line.qty_after, 0) > 0
        }
        self.env["stock.move"].union(*amounts)._reserve_amounts(amounts)

    def _check_reserved(self):
        """Refuse to keep what does not come out as shown."""
        for line in self:
            move = line.move_id.sudo()
            unit = move.product_id.uom_id
            held = move._get_moved_quantity()
            if unit.compare(held, line.qty_after):
                raise AllocationError(
                    self.env._(
                        "%(order)s, %(product)s: %(held)s instead of %(after)s would be "
                        "reserved. Propose again.",
                        order=line.order_id.name,
                        product=line.product_id.display_name,
                        held=line._format(held),
                        after=line._format(line.qty_after),
                    ),
                    rule="outcome",
                )

    def _tell_orders(self):
        """Keep in each order what it gained or lost, and why."""
        # sudo: orders of others are told as well.
        bodies = {}
        for order, lines in self.sudo().grouped("order_id").items():
            rows = [
                f"{line.product_id.display_name}: {line.explanation}" for line in lines
            ]
            title = self.env._("Stock was reallocated (%s):", lines.run_id.name)
            bodies[order.id] = plaintext2html("\n".join([title, *rows]))
        self.sudo().order_id._message_log_batch(bodies)
        self.env["sales.audit.event"]._log_each(
            "backorder.reallocated",
            [
                (
                    line.sudo().order_id,
                    {
                        "run": line.run_id.name,
                        "product": line.product_id.display_name,
                        "reserved": [line.qty_before, line.qty_after],
                        "place": line.rank,
                    },
                )
                for line in self
            ],
        )
