from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import QuotationError

MESSAGE_LENGTH = 2000
OFFER_ACTIVITY = "sales_order_plus.mail_activity_type_counter_offer"


class SalesCounterOffer(models.Model):
    """What the customer proposes instead; it changes nothing until it is accepted."""

    _name = "sales.counter.offer"
    _description = "Counter-Offer"
    _inherit = ["mail.thread", "sales.audit.mixin", "sales.presence.mixin"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name", help="Quotation and number of the try.")
    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The quotation it answers.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        index=True,
        help="Company of the quotation.",
    )
    user_id = fields.Many2one(
        related="order_id.user_id", help="Salesperson of the quotation."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who made the offer."
    )
    author = fields.Char(readonly=True, help="Name of who made the offer.")
    revision = fields.Integer(
        required=True, readonly=True, help="Revision of the quotation it answers."
    )
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was made.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "Pending"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("expired", "Expired"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        help="A newer offer withdraws the one before; a new revision lets it expire.",
    )
    message = fields.Text(readonly=True, help="What the customer wrote to it.")
    answer = fields.Text(help="What the customer reads when it is refused.")
    decided_by_id = fields.Many2one("res.users", readonly=True, help="Who decided.")
    decided_on = fields.Datetime(readonly=True, help="When it was decided.")
    line_ids = fields.One2many(
        "sales.counter.offer.line",
        "offer_id",
        string="Lines",
        readonly=True,
        help="Quantities and prices the customer proposes.",
    )
    currency_id = fields.Many2one(
        related="order_id.currency_id", help="Currency of the quotation."
    )
    amount_current = fields.Monetary(
        string="Quoted",
        compute="_compute_amounts",
        store=True,
        help="Untaxed amount of the lines in question as quoted.",
    )
    amount_offered = fields.Monetary(
        string="Offered",
        compute="_compute_amounts",
        store=True,
        help="Untaxed amount of the lines in question as the customer proposes.",
    )
    difference = fields.Monetary(
        compute="_compute_amounts", store=True, help="Offered less quoted."
    )

    _pending_uniq = models.UniqueIndex(
        "(order_id) WHERE state = 'pending'",
        "This quotation has a counter-offer that waits for an answer already.",
    )

    @api.depends("order_id.name", "revision")
    def _compute_name(self):
        for offer in self:
            order, number = offer.order_id, offer.revision
            name = order._get_quotation_name(number) if order else ""
            offer.name = self.env._("Counter-offer to %(name)s", name=name)

    @api.depends("line_ids.amount_current", "line_ids.amount_offered")
    def _compute_amounts(self):
        for offer in self:
            offer.amount_current = sum(offer.line_ids.mapped("amount_current"))
            offer.amount_offered = sum(offer.line_ids.mapped("amount_offered"))
            offer.difference = offer.amount_offered - offer.amount_current

    # === Made by the customer === #

    @api.model
    def _make(self, order, lines, *, message, author, partner):
        """Keep an offer of the customer; the one before it is withdrawn.

        :param list lines: dictionaries with ``line_id``, ``quantity``, ``price_unit``
        :raise QuotationError: names the field that cannot be taken, and why
        """
        # One at a time: two offers sent together must not both count as the last try.
        self.env.execute_query(
            SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", order.id)
        )
        self._check_allowed(order, message)
        commands = self.env["sales.counter.offer.line"]._prepare_commands(order, lines)
        order._close_offers("withdrawn")
        offer = self.create(
            {
                "order_id": order.id,
                "revision": order.revision_number,
                "partner_id": partner.id,
                "author": author,
                "message": (message or "").strip(),
                "line_ids": commands,
            }
        )
        offer._tell_of_offer()
        return offer

    @api.model
    def _check_allowed(self, order, message):
        order._ensure_open(self.env._("make an offer"))
        reason = order._get_negotiation_refusal()
        if reason:
            raise QuotationError(reason)
        if len(message or "") > MESSAGE_LENGTH:
            raise QuotationError(
                self.env._(
                    "Message: it is longer than %(limit)s characters. Shorten it.",
                    limit=MESSAGE_LENGTH,
                )
            )

    def _tell_of_offer(self):
        order = self.order_id
        order._register_response("counter_offer", self.author, offer=self.id)
        text = self._get_summary()
        order.message_post(
            body=text,
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        order._tell_salesperson(
            self.env._("Counter-offer of the customer"), text, OFFER_ACTIVITY
        )

    def _get_summary(self):
        self.ensure_one()
        parts = [line._get_summary() for line in self.line_ids]
        return " · ".join([*parts, self.message] if self.message else parts)

    # === Decided by the salesperson === #

    def action_accept(self):
        """Make the offer the next revision of the quotation, and send it.

        The new prices pass validation and approval first: where something stands
        against them, the revision waits as a draft and is sent by whoever releases it.

        :return: dict with ``order``, ``revision``, ``sent`` and ``waiting_for``
        :raise QuotationError: if the offer is not pending, or the quotation has changed
        """
        self.ensure_one()
        self._ensure_pending()
        order = self.order_id
        order.check_access("write")
        order._ensure_unpaid()
        # Decided first: the new revision lets pending offers expire.
        self._decide("accepted")
        order._start_revision(
            self.env._("Counter-offer of %(author)s accepted", author=self.author)
        )
        self.line_ids._apply()
        return {
            "order": order.name,
            "revision": order.revision_number,
            **order._send_or_submit(),
        }

    def action_refuse(self, *, answer: str = ""):
        """Refuse the offer; the quotation stands as it is.

        :param str answer: what the customer reads; else the field Answer
        :return: True
        :raise QuotationError: if the offer is not pending any more
        """
        for offer in self:
            offer._ensure_pending()
            offer.order_id.check_access("write")
            offer._decide("refused", answer or offer.answer or "")
            offer.order_id.message_post(
                body=self.env._(
                    "We cannot accept your counter-offer. %(answer)s",
                    answer=offer.answer or "",
                ),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        return True

    def _ensure_pending(self):
        self.ensure_one()
        if self.state != "pending":
            state = dict(self._fields["state"]._description_selection(self.env))
            raise QuotationError(
                self.env._(
                    "State: this offer is %(state)s, only a pending one can be decided.",
                    state=state[self.state],
                )
            )
        self.order_id._ensure_open(self.env._("decide on the offer"))

    def _decide(self, state, answer=None):
        """Write the decision; the rights of the order were checked before."""
        vals = {
            "state": state,
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        }
        if answer is not None:
            vals["answer"] = answer
        # sudo: nobody writes offers by hand, not even the salesperson.
        self.sudo().write(vals)
        self._log_event(f"offer.{state}")
        self.order_id.activity_feedback([OFFER_ACTIVITY])

    def action_view_order(self):
        """Open the quotation.

        :return: window action
        """
        self.ensure_one()
        return self.order_id._get_form_action()
