from odoo import fields, models
from odoo.tools import SQL


class SalesRevenueReport(models.Model):
    """Deferred revenue month by month, beside what the ledger says.

    One row a company, deferred account and month, from the first entry to the last
    one that is posted. The closing is the sum of all entries of schedules so far; the
    ledger's is the sum of all posted items of the account.
    """

    _name = "sales.revenue.report"
    _description = "Deferred Revenue"
    _auto = False
    _order = "month desc, company_id, account_id"
    _rec_name = "account_id"
    _depends = {
        "account.move.line": ["account_id", "balance", "company_id", "date"],
        "sales.revenue.schedule.line": [
            "account_id",
            "amount",
            "company_id",
            "date",
            "kind",
            "state",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True, help="Who sells.")
    company_currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    account_id = fields.Many2one(
        "account.account", readonly=True, help="Deferred account."
    )
    month = fields.Date(readonly=True, help="First day of the month.")
    opening = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Deferred at the beginning of the month.",
    )
    deferred = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Deferred with the invoices of the month.",
    )
    released = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Earned in the month; below zero, it leaves the account.",
    )
    given_back = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Taken off with credit notes of the month.",
    )
    closing = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Still deferred at the end of the month.",
    )
    ledger = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Balance of the account in the ledger at the end of the month.",
    )
    difference = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        aggregator=None,
        help="Ledger less schedules: what others booked on the account.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH moved AS (%(moved)s),
                 grid AS (%(grid)s),
                 summed AS (%(summed)s)
            SELECT ROW_NUMBER() OVER (ORDER BY company_id, account_id, month) AS id,
                   summed.company_id, summed.account_id, summed.month,
                   company.currency_id AS company_currency_id,
                   closing - deferred - released - given_back AS opening,
                   deferred, released, given_back, closing, ledger,
                   ledger - closing AS difference
              FROM summed
              JOIN res_company company ON company.id = summed.company_id
            """,
            moved=self._get_moved_query(),
            grid=self._get_grid_query(),
            summed=self._get_summed_query(),
        )

    def _get_moved_query(self):
        """Return what schedules and ledger moved each month; kind NULL: the ledger."""
        return SQL(
            """
            SELECT company_id, account_id, kind, amount,
                   DATE_TRUNC('month', date)::date AS month
              FROM sales_revenue_schedule_line
             WHERE state = 'posted'
         UNION ALL
            SELECT item.company_id, item.account_id, NULL, -item.balance,
                   DATE_TRUNC('month', item.date)::date
              FROM account_move_line item
             WHERE item.parent_state = 'posted'
               AND EXISTS (SELECT FROM sales_revenue_schedule_line line
                            WHERE line.account_id = item.account_id
                              AND line.company_id = item.company_id)
            """
        )

    def _get_grid_query(self):
        """Return each month of each account, those without any entry too."""
        return SQL(
            """
            SELECT company_id, account_id,
                   GENERATE_SERIES(MIN(month), MAX(month), '1 month')::date AS month
              FROM moved
          GROUP BY company_id, account_id
            """
        )

    def _get_summed_query(self):
        return SQL(
            """
            SELECT grid.company_id, grid.account_id, grid.month,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'defer'), 0) AS deferred,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'release'), 0) AS released,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'reversal'), 0)
                   AS given_back,
                   SUM(COALESCE(SUM(amount) FILTER (WHERE kind IS NOT NULL), 0))
                   OVER so_far AS closing,
                   SUM(COALESCE(SUM(amount) FILTER (WHERE kind IS NULL), 0))
                   OVER so_far AS ledger
              FROM grid
         LEFT JOIN moved ON moved.company_id = grid.company_id
                        AND moved.account_id = grid.account_id
                        AND moved.month = grid.month
          GROUP BY grid.company_id, grid.account_id, grid.month
            WINDOW so_far AS (PARTITION BY grid.company_id, grid.account_id
                                  ORDER BY grid.month)
            """
        )
