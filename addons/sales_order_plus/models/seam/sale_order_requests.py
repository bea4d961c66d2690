from odoo import api, models
from odoo.tools import SQL

from .reading import once

EVENTS = "sales.audit.event"


class SaleOrder(models.Model):
    """How many requests of each kind, and audit events, there are about an order."""

    _inherit = "sale.order"

    @api.model
    def _get_request_counters(self):
        """Return {field with the number: model of the requests}, by every concern."""
        return {}

    def _compute_request_counts(self):
        """Count what the user may read: all kinds in one query, none where none are."""
        counters = self._get_request_counters()
        counts = self._count_beside()
        for order in self:
            for field, model in counters.items():
                order[field] = counts.get((model, order._origin.id), 0)

    def _compute_audit_event_count(self):
        counts = self._count_beside()
        for order in self:
            order.audit_event_count = counts.get((EVENTS, order._origin.id), 0)

    def _count_beside(self):
        """Return {(model, order id): number} of what the user may read."""
        if not self._origin:
            return {}
        key = ("order.counts", self.env, self._origin._ids)
        return once(key, lambda: self._find_numbers(self._get_count_queries()))

    @api.model
    def _find_numbers(self, queries):
        """Return {(key, order id): number} of what the SELECTs count, in one query."""
        if not queries:
            return {}
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        return {(key, order_id): count for key, order_id, count in rows}

    def _get_count_queries(self):
        """Return a SELECT of model, order id and number for each kind there is."""
        ids = self._origin.ids
        kinds = [self.env[name] for name in self._get_request_counters().values()]
        queries = [
            self._get_count_query(kind, "order_id", [("order_id", "in", ids)])
            for kind in kinds
            if kind._has_records() and kind.has_access("read")
        ]
        events = self.env[EVENTS]
        if events.has_access("read"):
            domain = [("model", "=", self._name), ("res_id", "in", ids)]
            queries.append(self._get_count_query(events, "res_id", domain))
        return queries

    @api.model
    def _get_count_query(self, kind, link, domain):
        return SQL(
            "SELECT %(model)s, %(link)s, COUNT(*) FROM %(table)s WHERE id IN %(found)s "
            "GROUP BY %(link)s",
            model=kind._name,
            link=SQL.identifier(link),
            table=SQL.identifier(kind._table),
            found=kind._search(domain).subselect(),
        )
