from odoo import api, fields, models
from odoo.tools import format_date


class SalesBackorderRunLine(models.Model):
    """What a run decided about one open move, and why."""

    _name = "sales.backorder.run.line"
    _description = "Decision of a Reallocation"
    _order = "run_id, product_id, rank, id"

    run_id = fields.Many2one(
        "sales.backorder.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The run.",
    )
    move_id = fields.Many2one(
        "stock.move",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The open move of the order.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the order.",
    )
    order_id = fields.Many2one(
        related="sale_line_id.order_id",
        store=True,
        index=True,
        help="The order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", help="Who waits for it."
    )
    picking_id = fields.Many2one(
        related="move_id.picking_id", string="Transfer", help="Transfer of the move."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index=True, help="What is dealt out."
    )
    product_uom_id = fields.Many2one(
        related="product_id.uom_id", string="Unit", help="Unit of the quantities."
    )
    rank = fields.Integer(
        readonly=True, help="Place in the queue for this product; 1 is served first."
    )
    qty_need = fields.Float(
        string="Needed", digits="Product Unit", readonly=True, help="Open demand."
    )
    qty_before = fields.Float(
        string="Before", digits="Product Unit", readonly=True, help="Reserved so far."
    )
    qty_after = fields.Float(
        string="After", digits="Product Unit", readonly=True, help="Reserved then."
    )
    qty_delta = fields.Float(
        string="Gain",
        digits="Product Unit",
        readonly=True,
        help="What it gains; negative: what it loses.",
    )
    why = fields.Json(
        string="Reasons", readonly=True, help="What the decision rests on."
    )
    explanation = fields.Text(
        string="Why", compute="_compute_explanation", help="The decision in words."
    )

    @api.depends("why")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = " ".join(line._get_sentences(line.why or {})) or False

    def _get_sentences(self, why):
        """Return where it stands in the queue, what it gets, and why not more."""
        if not why:
            return []
        texts = [self._get_place_text(why)]
        if firm := why.get("firm"):
            texts.append(self._get_firm_texts()[firm])
        elif self.qty_delta < 0:
            texts.append(
                self.env._(
                    "It gives %s to those before it.", self._format(-self.qty_delta)
                )
            )
        if self.qty_delta > 0:
            texts.append(self.env._("It gains %s.", self._format(self.qty_delta)))
        if missing := self.qty_need - self.qty_after:
            texts.append(self.env._("%s are missing still.", self._format(missing)))
        return texts

    def _get_place_text(self, why):
        priority = dict(
            self.env["sales.backorder"]
            ._fields["priority"]
            ._description_selection(self.env)
        )[why["priority"]]
        values = {
            "rank": self.rank,
            "total": why["total"],
            "priority": priority,
            "date": format_date(self.env, why["promised"]),
        }
        if not why.get("policy"):
            return self.env._(
                "Place %(rank)s of %(total)s: %(priority)s, no policy, for %(date)s.",
                **values,
            )
        policy = self.env["sales.backorder.policy"]
        strategies = dict(policy._fields["strategy"]._description_selection(self.env))
        return self.env._(
            "Place %(rank)s of %(total)s: %(priority)s, %(policy)s (%(strategy)s), for "
            "%(date)s.",
            **values,
            policy=why["policy"],
            strategy=strategies[why["strategy"]],
        )

    def _get_firm_texts(self):
        return {
            "picked": self.env._("It keeps what it has: somebody has picked it."),
            "packed": self.env._("It keeps what it has: it is packed."),
            "printed": self.env._("It keeps what it has: the transfer is printed."),
            "batch": self.env._("It keeps what it has: it is in a batch."),
            "lot": self.env._("It keeps what it has: lots are chosen."),
            "promised": self.env._("It keeps what it has: it is promised soon."),
        }

    def _format(self, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        amount = f"{quantity:.{digits}f}".rstrip("0").rstrip(".")
        return f"{amount} {self.product_uom_id.name}"
