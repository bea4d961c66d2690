from contextlib import contextmanager
from contextvars import ContextVar

from markupsafe import Markup

from odoo import models

from ..seam.granted import granted

# {document: [(product, old quantity, new quantity)]} of the running change.
_NOTES = ContextVar("sales_change_notes", default=None)


@contextmanager
def noting_together():
    """Post what the enclosed code says of quantities as one message a document.

    Odoo posts one with each line and each move, of which a change may have hundreds.
    """
    with granted(_NOTES, {}) as notes:
        yield
    for document, rows in notes.items():
        document.message_post(
            body=Markup("<b>%s</b><ul>%s</ul>")
            % (
                document.env._("Quantities have been changed."),
                Markup().join(
                    Markup("<li>%s: %s → %s</li>") % (product, f"{old:g}", f"{new:g}")
                    for product, old, new in rows
                ),
            ),
            subtype_xmlid="mail.mt_note",
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _update_line_quantity(self, values):
        """Tell it with the others of a change, which has checked what is delivered."""
        notes = _NOTES.get()
        if notes is None:
            return super()._update_line_quantity(values)
        for line in self:
            notes.setdefault(line.order_id, []).append(
                (
                    line.product_id.display_name,
                    line.product_uom_qty,
                    values["product_uom_qty"],
                )
            )
        return None


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _log_message(self, record, move, template, vals):
        """Tell the demand of a move with the others of a change."""
        notes = _NOTES.get()
        if notes is None or "product_uom_qty" not in vals:
            return super()._log_message(record, move, template, vals)
        notes.setdefault(record, []).append(
            (
                move.product_id.display_name,
                move.product_uom_qty,
                vals["product_uom_qty"],
            )
        )
        return None
