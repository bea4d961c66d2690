from odoo import models

from .frames import call_with_room


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Answer every request with room for deep calls (see ``frames``)."""
        return call_with_room(super()._dispatch, endpoint)
