from odoo import api, fields, models

from ...exceptions import CloneError


class SalesOrderClone(models.TransientModel):
    """Ask how an order is copied into a new quotation."""

    _name = "sales.order.clone"
    _description = "Copy an Order"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self._default_order_id(),
        help="The order that is copied.",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Other Customer",
        check_company=True,
        help="Empty: the same customer. For another one, addresses, terms, taxes and "
        "salesperson are his.",
    )
    quantity_factor = fields.Float(
        default=1.0,
        required=True,
        help="What all quantities are multiplied by.",
    )
    reprice = fields.Boolean(
        string="Today's Prices",
        default=True,
        help="Take prices and discounts of today. Without it the old ones stay, those "
        "typed by hand included.",
    )
    copy_notes = fields.Boolean(
        string="Notes", default=True, help="Take the terms and the note lines along."
    )
    copy_attachments = fields.Boolean(
        string="Attachments", help="Take copies of the files along."
    )
    left_out = fields.Char(
        compute="_compute_left_out",
        help="Products that are not sold any more; their lines are not copied.",
    )

    @api.model
    def _default_order_id(self):
        """Return the order the dialog was opened from, in its form or in a list."""
        if len(self.env.context.get("active_ids") or ()) > 1:
            raise CloneError(
                self.env._(
                    "Order: one order is copied at a time. Select only that one."
                )
            )
        return self.env.context.get("active_id")

    @api.depends("order_id")
    def _compute_left_out(self):
        for wizard in self:
            lines = wizard.order_id._get_plain_lines().filtered(
                lambda line: line._has_archived_product()
            )
            wizard.left_out = ", ".join(lines.product_id.mapped("display_name"))

    def action_clone(self):
        """Make the quotation and open it.

        :return: window action
        :raise CloneError: if the factor is not positive, or nothing is left to sell
        """
        self.ensure_one()
        self.order_id.check_access("read")
        clone, _left_out = self.order_id._clone(
            self.quantity_factor,
            self.partner_id,
            self.reprice,
            self.copy_notes,
            self.copy_attachments,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": clone.id,
            "view_mode": "form",
        }
