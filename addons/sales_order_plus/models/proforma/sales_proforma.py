from odoo import api, fields, models


class SalesProforma(models.Model):
    """A numbered request for payment before delivery; never an accounting document.

    A snapshot: what was issued stays as it was, whatever happens to the order.
    Its state follows from what was done to it and is never written.
    """

    _name = "sales.proforma"
    _inherit = [
        "sales.presence.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "sales.guard.mixin",
    ]
    _description = "Proforma Invoice"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("Draft"),
        help="Given when it is issued, from the company's own numbers of the year.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The quotation or order it asks payment for.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        precompute=True,
        index=True,
        help="Company that issues it.",
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        store=True,
        precompute=True,
        index=True,
        help="Salesperson of the order.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        index=True,
        help="Who is to pay: the invoice address of the order.",
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Consignee",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        help="Who is to receive the goods.",
    )
    kind = fields.Selection(
        selection=[
            ("full", "All that is open"),
            ("percent", "Percentage of the order"),
            ("lines", "Chosen lines"),
        ],
        required=True,
        default="full",
        readonly=True,
        help="How the amount was chosen.",
    )
    percent = fields.Float(
        digits=(16, 6),
        readonly=True,
        help="Part of the order, when a percentage is asked.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("issued", "Issued"),
            ("paid", "Paid"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        help="Follows from issuing, paying and cancelling; it cannot be typed.",
    )
    issued_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When it was issued; its content is fixed since then.",
    )
    cancelled_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When it was cancelled.",
    )
    date = fields.Date(
        string="Issue Date",
        readonly=True,
        copy=False,
        help="Day of issue where the company is; the rate is of this day.",
    )
    valid_until = fields.Date(
        copy=False, help="Last day on which the customer may pay it."
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Currency it is issued and paid in; by default the order's.",
    )
    order_currency_id = fields.Many2one(
        related="order_id.currency_id",
        string="Order Currency",
        help="Currency of the order.",
    )
    currency_rate = fields.Float(
        digits=0,
        readonly=True,
        copy=False,
        default=1.0,
        help="Amounts of the order times this rate; fixed on the day of issue.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        help="Terms printed with their due dates.",
    )
    incoterm_id = fields.Many2one(
        "account.incoterms",
        compute="_compute_from_order",
        store=True,
        precompute=True,
        readonly=False,
        help="Terms of delivery.",
    )
    incoterm_location = fields.Char(
        compute="_compute_from_order",
        store=True,
        precompute=True,
        readonly=False,
        help="Place that goes with the incoterm.",
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        compute="_compute_bank_account_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('partner_id', '=', company_partner_id)]",
        help="Account of the company that is printed.",
    )
    company_partner_id = fields.Many2one(
        related="company_id.partner_id", help="The company's own contact."
    )
    note = fields.Text(help="Printed under the totals.")
    line_ids = fields.One2many(
        "sales.proforma.line",
        "proforma_id",
        string="Lines",
        readonly=True,
        copy=False,
        help="What it asks payment for, as it was on the day of issue.",
    )
    amount_untaxed = fields.Monetary(
        compute="_compute_amounts", store=True, help="Total without taxes."
    )
    amount_tax = fields.Monetary(
        compute="_compute_amounts", store=True, help="Total of the taxes."
    )
    amount_total = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        tracking=True,
        help="What is to be paid.",
    )
    order_amount_total = fields.Monetary(
        string="Total in Order Currency",
        compute="_compute_amounts",
        store=True,
        currency_field="order_currency_id",
        help="The same in the currency of the order: the order's share.",
    )

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE issued_on IS NOT NULL",
        "Number: another proforma of this company has it.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "Percentage: give a value above 0 and up to 100.",
    )

    # === Computes === #

    @api.depends("issued_on", "cancelled_on", "amount_paid", "amount_total")
    def _compute_state(self):
        for proforma in self:
            proforma.state = proforma._get_state()

    def _get_state(self):
        self.ensure_one()
        if self.cancelled_on:
            return "cancelled"
        if not self.issued_on:
            return "draft"
        return "issued" if self._get_residual() > 0 else "paid"

    @api.depends("order_id")
    def _compute_from_order(self):
        for proforma in self:
            order = proforma.order_id
            proforma.partner_id = order.partner_invoice_id or order.partner_id
            proforma.partner_shipping_id = order.partner_shipping_id
            proforma.currency_id = order.currency_id or proforma.env.company.currency_id
            proforma.payment_term_id = order.payment_term_id
            proforma.incoterm_id = order.incoterm
            proforma.incoterm_location = order.incoterm_location

    @api.depends("order_id")
    def _compute_bank_account_id(self):
        for proforma in self:
            order = proforma.order_id
            journal = order.preferred_payment_method_line_id.journal_id
            banks = journal.bank_account_id or order.company_id.partner_id.bank_ids
            proforma.bank_account_id = banks[:1]

    @api.depends("line_ids.price_subtotal", "line_ids.price_tax")
    def _compute_amounts(self):
        for proforma in self:
            lines = proforma.line_ids
            currency = proforma.currency_id
            untaxed = sum(lines.mapped("price_subtotal"))
            tax = sum(lines.mapped("price_tax"))
            proforma.amount_untaxed = currency.round(untaxed)
            proforma.amount_tax = currency.round(tax)
            proforma.amount_total = currency.round(untaxed + tax)
            proforma.order_amount_total = proforma.order_currency_id.round(
                sum(lines.mapped("order_total"))
            )

    def _compute_access_url(self):
        super()._compute_access_url()
        for proforma in self:
            proforma.access_url = f"/my/proformas/{proforma.id}"

    @api.depends("name", "order_id.name")
    def _compute_display_name(self):
        for proforma in self:
            names = [proforma.name or "", proforma.sudo().order_id.name or ""]
            draft = proforma.state == "draft"
            proforma.display_name = " ".join(names) if draft else names[0]
