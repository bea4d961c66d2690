import logging

from odoo import fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class SalesOrderReturn(models.Model):
    """What happens when the warehouse has the goods. Always as superuser."""

    _inherit = "sales.order.return"

    def _after_transfer(self):
        """Go on with the authorised returns whose transfers are all done."""
        for one in self.filtered(lambda one: one.state == "authorised"):
            back = one.picking_ids.filtered(lambda p: p._is_customer_return())
            waiting = back.filtered(lambda p: p.state not in ("done", "cancel"))
            if waiting or not back:
                continue
            if "done" in back.mapped("state"):
                one._receive()
            else:
                one._drop("withdrawn", self.env._("The transfer was cancelled."))

    def _receive(self):
        """Keep what came; without an inspection it is settled at once."""
        self.ensure_one()
        for line in self.line_ids:
            came = sum(line._get_moved(move) for move in line._get_received_moves())
            line._write_own(
                {
                    "received_quantity": came,
                    "inspection": False if came else "missing",
                }
            )
        self._write_own({"state": "received", "received_on": fields.Datetime.now()})
        self._log_event("return.received", order=self.order_id.name)
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        if policy.return_inspection or not self._settle_uninspected():
            self._tell_customer("received")

    def _settle_uninspected(self):
        """Settle in a savepoint: goods that came are received, whatever else fails.

        :return: whether it is settled
        """
        try:
            with self.env.cr.savepoint():
                self._inspect([])
                self._settle()
        except UserError as error:
            _logger.info("%s is not settled: %s", self.name, error)
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Received, but not settled"),
                note=str(error),
                user_id=self.user_id.id or self.env.ref("base.user_admin").id,
            )
            return False
        return True

    def _settle(self):
        """Credit, replace, repair or send back, and close the return.

        The ordered quantity becomes less by what is credited, so that nothing is
        shipped again; what is on backorder stays on backorder.
        """
        self.ensure_one()
        self._lock_order()
        order = self.order_id
        order._ensure_return_version()
        with order._open_for_change():
            credits = self._lower_credited()
            self._write_own({**self._prepare_decided_vals(), "state": "closed"})
            self._send_back()
            self._put_damaged_away()
            self._replace()
            credit_note = self._credit(credits)
        self._log_event(
            "return.closed",
            order=order.name,
            credit_note=credit_note.name or "",
            credited=self.credited_amount,
            fee=self.fee_amount,
        )
        order._after_return()
        self._tell_customer("credited")

    def _lower_credited(self):
        """Lower what is ordered by what is given back.

        :return: {line of the return: (price share of the line, quantity to credit)}
        """
        credits = {}
        for line in self.line_ids.filtered(
            lambda one: one.resolution == "refund" and one.accepted_quantity
        ):
            order_line = line.order_line_id
            before = order_line.product_uom_qty
            left = max(before - line.accepted_quantity, order_line.qty_delivered)
            if order_line.product_uom_id.compare(left, before) < 0:
                # Its moves say so already: the procurement must not do it again.
                order_line.with_context(skip_procurement=True).product_uom_qty = left
            credits[line] = line._get_credit_quantity()
        return credits


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _get_credit_quantity(self):
        """Return what was invoiced and is not owed any more, at most what is accepted."""
        line = self.order_line_id
        ordered = line.product_id.invoice_policy == "order"
        owed = line.product_uom_qty if ordered else line.qty_delivered
        return max(min(self.accepted_quantity, line.qty_invoiced - owed), 0.0)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _ensure_return_version(self):
        """Keep what the order was before, where versions are kept."""
        if self._is_under_control("change"):
            self._ensure_base_version()

    def _after_return(self):
        """The order is another one: requests made for the old one are looked at again."""
        if self._is_under_control("change"):
            self._add_version("return")
        self._mark_changes_stale()
