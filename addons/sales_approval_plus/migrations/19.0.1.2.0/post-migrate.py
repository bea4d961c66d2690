from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    """The two limits of a policy become conditions of their own."""
    if not column_exists(cr, "sales_approval_policy", "min_amount"):
        return
    for metric, column in (
        (SQL("'amount'"), "min_amount"),
        (SQL("discount_basis"), "min_discount"),
    ):
        cr.execute(
            SQL(
                """
                INSERT INTO sales_approval_criterion
                    (policy_id, sequence, metric, operator, value)
                SELECT id, 10, %(metric)s, 'from', %(limit)s
                  FROM sales_approval_policy policy
                 WHERE %(limit)s > 0
                   AND NOT EXISTS (
                       SELECT FROM sales_approval_criterion
                        WHERE policy_id = policy.id AND metric = %(metric)s
                   )
                """,
                metric=metric,
                limit=SQL.identifier(column),
            )
        )
