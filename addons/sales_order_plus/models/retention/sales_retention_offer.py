from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..cancellation.sales_cancel_reason import CATEGORIES

KINDS = [
    ("discount", "Discount"),
    ("coupon", "Coupon for the next order"),
    ("free_delivery", "Free delivery"),
    ("reschedule", "Later delivery"),
    ("substitute", "Other product"),
]


class SalesRetentionOffer(models.Model):
    """What a customer is offered before he cancels."""

    _name = "sales.retention.offer"
    _description = "Retention Offer"
    _inherit = ["mail.thread", "sales.ranked.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the customer reads, in one sentence."
    )
    description = fields.Text(
        translate=True, help="More about it, below the sentence on the customer's page."
    )
    reason_category = fields.Selection(
        selection=CATEGORIES,
        string="When He Says",
        help="Kind of the reason he gives; empty: any but fraud and duplicate.",
    )
    amount_min = fields.Monetary(
        string="From", help="Only orders worth at least this much, without taxes."
    )
    amount_max = fields.Monetary(
        string="To", help="Only orders worth at most this much; 0: any."
    )
    grade_ids = fields.Many2many(
        "res.partner.grade", string="Customer Levels", help="Empty: all."
    )
    kind = fields.Selection(
        selection=KINDS,
        string="Offer",
        required=True,
        default="discount",
        tracking=True,
        help="What he gets if he keeps the order.",
    )
    discount = fields.Float(
        string="Discount (%)",
        default=10,
        tracking=True,
        help="On all goods that are neither delivered nor invoiced, on top of the "
        "discounts they have.",
    )
    program_id = fields.Many2one(
        "loyalty.program",
        string="Coupon Program",
        domain="[('program_type', '=', 'coupons')]",
        help="A coupon of it is made for him.",
    )
    days_later = fields.Integer(
        default=14, help="How many days from now it is delivered."
    )
    product_id = fields.Many2one(
        "product.product",
        domain="[('sale_ok', '=', True)]",
        help="What he ordered.",
    )
    substitute_id = fields.Many2one(
        "product.product",
        string="Instead",
        domain="[('sale_ok', '=', True)]",
        help="What he gets instead, at the price of what he ordered.",
    )
    valid_days = fields.Integer(
        default=3, help="How long he may take it, from the moment he sees it."
    )
    budget = fields.Monetary(
        tracking=True,
        help="What all accepted offers may cost together; 0: no limit. When it is used "
        "up, nobody is shown the offer any more.",
    )
    spent_amount = fields.Monetary(
        string="Spent",
        compute="_compute_figures",
        help="What the accepted ones cost.",
    )
    shown_count = fields.Integer(
        string="Shown", compute="_compute_figures", help="How many customers saw it."
    )
    accepted_count = fields.Integer(
        string="Accepted", compute="_compute_figures", help="How many took it."
    )
    rate = fields.Float(
        string="Kept (%)",
        compute="_compute_figures",
        help="How many of those who saw it kept their order.",
    )
    saved_amount = fields.Monetary(
        string="Saved",
        compute="_compute_figures",
        help="What the kept orders are worth, without taxes, after the offer.",
    )
    proposal_ids = fields.One2many(
        "sales.retention.proposal",
        "offer_id",
        string="Shown To",
        help="Who saw it, and what came of it.",
    )

    _ranges = models.Constraint(
        "CHECK (discount BETWEEN 0 AND 100 AND valid_days > 0 AND days_later >= 0"
        " AND budget >= 0 AND amount_min >= 0 AND amount_max >= 0)",
        "Discount, Valid Days, Budget, From, To: enter 0 or more; a discount is at most "
        "100 %, and an offer is valid for a day at least.",
    )

    @api.depends("proposal_ids.state", "proposal_ids.cost", "proposal_ids.saved_amount")
    def _compute_figures(self):
        groups = self.env["sales.retention.proposal"]._read_group(
            [("offer_id", "in", self.ids)],
            ["offer_id", "state"],
            ["__count", "cost:sum", "saved_amount:sum"],
        )
        figures = {(offer.id, state): rest for offer, state, *rest in groups}
        for offer in self:
            accepted, cost, saved = figures.get((offer.id, "accepted"), (0, 0.0, 0.0))
            shown = sum(row[0] for key, row in figures.items() if key[0] == offer.id)
            offer.shown_count = shown
            offer.accepted_count = accepted
            offer.rate = 100.0 * accepted / shown if shown else 0.0
            offer.spent_amount = cost
            offer.saved_amount = saved

    @api.constrains("kind", "program_id", "product_id", "substitute_id", "discount")
    def _check_kind(self):
        needed = {
            "discount": ("discount",),
            "coupon": ("program_id",),
            "substitute": ("product_id", "substitute_id"),
        }
        for offer in self:
            for name in needed.get(offer.kind, ()):
                if not offer[name]:
                    label = offer._fields[name]._description_string(self.env)
                    raise ValidationError(
                        self.env._("%s: say what the offer is about.", label)
                    )

    # === Which one is made === #

    def _fits(self, order, category):
        """Return whether the offer is meant for this order and reason."""
        self.ensure_one()
        if category in ("fraud", "duplicate") and not self.reason_category:
            return False
        worth = order.currency_id._convert(
            order.amount_untaxed,
            self.currency_id,
            self.company_id,
            fields.Date.context_today(order),
        )
        compare = self.currency_id.compare_amounts
        return (
            self.reason_category in (False, category)
            and compare(worth, self.amount_min) >= 0
            and (not self.amount_max or compare(worth, self.amount_max) <= 0)
            and (not self.grade_ids or order.customer_grade_id in self.grade_ids)
            and self._can_be_done(order)
            and self._has_budget(order)
        )

    def _has_budget(self, order):
        if not self.budget:
            return True
        # What others saw and may still take is promised to them.
        promised = self.proposal_ids.filtered(lambda one: one._is_valid())
        cost = self.spent_amount + sum(promised.mapped("cost")) + self._get_cost(order)
        return self.currency_id.compare_amounts(cost, self.budget) <= 0

    def action_view_proposals(self):
        """Open whom the offer was shown to.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_retention_proposal_action"
        )
        return {**action, "domain": [("offer_id", "=", self.id)]}
