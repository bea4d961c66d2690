from odoo import fields, models
from odoo.tools import SQL

# A lifetime value looks no further ahead: months.
HORIZON = 60


class SalesSubscriptionKpi(models.Model):
    """Key figures of subscriptions, a row a company and month.

    Opening and movements give the closing of each row. Retention looks at those alone
    who were there when the month began.
    """

    _name = "sales.subscription.kpi"
    _description = "Subscription Key Figures"
    _auto = False
    _rec_name = "month"
    _order = "month desc, company_id"
    _depends = {
        "sales.mrr.movement": [
            "amount",
            "company_id",
            "date",
            "kind",
            "subscription_id",
        ],
        "sales.audit.event": ["code", "company_id", "date"],
    }

    company_id = fields.Many2one(
        "res.company", readonly=True, help="Company that sells."
    )
    company_currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    month = fields.Date(readonly=True, help="First day of the month.")
    opening = fields.Monetary(
        string="MRR Opening",
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Monthly recurring revenue when the month began.",
    )
    new = fields.Monetary(
        currency_field="company_currency_id", readonly=True, help="Came in the month."
    )
    expansion = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="More of the same customers: quantities, plans and prices.",
    )
    returned = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Reactivated and resumed.",
    )
    contraction = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Less of the same customers, and paused.",
    )
    churn = fields.Monetary(
        currency_field="company_currency_id", readonly=True, help="Ended in the month."
    )
    churn_unpaid = fields.Monetary(
        string="Churn, Not Paid",
        currency_field="company_currency_id",
        readonly=True,
        help="The part of the churn that ended because it was not paid.",
    )
    fx = fields.Monetary(
        string="Exchange Rates",
        currency_field="company_currency_id",
        readonly=True,
        help="What other rates made of it.",
    )
    mrr = fields.Monetary(
        string="MRR",
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Monthly recurring revenue at the end of the month.",
    )
    arr = fields.Monetary(
        string="ARR",
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Twelve times the monthly recurring revenue.",
    )
    customers_start = fields.Integer(
        string="Subscriptions at Start",
        readonly=True,
        aggregator=None,
        help="Subscriptions when the month began, paused ones too.",
    )
    customers_new = fields.Integer(
        string="New Subscriptions", readonly=True, help="Came or came back."
    )
    customers_churned = fields.Integer(
        string="Ended Subscriptions", readonly=True, help="Ended in the month."
    )
    customers = fields.Integer(
        string="Subscriptions",
        readonly=True,
        aggregator=None,
        help="Subscriptions at the end of the month.",
    )
    churn_rate = fields.Float(
        string="Churn (%)",
        readonly=True,
        aggregator="avg",
        help="Ended, of those that were there when the month began.",
    )
    gross_retention = fields.Float(
        string="Gross Retention (%)",
        readonly=True,
        aggregator="avg",
        help="Revenue kept of the opening, without any gain.",
    )
    net_retention = fields.Float(
        string="Net Retention (%)",
        readonly=True,
        aggregator="avg",
        help="Revenue kept of the opening, with what the same customers added.",
    )
    arpa = fields.Monetary(
        string="Revenue per Subscription",
        currency_field="company_currency_id",
        readonly=True,
        aggregator="avg",
        help="Monthly recurring revenue of a subscription.",
    )
    lifetime_value = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        aggregator="avg",
        help="Revenue per subscription through its expected life, at most 60 months, at "
        "the churn of the month.",
    )
    quick_ratio = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Revenue gained for each unit lost; empty if nothing was lost.",
    )
    recovery = fields.Float(
        string="Recovered Payments (%)",
        readonly=True,
        aggregator="avg",
        help="Subscriptions whose failed payment came in after all, of those that fell "
        "due in the month.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
              WITH movement AS (%(movements)s),
                   month AS (%(months)s),
                   total AS (%(totals)s),
                   paid AS (%(payments)s)
            SELECT month.company_id * 12000 + EXTRACT(YEAR FROM month.month)::int * 12
                   - 23000 + EXTRACT(MONTH FROM month.month)::int AS id,
                   month.company_id, company.currency_id AS company_currency_id,
                   month.month, %(columns)s
              FROM month
              JOIN total USING (company_id, month)
              JOIN res_company company ON company.id = month.company_id
         LEFT JOIN paid USING (company_id, month)
            """,
            movements=self._get_movements_query(),
            months=self._get_months_query(),
            totals=self._get_totals_query(),
            payments=self._get_payments_query(),
            columns=self._get_columns(),
        )

    def _get_movements_query(self):
        """Return each movement with its month and whether it is of the month's opening."""
        return SQL(
            """
            SELECT m.company_id, m.kind, m.amount, m.involuntary,
                   DATE_TRUNC('month', m.date)::date AS month,
                   born.month < DATE_TRUNC('month', m.date)::date AS old
              FROM sales_mrr_movement m
              JOIN (SELECT subscription_id, DATE_TRUNC('month', date)::date AS month
                      FROM sales_mrr_movement WHERE kind = 'new') born
                ON born.subscription_id = m.subscription_id
            """
        )

    def _get_months_query(self):
        return SQL(
            """
            SELECT company_id, GENERATE_SERIES(MIN(month), %s, '1 month')::date AS month
              FROM movement GROUP BY company_id
            """,
            fields.Date.context_today(self).replace(day=1),
        )

    def _get_totals_query(self):
        return SQL(
            """
            SELECT month.company_id, month.month,
                   COALESCE(SUM(amount), 0) AS moved,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'new'), 0) AS new,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'expansion'
                       OR kind = 'price' AND amount > 0), 0) AS expansion,
                   COALESCE(SUM(amount) FILTER (WHERE kind IN ('reactivation', 'resume')),
                       0) AS returned,
                   COALESCE(SUM(amount) FILTER (WHERE kind IN ('contraction', 'pause')
                       OR kind = 'price' AND amount <= 0), 0) AS contraction,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'churn'), 0) AS churn,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'churn' AND involuntary), 0)
                       AS churn_unpaid,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'fx'), 0) AS fx,
                   COALESCE(SUM(amount) FILTER (WHERE old AND (kind IN
                       ('contraction', 'pause', 'churn') OR kind = 'price' AND amount < 0)),
                       0) AS lost_old,
                   COALESCE(SUM(amount) FILTER (WHERE old AND (kind = 'expansion'
                       OR kind = 'price' AND amount > 0)), 0) AS gained_old,
                   COUNT(*) FILTER (WHERE kind IN ('new', 'reactivation')) AS came,
                   COUNT(*) FILTER (WHERE kind = 'churn') AS ended,
                   COUNT(*) FILTER (WHERE kind = 'churn' AND old) AS ended_old
              FROM month LEFT JOIN movement USING (company_id, month)
          GROUP BY month.company_id, month.month
            """
        )

    def _get_payments_query(self):
        return SQL(
            """
            SELECT company_id, DATE_TRUNC('month', date)::date AS month,
                   100.0 * COUNT(*) FILTER (WHERE code = 'subscription.recovered')
                   / NULLIF(COUNT(*) FILTER (WHERE code = 'subscription.past_due'), 0)
                   AS recovery
              FROM sales_audit_event
             WHERE code IN ('subscription.past_due', 'subscription.recovered')
          GROUP BY 1, 2
            """
        )

    def _get_columns(self):
        """Return the figures; those of the end of a month are running sums."""
        until = SQL("OVER (PARTITION BY month.company_id ORDER BY month.month)")
        mrr = SQL("SUM(moved) %s", until)
        opening = SQL("(%s - moved)", mrr)
        customers = SQL("SUM(came - ended) %s", until)
        start = SQL("(%s - came + ended)", customers)
        churn = SQL("(1.0 * ended_old / NULLIF(%s, 0))", start)
        arpa = SQL("(%s / NULLIF(%s, 0))", mrr, customers)
        return SQL(
            """
            %(opening)s AS opening, new, expansion, returned, contraction, churn,
            churn_unpaid, fx, %(mrr)s AS mrr, 12 * %(mrr)s AS arr,
            %(start)s AS customers_start, came AS customers_new,
            ended AS customers_churned, %(customers)s AS customers,
            100.0 * %(churn)s AS churn_rate,
            100.0 * (%(opening)s + lost_old) / NULLIF(%(opening)s, 0) AS gross_retention,
            100.0 * (%(opening)s + lost_old + gained_old) / NULLIF(%(opening)s, 0)
                AS net_retention,
            %(arpa)s AS arpa,
            %(arpa)s / GREATEST(%(churn)s, 1.0 / %(horizon)s) AS lifetime_value,
            (new + expansion + returned) / NULLIF(-(contraction + churn), 0)
                AS quick_ratio,
            paid.recovery AS recovery
            """,
            opening=opening,
            mrr=mrr,
            start=start,
            customers=customers,
            churn=churn,
            arpa=arpa,
            horizon=HORIZON,
        )
