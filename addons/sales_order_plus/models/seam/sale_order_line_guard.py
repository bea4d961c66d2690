from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

TOLD = "sales_order_plus.told_orders"
# What makes an order worth more or less to either side.
COMMERCIAL_FIELDS = frozenset(
    {
        "discount",
        "order_id",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
        "technical_price_unit",
    }
)


class SaleOrderLine(models.Model):
    """Lines of a confirmed order pass the gate too, else one confirms small."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_line_state(vals)
        orders = self._get_amended_orders(vals.get("order_id") for vals in vals_list)
        baseline = orders._get_guard_baseline("amend")
        lines = super().create(vals_list)
        lines._collide_with_other_changes()
        orders._guard_ensure("amend", baseline)
        return lines

    def write(self, vals):
        for line in self if "state" in vals else ():
            self._check_line_state({"order_id": line.order_id.id, **vals})
        if COMMERCIAL_FIELDS.isdisjoint(vals):
            return super().write(vals)
        orders = self._get_amended_orders([*self.order_id.ids, vals.get("order_id")])
        baseline = orders._get_guard_baseline("amend")
        result = super().write(vals)
        if orders:
            self._collide_with_other_changes()
        orders._guard_ensure("amend", baseline)
        return result

    def _collide_with_other_changes(self):
        """Make another transaction that changes or confirms these orders start again.

        Each transaction checks the order as it was when it began. A free line changes
        no total, so no row that both write would tell them of each other.
        """
        orders = self.filtered(lambda line: not line.display_type).order_id
        # Nobody else sees an order of this very transaction.
        now = self.env.cr.now()
        # Forgotten by Odoo with what a savepoint undoes, and with the transaction.
        told = self.env.cr.cache.setdefault(TOLD, set())
        order_ids = {order.id for order in orders if order.create_date != now} - told
        if order_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET write_date = write_date WHERE id IN %s",
                    tuple(order_ids),
                )
            )
            told |= order_ids

    @api.model
    def _get_amended_orders(self, order_ids):
        orders = self.env["sale.order"].browse({id_ for id_ in order_ids if id_})
        return orders.filtered(lambda order: order.state == "sale")

    @api.model
    def _check_line_state(self, vals):
        """Refuse a state of its own: sale_stock would ship the line without its order."""
        if "state" not in vals:
            return
        order = self.env["sale.order"].browse(vals.get("order_id"))
        if vals["state"] != order.state:
            raise UserError(
                self.env._(
                    "Order Status: the status of a line follows its order. "
                    "Leave it out and confirm the order instead."
                )
            )
