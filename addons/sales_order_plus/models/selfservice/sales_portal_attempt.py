from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import SelfServiceError

# How often a customer may do something to one order within an hour.
LIMITS = {"preview": 60, "submit": 15}
PERIOD = timedelta(hours=1)
KEPT = timedelta(days=2)


class SalesPortalAttempt(models.Model):
    """What customers tried to do to an order by themselves, to keep it within bounds.

    In the database, so that it counts over all workers and sessions.
    """

    _name = "sales.portal.attempt"
    _description = "Attempt of a Customer"
    _order = "id desc"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", help="The order."
    )
    action = fields.Selection(
        selection=[("preview", "Preview"), ("submit", "Request")],
        required=True,
        help="What was tried: a preview runs the whole change and undoes it.",
    )
    date = fields.Datetime(
        required=True, default=fields.Datetime.now, help="When it was tried."
    )

    _order_idx = models.Index("(order_id, action, date)")

    @api.model
    def _count(self, order, action):
        """Count one attempt.

        :raise SelfServiceError: if there were too many within an hour
        """
        # sudo: customers cannot reach it, the access to the order was checked.
        attempts = self.sudo()
        since = fields.Datetime.now() - PERIOD
        domain = [
            ("order_id", "=", order.id),
            ("action", "=", action),
            ("date", ">", since),
        ]
        if attempts.search_count(domain, limit=LIMITS[action]) >= LIMITS[action]:
            raise SelfServiceError(
                self.env._(
                    "You tried this %(count)s times within an hour. Wait a while, or "
                    "write to us: we do it for you.",
                    count=LIMITS[action],
                ),
                field="order",
                rule="rate_limit",
            )
        attempts.create([{"order_id": order.id, "action": action}])

    @api.autovacuum
    def _gc_attempts(self):
        """Forget what counts no more."""
        # sudo: the scheduler's own work.
        old = fields.Datetime.now() - KEPT
        self.sudo().search([("date", "<", old)], limit=10_000).unlink()
