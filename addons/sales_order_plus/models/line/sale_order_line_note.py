from odoo import fields, models


class SaleOrderLine(models.Model):
    """What is to be said of one item: to the customer, and among ourselves."""

    _inherit = "sale.order.line"

    customer_note = fields.Text(
        string="Note to the Customer",
        help="Printed below the item on the quotation, on the portal and on the "
        "delivery slip.",
    )
    internal_note = fields.Text(
        groups="base.group_user",
        help="For us only: shown to the people who pick, never to the customer.",
        prefetch="sales_rare",
    )


class StockMove(models.Model):
    """The picker reads what was noted on the order line, in every step."""

    _inherit = "stock.move"

    sale_customer_note = fields.Text(
        related="sale_line_id.customer_note",
        string="Note of the Order",
        help="What the order says to the customer about this item.",
    )
    sale_note = fields.Text(
        related="sale_line_id.internal_note",
        string="Picking Note",
        groups="base.group_user",
        help="What the salesperson wants the picker to know; not for the customer.",
    )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _get_noted_moves(self):
        """Return the moves that carry a note of their order line."""
        return self.move_ids.filtered(
            lambda move: move.sale_customer_note or move.sale_note
        )
