from contextvars import ContextVar

from odoo import api, models
from odoo.tools import groupby

from odoo.addons.sales_order_plus.models.seam.granted import granted

# [(transfer, body, author, what changed)] of the notes being gathered, or None.
_notes = ContextVar("sales_backorder_picking_notes", default=None)


class StockPicking(models.Model):
    """Goods dealt out anew change many transfers: their notes are written together.

    Odoo writes the note of each transfer, and what changed, one by one.
    """

    _inherit = "stock.picking"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        with granted(_notes, []) as notes:
            tracking = super()._message_track(fields_iter, initial_values_dict)
        for author_id, found in groupby(notes, lambda note: note[2]):
            self._log_together(author_id, found)
        return tracking

    def _message_log(
        self, *, body="", author_id=None, tracking_value_ids=False, **rest
    ):
        """Gather what is only logged; what is sent to somebody goes its own way."""
        notes = _notes.get()
        if notes is not None and not rest:
            notes.append((self, body, author_id, tracking_value_ids or []))
            return self.env["mail.message"]
        return super()._message_log(
            body=body,
            author_id=author_id,
            tracking_value_ids=tracking_value_ids,
            **rest,
        )

    @api.model
    def _log_together(self, author_id, notes):
        """Write the notes of one author, as core does, and what changed with them."""
        pickings = self.union(*(note[0] for note in notes))
        bodies = {picking.id: body for picking, body, *_rest in notes}
        messages = pickings._message_log_batch(bodies, author_id=author_id)
        by_picking = dict(zip(pickings.ids, messages.ids, strict=True))
        # sudo: as core does it; these values are written with the message alone.
        self.env["mail.tracking.value"].sudo().create(
            [
                values | {"mail_message_id": by_picking[picking.id]}
                for picking, _body, _author, commands in notes
                for _create, _id, values in commands
            ]
        )
