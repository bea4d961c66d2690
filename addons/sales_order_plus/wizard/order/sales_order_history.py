from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import OrderTemplateError

LAST_ORDERS = 10


class SalesOrderHistory(models.TransientModel):
    """Lines of earlier orders of the customer, to be ordered again."""

    _name = "sales.order.history"
    _description = "Previous Orders"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The quotation that gets the lines.",
    )
    line_ids = fields.One2many(
        "sales.order.history.line",
        "wizard_id",
        help="Lines of the customer's last orders; tick what he wants again.",
    )

    @api.model
    def _open_for(self, order):
        """Return the wizard with the lines of the last orders of the customer."""
        orders = self.env["sale.order"].search(
            [
                (
                    "partner_id",
                    "child_of",
                    order.partner_id.commercial_partner_id.id,
                ),
                ("state", "=", "sale"),
                ("company_id", "=", order.company_id.id),
                ("id", "!=", order.id),
            ],
            limit=LAST_ORDERS,
        )
        lines = orders.order_line.filtered(lambda line: line._is_worth_repeating())
        commands = [Command.create({"sale_line_id": line.id}) for line in lines]
        return self.create({"order_id": order.id, "line_ids": commands})

    def action_add(self):
        """Add the ticked lines to the quotation, at today's price.

        :return: action that closes the window
        :raise OrderTemplateError: if the order is no quotation any more
        """
        self.ensure_one()
        if self.order_id.state not in ("draft", "sent"):
            raise OrderTemplateError(
                self.env._(
                    "%(order)s: lines are added to quotations only. Add them by hand.",
                    order=self.order_id.display_name,
                )
            )
        chosen = self.line_ids.filtered("is_chosen")
        values = [Command.create(line._prepare_line_vals()) for line in chosen]
        self.order_id.write({"order_line": values})
        return {"type": "ir.actions.act_window_close"}


class SalesOrderHistoryLine(models.TransientModel):
    _name = "sales.order.history.line"
    _description = "Previous Order Line"

    wizard_id = fields.Many2one(
        "sales.order.history",
        required=True,
        ondelete="cascade",
        help="The window the line is shown in.",
    )
    is_chosen = fields.Boolean(string="Add", help="Order it again.")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The earlier line.",
    )
    order_name = fields.Char(related="sale_line_id.order_id.name", help="Its order.")
    date_order = fields.Datetime(
        related="sale_line_id.order_id.date_order", help="When it was ordered."
    )
    product_id = fields.Many2one(related="sale_line_id.product_id", help="The product.")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="How many to add; at first as many as last time.",
    )
    product_uom_id = fields.Many2one(
        related="sale_line_id.product_uom_id", help="Unit of the quantity."
    )
    currency_id = fields.Many2one(
        related="sale_line_id.currency_id", help="Currency of the earlier order."
    )
    price_unit = fields.Float(
        related="sale_line_id.price_unit",
        string="Price Then",
        help="What it cost then; it is added at today's price.",
    )
    discount = fields.Float(
        related="sale_line_id.discount", help="Discount it had then."
    )

    @api.depends("sale_line_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.sale_line_id.product_uom_qty

    def _prepare_line_vals(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "product_uom_qty": self.quantity,
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_view_previous_orders(self):
        """Open what the customer ordered before, to add it again.

        :return: window action
        """
        self.ensure_one()
        wizard = self.env["sales.order.history"]._open_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Previous Orders of %s", self.partner_id.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_worth_repeating(self):
        """Return whether the line is a product one can still order."""
        self.ensure_one()
        return bool(
            not self.display_type
            and self.product_id.active
            and self.product_id.sale_ok
            and self.product_uom_qty > 0
            and not self.is_downpayment
            and not self.is_delivery
            and not self.reward_id
        )
