from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """How many requests of each kind there are about an order."""

    _inherit = "sale.order"

    @api.model
    def _get_request_counters(self):
        """Return {field with the number: model of the requests}, by every concern."""
        return {}

    def _compute_request_counts(self):
        """Count what the user may read: all kinds in one query, none where none are."""
        counters = self._get_request_counters()
        counts = self._count_requests(counters.values())
        for order in self:
            for field, model in counters.items():
                order[field] = counts.get((model, order._origin.id), 0)

    def _count_requests(self, models_):
        """Return {(model, order id): number}."""
        kinds = [self.env[model] for model in models_]
        kinds = [kind for kind in kinds if kind._has_records()]
        if not kinds or not self._origin:
            return {}
        query = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, order_id, COUNT(*) FROM %s WHERE id IN %s GROUP BY order_id",
                kind._name,
                SQL.identifier(kind._table),
                kind._search([("order_id", "in", self._origin.ids)]).subselect(),
            )
            for kind in kinds
        )
        rows = self.env.execute_query(query)
        return {(model, order_id): count for model, order_id, count in rows}
