from odoo import api, fields, models


class SalesRetentionProposal(models.Model):
    """One offer as one customer saw it; rows come from code alone."""

    _name = "sales.retention.proposal"
    _description = "Offer Made"
    _inherit = ["sales.presence.mixin"]
    _order = "id desc"
    _rec_name = "offer_id"

    offer_id = fields.Many2one(
        "sales.retention.offer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="What was offered.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The order that was about to be cancelled.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="order_id.user_id", store=True, help="Salesperson of the order."
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id",
        string="Customer",
        store=True,
        help="Who saw it.",
    )
    currency_id = fields.Many2one(
        related="offer_id.currency_id", help="Currency of the company."
    )
    kind = fields.Selection(
        related="offer_id.kind", string="Kind", store=True, help="What was offered."
    )
    reason_category = fields.Char(readonly=True, help="Kind of the reason he gave.")
    state = fields.Selection(
        selection=[
            ("shown", "Shown"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("failed", "Not Kept"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="shown",
        index=True,
        help="What came of it.",
    )
    shown_on = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When he first saw it.",
    )
    valid_until = fields.Datetime(
        required=True, readonly=True, help="Until when he may take it (UTC)."
    )
    decided_on = fields.Datetime(readonly=True, help="When he decided.")
    order_amount = fields.Monetary(
        readonly=True, help="What the order was worth, without taxes."
    )
    cost = fields.Monetary(readonly=True, help="What the offer costs us.")
    saved_amount = fields.Monetary(
        string="Saved",
        readonly=True,
        help="What the kept order is worth, without taxes, after the offer.",
    )
    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The change that carries it out.",
    )
    card_id = fields.Many2one(
        "loyalty.card",
        string="Coupon",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The coupon he got.",
    )

    _order_once = models.Constraint(
        "UNIQUE (order_id)", "Order: one offer is made for each order, and no other."
    )

    @api.model
    def _get_of(self, order):
        """Return what this order's customer was shown, as superuser."""
        # sudo: customers see it on their page only.
        proposals = self.sudo()
        if not proposals._has_records():
            return proposals.browse()
        return proposals.search([("order_id", "=", order.id)])

    def _is_valid(self):
        self.ensure_one()
        return self.state == "shown" and fields.Datetime.now() <= self.valid_until

    @api.autovacuum
    def _gc_expired(self):
        """Say of the offers nobody took in time that they are over."""
        now = fields.Datetime.now()
        expired = self.search([("state", "=", "shown"), ("valid_until", "<", now)])
        expired.write({"state": "expired", "decided_on": now})
