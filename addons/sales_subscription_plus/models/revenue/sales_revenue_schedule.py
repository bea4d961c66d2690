from odoo import api, fields, models


class SalesRevenueSchedule(models.Model):
    """How the revenue of one line of an invoice is spread over the days it is for.

    The unique index is what makes deferring a line twice impossible. Only code writes
    here; nobody has rights beyond reading.
    """

    _name = "sales.revenue.schedule"
    _inherit = ["sales.presence.mixin"]
    _description = "Revenue Schedule"
    _order = "date desc, id desc"

    name = fields.Char(
        required=True, readonly=True, help="Number of the invoice and the product."
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Line of the invoice whose revenue is spread.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Invoice of the line.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, help="Who sells."
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="Currency of the invoice."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who pays."
    )
    product_id = fields.Many2one("product.product", readonly=True, help="What is sold.")
    subscription_line_id = fields.Many2one(
        "sales.subscription.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Line of the subscription that is billed with it.",
    )
    subscription_id = fields.Many2one(
        "sales.subscription",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Subscription that is billed with it.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Deferred Account",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Where the revenue waits.",
    )
    income_account_id = fields.Many2one(
        "account.account",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Income account of the invoice line.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Journal of the entries.",
    )
    date = fields.Date(
        string="Invoiced On",
        required=True,
        readonly=True,
        index=True,
        help="Accounting date of the invoice.",
    )
    date_from = fields.Date(
        string="From", required=True, readonly=True, help="First day it is paid for."
    )
    date_to = fields.Date(
        string="To",
        required=True,
        readonly=True,
        help="Last day it is paid for; earlier once the rest was credited.",
    )
    ended_on = fields.Date(
        readonly=True, help="Day of the credit note that ended the service early."
    )
    amount = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Revenue of the invoice line in the company's currency, at the rate of the "
        "invoice.",
    )
    amount_currency = fields.Monetary(
        string="In Currency",
        readonly=True,
        aggregator=None,
        help="The same in the currency of the invoice.",
    )
    cancelled = fields.Boolean(
        readonly=True, help="The invoice left the books, and the schedule with it."
    )
    line_ids = fields.One2many(
        "sales.revenue.schedule.line",
        "schedule_id",
        string="Entries",
        readonly=True,
        help="What is deferred, released and taken back.",
    )
    released = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_balance",
        store=True,
        help="Earned and booked as income.",
    )
    balance = fields.Monetary(
        string="Still Deferred",
        currency_field="company_currency_id",
        compute="_compute_balance",
        store=True,
        help="On the deferred account now.",
    )
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        compute="_compute_balance",
        store=True,
        index=True,
        help="Done when nothing is deferred any more.",
    )

    # What makes deferring a line twice impossible; everything else is courtesy.
    _move_line_uniq = models.UniqueIndex(
        "(move_line_id) WHERE cancelled IS NOT TRUE",
        "The revenue of this invoice line is deferred already.",
    )
    _check_days = models.Constraint(
        "CHECK(date_to >= date_from)", "To: it lies before From."
    )

    @api.depends("cancelled", "line_ids.amount", "line_ids.kind", "line_ids.state")
    def _compute_balance(self):
        for schedule in self:
            posted = schedule.line_ids.filtered(lambda line: line.state == "posted")
            planned = schedule.line_ids.filtered(lambda line: line.state == "draft")
            schedule.balance = sum(posted.mapped("amount"))
            released = posted.filtered(lambda line: line.kind == "release")
            schedule.released = -sum(released.mapped("amount"))
            if schedule.cancelled:
                schedule.state = "cancelled"
            else:
                still = planned or not schedule.company_currency_id.is_zero(
                    schedule.balance
                )
                schedule.state = "running" if still else "done"

    # === Actions === #

    def action_view_entries(self):
        """Open the journal entries of the schedules.

        :return: window action
        """
        return self.line_ids.move_id._get_records_action(name=self.env._("Entries"))

    @api.model
    @api.readonly
    def get_balances(self, *, date: str):
        """Return what is deferred at the end of a day, by account.

        :param str date: the day, as YYYY-MM-DD
        :return: list of {"account": code, "company_id": id, "balance": amount in the
            company's currency, "currency": its code}, of the companies chosen
        :raise AccessError: for those who may not read schedules
        """
        groups = self.env["sales.revenue.schedule.line"]._read_group(
            [
                ("date", "<=", date),
                ("state", "=", "posted"),
                ("company_id", "in", self.env.companies.ids),
            ],
            groupby=["company_id", "account_id"],
            aggregates=["amount:sum"],
        )
        return [
            {
                # sudo: the code of an account, for who may see its balance.
                "account": account.sudo().with_company(company).code,
                "company_id": company.id,
                "balance": company.currency_id.round(amount),
                "currency": company.currency_id.name,
            }
            for company, account, amount in groups
        ]
