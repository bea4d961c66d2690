from odoo import api, models
from odoo.tools import SQL

UPDATE_ROWS = """
UPDATE sales_order_import_row AS r
   SET status = v.status, reason = v.reason, "column" = v.col, header = v.header,
       value = v.value, message = v.message, order_id = v.order_id::integer
  FROM (VALUES %s) AS v (id, status, reason, col, header, value, message, order_id)
 WHERE r.id = v.id AND r.status = 'pending'
"""


class SalesOrderImport(models.Model):
    """What became of the rows: none is lost, and the sum is right."""

    _inherit = "sales.order.import"

    def _write_outcomes(self, orders, final):
        """Write what became of the rows.

        :param bool final: False after a check: the rows stay pending
        """
        headers = {column.target: column.header for column in self.column_ids}
        values = []
        for order in orders:
            for line in order.lines:
                refusal = order.refusal or line.refusal
                values.append(
                    self._prepare_outcome(order, line, refusal, headers, final)
                )
        if values:
            self.env.cr.execute_values(UPDATE_ROWS, values, page_size=500)
        self.env["sales.order.import.row"].invalidate_model()

    @api.model
    def _prepare_outcome(self, order, line, refusal, headers, final):
        if not refusal:
            status = "imported" if final else "pending"
            message = order.unconfirmed or None
            return (
                line.source,
                status,
                None,
                None,
                None,
                None,
                message,
                order.order_id,
            )
        return (
            line.source,
            "reported" if final else "pending",
            refusal.reason,
            refusal.column or None,
            headers.get(refusal.column),
            refusal.value[:100] or None,
            refusal.message or None,
            None,
        )

    def _report_pending(self, reason):
        """Report all rows that wait, so that the sum stays right."""
        self.ensure_one()
        # Waits for a batch that runs; the caller is repeated if that changed the row.
        self.env.cr.execute(
            SQL("SELECT id FROM sales_order_import WHERE id = %s FOR UPDATE", self.id)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE sales_order_import_row SET status = 'reported', "
                "reason = coalesce(reason, %s) "
                "WHERE import_id = %s AND status = 'pending'",
                reason,
                self.id,
            )
        )
        self._count_rows()

    def _count_rows(self):
        """Count the rows again: a sum that is counted cannot drift."""
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT status, count(*) FROM sales_order_import_row "
                    "WHERE import_id = %s GROUP BY status",
                    self.id,
                )
            )
        )
        self._set(
            {
                "rows_imported": counts.get("imported", 0),
                "rows_reported": counts.get("reported", 0),
            }
        )
