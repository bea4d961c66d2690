from odoo import models

from .frames import call_with_room


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Run every job with room for deep calls (see ``frames``)."""
        return call_with_room(super()._callback, cron_name, server_action_id)
