from odoo import api, fields, models


class SalesMrrMovement(models.Model):
    """How the monthly recurring revenue came about: rows are only ever added.

    The revenue of a subscription *is* the sum of its rows, so opening and movements
    always give the closing.
    """

    _name = "sales.mrr.movement"
    _inherit = ["sales.append.only.mixin"]
    _description = "Movement of Recurring Revenue"
    _order = "date desc, id desc"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Subscription whose revenue changed.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        help="Company that sells.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, help="Who pays."
    )
    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        readonly=True,
        help="Plan after the movement.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="Salesperson of the subscription at that time.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        readonly=True,
        help="Sales team of the subscription at that time.",
    )
    date = fields.Date(
        required=True,
        readonly=True,
        index=True,
        help="The day where the customer lives.",
    )
    kind = fields.Selection(
        selection=[
            ("new", "New"),
            ("expansion", "Expansion"),
            ("reactivation", "Reactivation"),
            ("resume", "Resumed"),
            ("price", "Price"),
            ("fx", "Exchange rate"),
            ("contraction", "Contraction"),
            ("pause", "Paused"),
            ("churn", "Churn"),
        ],
        string="Movement",
        required=True,
        readonly=True,
        help="Price: the same things at another price or discount. Exchange rate: the "
        "same amount is worth more or less in the company's currency.",
    )
    involuntary = fields.Boolean(
        readonly=True,
        help="Ended because it was not paid, not because the customer left.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        readonly=True,
        help="Currency of the subscription.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        string="MRR",
        currency_field="company_currency_id",
        readonly=True,
        help="Change of the monthly recurring revenue without taxes, in the currency of "
        "the company at the rate of the day.",
    )
    amount_currency = fields.Monetary(
        string="MRR in Currency",
        readonly=True,
        aggregator=None,
        help="The same in the currency of the subscription; 0 if only the rate changed.",
    )
    arr = fields.Monetary(
        string="ARR",
        currency_field="company_currency_id",
        compute="_compute_arr",
        store=True,
        help="The change over a year: twelve times the monthly one.",
    )
    reason = fields.Char(readonly=True, help="Why, where a change says so.")
    units = fields.Float(
        readonly=True, aggregator=None, help="Quantities of all lines together."
    )

    _subscription_date_idx = models.Index("(subscription_id, date, id)")

    @api.depends("amount")
    def _compute_arr(self):
        for movement in self:
            movement.arr = 12 * movement.amount
