import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """Held orders whose reason may have passed: a service answers again, goods came."""

    _inherit = "sale.order"

    @api.model
    def _cron_retry_held(self):
        """Confirm held orders nothing stands against any more; one fails alone."""
        domain = [("hold_since", "!=", False), ("state", "in", ("draft", "sent"))]
        orders = self.search(domain, order="hold_since")
        rules = self.env["sales.validation.rule"]
        if not rules._get_rules("confirm"):
            return
        for number, order in enumerate(orders, start=1):
            order._retry_held()
            remaining = len(orders) - number
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    def _retry_held(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                if not self._get_guard_stops("confirm"):
                    self._guard_release("confirm")
        except Exception:
            _logger.exception("Held order %s could not be looked at again", self.name)
