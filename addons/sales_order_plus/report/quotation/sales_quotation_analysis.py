from odoo import api, fields, models
from odoo.tools import SQL


class SalesQuotationAnalysis(models.Model):
    """One row for each quotation: what became of it, how long it took, what it was worth.

    Amounts are in the company's currency at the rate of the quotation. The win rate
    counts decided quotations only: won against lost and expired.
    """

    _name = "sales.quotation.analysis"
    _description = "Quotation Analysis"
    _inherit = ["sales.order.columns.mixin"]
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"
    _depends = {
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "converted_on",
            "create_date",
            "currency_rate",
            "customer_response",
            "date_order",
            "lost_competitor_id",
            "lost_reason_id",
            "order_type_id",
            "partner_id",
            "quotation_status",
            "quotation_view_count",
            "revision_number",
            "sale_order_template_id",
            "sales_channel_id",
            "sent_on",
            "state",
            "team_id",
            "user_id",
        ],
        "res.partner": ["country_id"],
        "res.company": ["currency_id"],
    }

    order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, help="The quotation."
    )
    date = fields.Datetime(readonly=True, help="When the quotation was made.")
    country_id = fields.Many2one(
        "res.country", readonly=True, help="Country of the customer."
    )
    template_id = fields.Many2one(
        "sale.order.template",
        string="Quotation Template",
        readonly=True,
        help="Template it was made from.",
    )
    channel_id = fields.Many2one(
        "sales.channel", readonly=True, help="Where it came from."
    )
    order_type_id = fields.Many2one(
        "sales.order.type", readonly=True, help="Kind of order."
    )
    quotation_status = fields.Selection(
        selection=lambda self: (
            self.env["sale.order"]
            ._fields["quotation_status"]
            ._description_selection(self.env)
        ),
        readonly=True,
        help="Where the quotation stands with the customer.",
    )
    customer_response = fields.Selection(
        selection=lambda self: (
            self.env["sale.order"]
            ._fields["customer_response"]
            ._description_selection(self.env)
        ),
        readonly=True,
        help="The customer's last answer.",
    )
    lost_reason_id = fields.Many2one(
        "crm.lost.reason", readonly=True, help="Why it was lost."
    )
    lost_competitor_id = fields.Many2one(
        "res.partner", string="Lost To", readonly=True, help="Who got the order."
    )
    count = fields.Integer(string="Quotations", readonly=True, help="Quotations.")
    sent = fields.Integer(readonly=True, help="Quotations the customer got.")
    viewed = fields.Integer(readonly=True, help="Quotations the customer looked at.")
    won = fields.Integer(readonly=True, help="Quotations that became orders.")
    lost = fields.Integer(readonly=True, help="Quotations that were lost or cancelled.")
    expired = fields.Integer(readonly=True, help="Quotations past their validity.")
    win_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Won of those decided: won, lost and expired. From 0 to 1.",
    )
    days_to_close = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Days from making the quotation to its becoming an order.",
    )
    revision_number = fields.Integer(
        string="Revisions", readonly=True, aggregator="avg", help="Revisions it took."
    )
    view_count = fields.Integer(
        string="Views", readonly=True, help="Visits of the customer."
    )
    amount = fields.Monetary(string="Untaxed Amount", readonly=True, help="Quoted.")
    amount_won = fields.Monetary(readonly=True, help="Quoted in those that were won.")
    amount_lost = fields.Monetary(readonly=True, help="Quoted in those that were lost.")

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in self._get_columns().items()
            ),
            self._get_from(),
            self._get_where(),
        )

    @api.model
    def _get_columns(self):
        """Return {field: SQL}; satellites add theirs."""
        plain = {
            name: SQL.identifier("o", column)
            for name, column in self._get_plain_columns().items()
        }
        return {**plain, **self._get_outcome_columns(), **self._get_amount_columns()}

    @api.model
    def _get_plain_columns(self):
        return {
            "id": "id",
            "order_id": "id",
            "date": "create_date",
            "partner_id": "partner_id",
            "user_id": "user_id",
            "team_id": "team_id",
            "company_id": "company_id",
            "template_id": "sale_order_template_id",
            "channel_id": "sales_channel_id",
            "order_type_id": "order_type_id",
            "quotation_status": "quotation_status",
            "customer_response": "customer_response",
            "lost_reason_id": "lost_reason_id",
            "lost_competitor_id": "lost_competitor_id",
            "revision_number": "revision_number",
            "view_count": "quotation_view_count",
        }

    @api.model
    def _get_outcome_columns(self):
        return {
            "country_id": SQL("p.country_id"),
            "currency_id": SQL("c.currency_id"),
            "count": SQL("1"),
            "sent": SQL("(o.sent_on IS NOT NULL)::int"),
            "viewed": SQL("(COALESCE(o.quotation_view_count, 0) > 0)::int"),
            "won": SQL("(o.state = 'sale')::int"),
            "lost": SQL("(o.quotation_status = 'rejected')::int"),
            "expired": SQL("(o.quotation_status = 'expired')::int"),
            "win_rate": SQL(
                "CASE WHEN o.state = 'sale' THEN 1.0 "
                "WHEN o.quotation_status IN ('rejected', 'expired') THEN 0.0 END"
            ),
            "days_to_close": SQL(
                "CASE WHEN o.state = 'sale' THEN GREATEST(0, EXTRACT(EPOCH FROM "
                "COALESCE(o.converted_on, o.date_order) - o.create_date) / 86400.0) END"
            ),
        }

    @api.model
    def _get_amount_columns(self):
        amount = SQL("o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1.0)")
        zero = SQL("0.0")
        return {
            "amount": amount,
            "amount_won": SQL(
                "CASE WHEN o.state = 'sale' THEN %s ELSE %s END", amount, zero
            ),
            "amount_lost": SQL(
                "CASE WHEN o.quotation_status = 'rejected' THEN %s ELSE %s END",
                amount,
                zero,
            ),
        }

    @api.model
    def _get_from(self):
        return SQL(
            "sale_order o JOIN res_partner p ON p.id = o.partner_id "
            "JOIN res_company c ON c.id = o.company_id"
        )

    @api.model
    def _get_where(self):
        """Leave out orders cancelled after they had been won: no quotation was lost."""
        return SQL("NOT (o.state = 'cancel' AND o.converted_on IS NOT NULL)")
