from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Reason of the base for what is cancelled because it is not there.
REASON = "out_of_stock"
# Nothing is on its way where the date rests on one of these.
UNSUPPLIED = ("none", "lead_time", "no_delivery")


class SaleOrder(models.Model):
    """What the policy of its customer does with the shortages of an order."""

    _inherit = "sale.order"

    def _get_backorder_policy(self):
        """Return the policy that holds for the order, as superuser; or none."""
        self.ensure_one()
        return self.env["sales.backorder.policy"]._get_for(self)

    def _follow_reservation(self):
        super()._follow_reservation()
        if self.env["sales.backorder.policy"]._has_records():
            for order in self:
                order._apply_confirm_policy()

    def _apply_confirm_policy(self):
        action = self._get_backorder_policy().on_confirm
        if action not in ("split", "hold") or not self._has_shortage():
            return
        if action == "hold":
            self._set_shipping_policy("one")
            return
        # sudo: whoever sells need not write transfers.
        for picking in self.sudo().picking_ids:
            if picking._is_splittable():
                picking.action_split_transfer()

    def _set_shipping_policy(self, policy):
        """Let what is open leave as soon as it is there, or when all of it is.

        :param str policy: ``direct`` or ``one``
        """
        self.picking_policy = policy
        # sudo: whoever sells need not write transfers.
        pickings = self.sudo().picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        pickings.move_type = policy

    def _has_shortage(self):
        # sudo: whoever sells need not read moves.
        figures = self.sudo().order_line._get_backorder_figures()
        return any(found.short for found in figures.values())

    def _cancel_rest(self, quantities, note):
        """Cancel what is not there through a cancellation of the order.

        :param dict quantities: {order line: quantity in its unit}
        :param str note: why, in words
        :return: the cancellation; applied, or waiting for whoever has to decide
        """
        self.ensure_one()
        # sudo: who delivers need not write orders; the event says who it was.
        cancellation = self.sudo()._new_cancellation(
            {line.id: quantity for line, quantity in quantities.items()},
            REASON,
            note,
            "staff",
        )
        cancellation.action_cancel_now()
        return cancellation


class SalesBackorder(models.Model):
    _inherit = "sales.backorder"

    @api.model
    def _cron_refresh(self):
        self._cancel_overdue()
        return super()._cron_refresh()

    @api.model
    def _cancel_overdue(self):
        """Cancel what is short for longer than its policy waits, and is not coming."""
        policies = self.env["sales.backorder.policy"]
        longest = policies.search([("max_wait_days", ">", 0)])
        if not longest:
            return
        first = min(longest.mapped("max_wait_days"))
        waiting = self.search(
            Domain("state", "=", "open")
            & Domain("date_source", "in", UNSUPPLIED)
            & Domain("qty_reserved", "=", 0)
            & Domain("date_opened", "<=", fields.Datetime.now() - timedelta(days=first))
        )
        overdue = waiting.filtered(lambda one: one._is_overdue())
        for order, backorders in overdue.grouped("order_id").items():
            order._cancel_rest(
                {one.sale_line_id: one.qty_short for one in backorders},
                self.env._("Not there for longer than agreed, and not on its way."),
            )

    def _is_overdue(self):
        days = self.order_id._get_backorder_policy().max_wait_days
        limit = fields.Datetime.now() - timedelta(days=days)
        return bool(days) and self.date_opened <= limit
