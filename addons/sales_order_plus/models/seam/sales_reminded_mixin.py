import logging

from odoo import models

_logger = logging.getLogger(__name__)


class SalesRemindedMixin(models.AbstractModel):
    """Records whose customers a job reminds of them, one by one."""

    _name = "sales.reminded.mixin"
    _description = "Records With Reminders"

    def _remind_each(self):
        """Remind of each record and commit it, until the job's time is over."""
        for index, record in enumerate(self):
            record._remind_safely()
            left = len(self) - index - 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _remind_safely(self):
        """Remind; one customer without an address must not stop the others."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._remind()
        except Exception:
            _logger.exception("Reminder of %s failed", self)

    def _remind(self):
        """Send one reminder and remember that it was sent."""
        raise NotImplementedError
