from odoo import api, models


class SalesOrderIntake(models.AbstractModel):
    """Confirming what was taken in, as far as nothing stands against it."""

    _inherit = "sales.order.intake"

    @api.model
    def _confirm(self, orders):
        """Confirm what is free; the rest stays a quotation and asks its approvers."""
        by_id = {order.order_id: order for order in orders}
        records = self.env["sale.order"].browse(by_id)
        stops = records._get_guard_stops("confirm")
        stopped = records.browse([record.id for record in stops])

        def fail(record, error):
            by_id[record.id].unconfirmed = str(error).strip()[:500]

        for record, findings in stops.items():
            by_id[record.id].unconfirmed = "\n".join(f.message for f in findings)
        self._isolate(
            stopped, lambda batch: batch._guard_submit("confirm", "import"), fail
        )
        self._isolate(records - stopped, lambda batch: batch.action_confirm(), fail)
