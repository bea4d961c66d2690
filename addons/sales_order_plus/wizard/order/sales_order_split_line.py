from odoo import api, fields, models

from ...exceptions import SplitError


class SalesOrderSplitLine(models.TransientModel):
    """How much of one line goes to the new order."""

    _name = "sales.order.split.line"
    _description = "Line of a Split"

    wizard_id = fields.Many2one(
        "sales.order.split",
        required=True,
        ondelete="cascade",
        help="The split this belongs to.",
    )
    line_id = fields.Many2one(
        "sale.order.line",
        required=True,
        ondelete="cascade",
        help="The line of the order.",
    )
    name = fields.Text(
        related="line_id.name", related_sudo=False, help="What the customer reads."
    )
    product_uom_qty = fields.Float(
        related="line_id.product_uom_qty", related_sudo=False, help="What is ordered."
    )
    product_uom_id = fields.Many2one(
        related="line_id.product_uom_id",
        related_sudo=False,
        help="The unit of both quantities.",
    )
    movable_quantity = fields.Float(
        string="Can Be Moved",
        digits="Product Unit",
        compute="_compute_movable_quantity",
        help="What is neither delivered nor invoiced.",
    )
    move_all = fields.Boolean(
        string="All", help="Move all of this line that can be moved."
    )
    quantity = fields.Float(
        string="Quantity to Move",
        digits="Product Unit",
        compute="_compute_quantity",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="What goes to the new order; 0 leaves the line where it is.",
    )

    def _compute_movable_quantity(self):
        for row in self:
            row.movable_quantity = row.line_id._get_movable_quantity()

    @api.depends("move_all")
    def _compute_quantity(self):
        for row in self:
            row.quantity = row.line_id._get_movable_quantity() if row.move_all else 0

    @api.constrains("line_id", "wizard_id")
    def _check_line_of_order(self):
        """The line shows what it is of: that must be an order the user may split."""
        for row in self:
            # sudo: the answer is the same for a line that the user may not read.
            if row.sudo().line_id.order_id != row.wizard_id.order_id:
                raise SplitError(
                    self.env._(
                        "Line: this is no line of %s. Choose one of its lines.",
                        row.wizard_id.order_id.name,
                    ),
                    field="line_id",
                    rule="own_line",
                )
