from odoo import fields, models
from odoo.tools import SQL

# No subscription is followed longer: 50 years.
LONGEST = 600


class SalesCohortReport(models.Model):
    """Who came in a month, and who of them is still there so many months later.

    One row a subscription and month of its life. A paused subscription is still there;
    its revenue is not.
    """

    _name = "sales.cohort.report"
    _description = "Subscription Cohorts"
    _auto = False
    _rec_name = "subscription_id"
    _order = "cohort, age"
    _depends = {
        "sales.mrr.movement": [
            "amount",
            "company_id",
            "date",
            "kind",
            "partner_id",
            "plan_id",
            "subscription_id",
            "user_id",
        ],
    }

    subscription_id = fields.Many2one(
        "sales.subscription", readonly=True, help="Subscription that came."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="Company that sells."
    )
    company_currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who subscribed."
    )
    plan_id = fields.Many2one(
        "sales.subscription.plan", readonly=True, help="Plan with which it came."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="Salesperson when it came.",
    )
    cohort = fields.Date(readonly=True, help="Month in which it came.")
    age = fields.Integer(
        string="Months",
        readonly=True,
        aggregator=None,
        help="0: when it came; 1: at the end of the month after, and so on.",
    )
    customers_start = fields.Integer(
        string="Came", readonly=True, help="Subscriptions that came in the month."
    )
    customers = fields.Integer(
        string="Still There", readonly=True, help="Those that have not ended."
    )
    mrr_start = fields.Monetary(
        string="MRR at the Start",
        currency_field="company_currency_id",
        readonly=True,
        help="Recurring revenue with which they came.",
    )
    mrr = fields.Monetary(
        string="MRR",
        currency_field="company_currency_id",
        readonly=True,
        help="Recurring revenue of theirs at that age.",
    )
    retention = fields.Float(
        string="Retention (%)",
        readonly=True,
        help="Those still there, of those that came.",
    )
    mrr_retention = fields.Float(
        string="Revenue Retention (%)",
        readonly=True,
        help="Recurring revenue at that age, of that with which they came.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Retention of a group is that of its sums, not the mean of the rows."""
        pairs = {
            "retention:sum": ("customers", "customers_start"),
            "mrr_retention:sum": ("mrr", "mrr_start"),
        }
        if aggregate_spec in pairs:
            part, whole = (
                self._field_to_sql(self._table, name, query)
                for name in pairs[aggregate_spec]
            )
            return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", part, whole)
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT born.subscription_id * %(longest)s + ages.age AS id,
                   born.subscription_id, born.company_id, born.partner_id, born.plan_id,
                   born.user_id, company.currency_id AS company_currency_id,
                   DATE_TRUNC('month', born.date)::date AS cohort,
                   ages.age AS age,
                   1 AS customers_start,
                   stand.customers,
                   born.amount AS mrr_start,
                   stand.mrr,
                   100.0 * stand.customers AS retention,
                   100.0 * stand.mrr / NULLIF(born.amount, 0) AS mrr_retention
              FROM sales_mrr_movement born
              JOIN res_company company ON company.id = born.company_id
        CROSS JOIN LATERAL GENERATE_SERIES(0, LEAST(%(longest)s - 1,
                   (12 * EXTRACT(YEAR FROM AGE(%(month)s, DATE_TRUNC('month', born.date)))
                    + EXTRACT(MONTH FROM AGE(%(month)s, DATE_TRUNC('month', born.date)))
                   )::int)) AS ages(age)
        CROSS JOIN LATERAL (%(standing)s) AS stand
             WHERE born.kind = 'new'
            """,
            longest=LONGEST,
            month=fields.Date.context_today(self).replace(day=1),
            standing=self._get_standing_query(),
        )

    def _get_standing_query(self):
        """Return what a subscription ``born`` came to at ``ages.age``."""
        return SQL(
            """
            SELECT CASE WHEN ages.age = 0 THEN born.amount
                   ELSE COALESCE(SUM(past.amount), 0) END AS mrr,
                   CASE WHEN ages.age > 0 AND (ARRAY_AGG(past.kind
                        ORDER BY past.date DESC, past.id DESC)
                        FILTER (WHERE past.kind != 'fx'))[1] = 'churn'
                   THEN 0 ELSE 1 END AS customers
              FROM sales_mrr_movement past
             WHERE past.subscription_id = born.subscription_id
               AND past.date < DATE_TRUNC('month', born.date)
                               + MAKE_INTERVAL(months => ages.age + 1)
            """
        )
