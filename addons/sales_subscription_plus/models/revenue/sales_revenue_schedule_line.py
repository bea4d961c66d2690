from odoo import api, fields, models


class SalesRevenueScheduleLine(models.Model):
    """One entry of a schedule: what it puts on the deferred account, or takes off.

    The sum of the lines whose entries are posted *is* the balance of the account, as
    far as it comes from here.
    """

    _name = "sales.revenue.schedule.line"
    _description = "Revenue Schedule Line"
    _order = "schedule_id, date, id"
    _rec_name = "schedule_id"

    schedule_id = fields.Many2one(
        "sales.revenue.schedule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Schedule it is part of.",
    )
    company_id = fields.Many2one(
        related="schedule_id.company_id", store=True, precompute=True, index=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(related="schedule_id.currency_id")
    account_id = fields.Many2one(
        related="schedule_id.account_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="schedule_id.partner_id", store=True, precompute=True
    )
    product_id = fields.Many2one(
        related="schedule_id.product_id", store=True, precompute=True
    )
    subscription_id = fields.Many2one(
        related="schedule_id.subscription_id", store=True, precompute=True
    )
    invoice_date = fields.Date(
        related="schedule_id.date",
        string="Invoiced On",
        store=True,
        precompute=True,
        help="Accounting date of the invoice.",
    )
    kind = fields.Selection(
        selection=[
            ("defer", "Deferred"),
            ("release", "Released"),
            ("reversal", "Given back"),
        ],
        required=True,
        readonly=True,
        help="Deferred with the invoice, released when it is earned, or taken back with "
        "a credit note.",
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        precompute=True,
        index=True,
        help="Date of the entry.",
    )
    date_from = fields.Date(
        string="From", readonly=True, help="First day that is earned."
    )
    date_to = fields.Date(string="To", readonly=True, help="Last day that is earned.")
    amount = fields.Monetary(
        string="Deferred",
        currency_field="company_currency_id",
        readonly=True,
        help="What it adds to the deferred revenue in the company's currency; below zero "
        "where it takes off.",
    )
    amount_currency = fields.Monetary(
        string="In Currency",
        readonly=True,
        aggregator=None,
        help="The same in the currency of the invoice.",
    )
    revenue = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_revenue",
        store=True,
        precompute=True,
        help="What is earned with the entry.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The journal entry; a draft is posted on its date.",
    )
    cause_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Credit note that took it back.",
    )
    cause_line_id = fields.Many2one(
        "account.move.line",
        string="Credit Note Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Its line.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Planned"),
            ("posted", "Posted"),
            ("cancel", "Cancelled"),
        ],
        string="Status",
        compute="_compute_date",
        store=True,
        precompute=True,
        index=True,
        help="Status of the entry.",
    )

    # A line of a credit note takes back from a schedule once, however often it is tried.
    _cause_uniq = models.UniqueIndex(
        "(schedule_id, cause_line_id) WHERE cause_line_id IS NOT NULL",
        "This credit note is taken back already.",
    )

    @api.depends("move_id.date", "move_id.state")
    def _compute_date(self):
        for line in self:
            line.date = line.move_id.date
            line.state = line.move_id.state

    @api.depends("kind", "amount")
    def _compute_revenue(self):
        for line in self:
            line.revenue = -line.amount if line.kind == "release" else 0.0

    def action_view_entry(self):
        """Open the journal entry.

        :return: window action
        """
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Entry"))
