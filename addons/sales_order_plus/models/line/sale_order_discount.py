from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """A discount that stays on the order, so that lines added later get it too."""

    _inherit = "sale.order"

    general_discount = fields.Float(
        string="General Discount (%)",
        digits="Discount",
        tracking=True,
        groups="base.group_user",
        help="Given on every product line on top of the pricelist, also on lines added "
        "later. Changing it sets the discount of all lines anew.",
        prefetch="sales_rare",
    )
    discount_reason = fields.Char(
        groups="base.group_user",
        help="Why the discount is given; for the people who approve it.",
        prefetch="sales_rare",
    )

    _general_discount_range = models.Constraint(
        "CHECK (general_discount >= 0 AND general_discount <= 100)",
        "General Discount (%): give a percentage from 0 to 100.",
    )

    @api.onchange("general_discount")
    def _onchange_general_discount(self):
        self.order_line._apply_general_discount()

    def write(self, vals):
        if "general_discount" not in vals:
            return super().write(vals)
        self._check_discount_editable()
        before = {order: order.general_discount for order in self}
        result = super().write(vals)
        changed = self.filtered(lambda order: order.general_discount != before[order])
        # What the same call says of single lines stands.
        typed = self._get_typed_discounts(vals.get("order_line", ()))
        lines = changed.order_line.filtered(lambda line: line.id not in typed)
        lines._apply_general_discount()
        return result

    @api.model
    def _get_typed_discounts(self, commands):
        return {
            command[1]
            for command in commands
            if command[0] == Command.UPDATE and "discount" in command[2]
        }

    def _check_discount_editable(self):
        for order in self:
            if order.locked or order.state == "cancel":
                raise LineRuleError(
                    self.env._(
                        "General Discount (%%): %(order)s is locked or cancelled. "
                        "Unlock it or set it back to a quotation first.",
                        order=order.display_name,
                    ),
                    field="general_discount",
                )


class SaleOrderLine(models.Model):
    """Lines that take the discount of their order."""

    _inherit = "sale.order.line"

    def _get_generally_discounted(self):
        """Return the lines a general discount counts for."""
        return self.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line.is_delivery
                and not line.is_reward_line
                and not line.combo_item_id
                and not line.qty_invoiced
                and not line._is_global_discount()
            )
        )

    def _apply_general_discount(self):
        for line in self._get_generally_discounted():
            line.discount = line._get_combined_discount()

    def _compute_discount(self):
        result = super()._compute_discount()
        # sudo: the percentage is internal; customers choose options on the portal.
        given = self.filtered(lambda line: line.order_id.sudo().general_discount)
        given._apply_general_discount()
        return result

    def _get_combined_discount(self):
        """Return the order's discount on top of what the pricelist itself shows."""
        self.ensure_one()
        percent = self.order_id.sudo().general_discount
        left = (100 - self._get_pricelist_discount()) * (100 - percent) / 100
        return 100 - left
