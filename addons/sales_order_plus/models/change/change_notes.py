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


def _note(document, record, quantity):
    """Keep that the quantity of a line or move of ``document`` becomes ``quantity``.

    :return: False where nobody collects it
    """
    notes = _NOTES.get()
    if notes is None:
        return False
    name, old = record.product_id.display_name, record.product_uom_qty
    notes.setdefault(document, []).append((name, old, quantity))
    return True


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _update_line_quantity(self, values):
        """Tell it with the others of a change, which has checked what is delivered."""
        quantity = values["product_uom_qty"]
        if not all(_note(line.order_id, line, quantity) for line in self):
            super()._update_line_quantity(values)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _log_message(self, record, move, template, vals):
        """Tell the demand of a move with the others of a change."""
        demand = vals.get("product_uom_qty")
        if demand is None or not _note(record, move, demand):
            super()._log_message(record, move, template, vals)
