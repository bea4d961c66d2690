from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class SalesSubscriptionPeriod(models.Model):
    """The billing ledger: what was done about each period of a subscription.

    The unique index is what makes billing a period twice impossible. Only code
    writes here; nobody has rights beyond reading.
    """

    _name = "sales.subscription.period"
    _inherit = ["sales.presence.mixin"]
    _description = "Subscription Period"
    _order = "subscription_id desc, period_no desc, id desc"
    _rec_name = "display_name"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Subscription the period belongs to.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="subscription_id.currency_id", store=True, precompute=True
    )
    period_no = fields.Integer(
        string="No.",
        required=True,
        readonly=True,
        aggregator=None,
        help="Number of the period, counted from 1.",
    )
    kind = fields.Selection(
        selection=[("regular", "Regular"), ("adjustment", "Adjustment")],
        required=True,
        readonly=True,
        default="regular",
        help="A period of the plan, or what a change within one costs or gives back.",
    )
    date_start = fields.Date(
        string="From", required=True, readonly=True, help="First day of the period."
    )
    date_end = fields.Date(
        string="To", required=True, readonly=True, help="Last day of the period."
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("paused", "Paused"),
            ("skipped", "Left out"),
            ("ordered", "Ordered"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("cancelled", "Document Cancelled"),
            ("waived", "Waived"),
        ],
        string="Status",
        compute="_compute_state",
        store=True,
        readonly=False,
        required=True,
        default="planned",
        index=True,
        help="Ordered until everything is invoiced, whatever credit notes give back; "
        "waived when its order or invoice is cancelled, and billed again only by its "
        "button. Document cancelled: its order stands, but an invoice of it was "
        "cancelled, and the job makes no other. "
        "Paused periods and those left out are not billed.",
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Sales order that bills the period.",
    )
    order_line_ids = fields.Many2many(
        "sale.order.line",
        string="Order Lines",
        readonly=True,
        help="Lines of the order that bill this period.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_state",
        store=True,
        index="btree_not_null",
        help="Last invoice of the period that is not cancelled.",
    )
    is_origin = fields.Boolean(
        readonly=True,
        help="Billed by the order the subscription comes from.",
    )
    delivery_status = fields.Selection(
        related="order_id.delivery_status",
        string="Delivery",
        groups="base.group_user",
        help="How far the goods of its order are delivered.",
    )
    payment_state = fields.Selection(
        related="move_id.payment_state",
        string="Payment",
        groups="base.group_user",
        help="Whether its invoice is paid.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        help="Amount with taxes in the currency of the subscription.",
    )
    waiting_reason = fields.Text(
        readonly=True,
        groups="base.group_user",
        help="Why the order of this period is not confirmed yet.",
    )

    # What makes billing twice impossible; everything else is courtesy.
    _period_uniq = models.UniqueIndex(
        "(subscription_id, kind, period_no) WHERE state != 'waived'",
        "This period is billed already.",
    )
    _check_period_no = models.Constraint(
        "CHECK(period_no > 0)", "Periods are counted from 1."
    )

    @api.depends("subscription_id.name", "period_no")
    def _compute_display_name(self):
        for period in self:
            period.display_name = self.env._(
                "%(subscription)s, period %(number)s",
                subscription=period.subscription_id.name,
                number=period.period_no,
            )

    @api.depends(
        "order_id",
        "invoice_cancelled",
        "invoice_line_ids.move_id.state",
        "invoice_line_ids.move_id.payment_state",
        "order_line_ids.product_uom_qty",
        "order_line_ids.qty_invoiced",
        "order_line_ids.invoice_lines.move_id.state",
        "order_line_ids.invoice_lines.move_id.payment_state",
    )
    def _compute_state(self):
        for period in self:
            invoices = period._get_invoices()
            period.move_id = invoices[-1:]
            if period.invoice_line_ids:
                period.state = period._get_invoice_state(invoices)
            elif period.order_id and period.state != "waived":
                period.state = period._get_order_state(invoices)
            else:
                # Waived, or entered without a document: set by code.
                period.state = period.state

    is_owed = fields.Boolean(
        compute="_compute_is_owed",
        groups="base.group_user",
        help="An invoice of the period is posted and not paid.",
    )

    @api.depends("move_id.state", "move_id.payment_state")
    def _compute_is_owed(self):
        for period in self:
            period.is_owed = any(
                move.state == "posted" and move.payment_state in ("not_paid", "partial")
                for move in period._get_invoices()
            )

    @api.depends(
        "order_line_ids.price_total",
        "invoice_line_ids.price_total",
        "invoice_line_ids.move_type",
    )
    def _compute_amount(self):
        for period in self:
            period.amount = sum(period.order_line_ids.mapped("price_total")) + sum(
                -line.price_total
                if line.move_type == "out_refund"
                else line.price_total
                for line in period.invoice_line_ids
            )

    def _get_invoices(self):
        """Return the invoices of the period in order of creation, without cancelled."""
        moves = (self.order_line_ids.invoice_lines | self.invoice_line_ids).move_id
        return moves.filtered(
            lambda move: move.state != "cancel" and self._is_billed_by(move)
        ).sorted("id")

    def _is_billed_by(self, move):
        """Return whether an invoice, or a credit note, is what bills the period."""
        if self.kind == "adjustment":
            # What is given back more than charged is a credit note itself.
            return move.is_sale_document() and not move.reversed_entry_id
        return move.move_type == "out_invoice"

    def _get_order_state(self, invoices):
        """Return the state of a period that has an order."""
        self.ensure_one()
        if not invoices or any(
            not line._is_fully_invoiced_by(invoices) for line in self.order_line_ids
        ):
            return "cancelled" if self.invoice_cancelled else "ordered"
        return self._get_invoice_state(invoices)

    @api.model
    def _get_invoice_state(self, invoices):
        """Return the state of a period that is invoiced altogether."""
        if not invoices:
            # Invoiced without an order, and the invoice is cancelled.
            return "waived"
        paid = all(move.payment_state in ("paid", "in_payment") for move in invoices)
        return "paid" if paid else "invoiced"

    # === Billing === #

    def _waive(self):
        """The orders are cancelled: nothing is billed for these periods."""
        self.write({"state": "waived"})

    def _unwaive(self):
        """The orders are confirmed again after all."""
        waived = self.filtered(lambda period: period.state == "waived")
        waived.write({"state": "ordered", "invoice_cancelled": False})
        self.env.add_to_compute(self._fields["state"], waived)

    @api.model
    def _get_to_invoice_domain(self):
        """Periods of confirmed orders with something to invoice, first periods aside.

        The origin order may hold more than the first period: people invoice it. And
        they invoice what is left where a credit note gives something back: Odoo would
        have that invoiced once more.
        """
        now = fields.Datetime.now()
        return (
            Domain("state", "=", "ordered")
            & Domain("is_origin", "=", False)
            & Domain("order_id.state", "=", "sale")
            & Domain("order_line_ids.qty_to_invoice", ">", 0)
            & ~self._get_given_back_domain()
            & (
                Domain("subscription_id.billing_retry_at", "=", False)
                | Domain("subscription_id.billing_retry_at", "<=", now)
            )
        )

    @api.model
    def _cron_invoice(self, limit=50):
        """Invoice orders that had to wait for a decision or for their delivery.

        :param int limit: periods a pass
        """
        domain = self._get_to_invoice_domain()
        cron = self.env["ir.cron"]
        periods = self.search(domain, limit=limit, order="id")
        cron._commit_progress(remaining=self.search_count(domain))
        for period in periods:
            # First query of the transaction: sees what other workers committed.
            subscription = period.subscription_id.try_lock_for_update()
            if subscription and period.filtered_domain(domain):
                subscription._try_or_postpone(period._get_shared()._create_invoices)
            if not cron._commit_progress(1):
                break

    def _link_order(self, order, lines):
        """Say which order and lines bill the period."""
        self.ensure_one()
        self.write(
            {
                "order_id": order.id,
                "order_line_ids": lines.ids,
                "is_origin": order == self.subscription_id.origin_order_id,
            }
        )

    def _prepare_section_vals(self):
        """Return the heading that tells the customer which period it is."""
        lang = self.subscription_id.partner_id.lang
        start, end = (
            format_date(self.env, date, lang_code=lang)
            for date in (self.date_start, self.date_end)
        )
        return {
            "display_type": "line_section",
            "name": f"{self.subscription_id.name}: {start} – {end}",
            "sequence": 0,
        }

    def _create_invoices(self, grouped=False):
        """Invoice what can be invoiced now; post it if the plan says so.

        All of them live in one time zone, on plans that agree on posting.

        :param bool grouped: an invoice for each order, as Odoo calls it
        :return: the new invoices; none if nothing is delivered yet
        """
        subscription = self.subscription_id[:1]
        orders = self.order_id.with_context(
            raise_if_nothing_to_invoice=False, tz=subscription.tz
        )
        moves = orders._create_invoices(grouped=grouped, final=True)
        if moves and subscription.plan_id.auto_post:
            moves.action_post()
        return moves

    def _get_shared(self):
        """Return the periods that share an invoice with this one, itself included.

        Those of one customer, company, currency and payment terms on plans that say
        so; only what nobody else works on.
        """
        self.ensure_one()
        own = self.subscription_id
        if not own.plan_id.consolidate:
            return self
        domain = self._get_to_invoice_domain() & Domain(
            [
                ("subscription_id.plan_id.consolidate", "=", True),
                ("subscription_id.plan_id.auto_post", "=", own.plan_id.auto_post),
                ("subscription_id.partner_invoice_id", "=", own.partner_invoice_id.id),
                ("subscription_id.payment_term_id", "=", own.payment_term_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        found = self.search(domain, order="id")
        locked = found.subscription_id.try_lock_for_update()
        return found.filtered(lambda row: row.subscription_id in locked) | self
