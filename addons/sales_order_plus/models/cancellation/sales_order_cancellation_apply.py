from odoo import models

from .grants import cancelling


class SalesOrderCancellation(models.Model):
    """Cancel as a whole; the impact is tried with the same code."""

    _inherit = "sales.order.cancellation"

    def _apply(self):
        """Cancel, and keep what came of it."""
        self.ensure_one()
        order = self.order_id
        order._ensure_base_version()
        known = order._get_cancel_known()
        self._apply_order()
        self._finish(known)

    def _apply_order(self):
        """Cancel the order or its lines.

        :raise CancellationError: if it cannot be done; nothing may be kept
        """
        self._check_possible()
        if self.kind == "lines":
            self._apply_lines()
            return
        self._begin_full()
        with cancelling(self.order_id):
            self.order_id._action_cancel()

    def _begin_full(self):
        """Do what has to be done while the order still stands: look, and credit."""
        self._check_possible()
        for line in self.order_id.order_line if self.order_id.state == "sale" else ():
            line._check_moves_cancellable()
        self._store_amounts()
        self._apply_financial()

    def _apply_financial(self):
        """Credit, void and charge while the order still stands: credit, then cancel."""
        self.ensure_one()

    def _apply_lines(self):
        self._store_amounts()
        self._apply_financial()
        with self.order_id._open_for_change():
            left = {
                one.order_line_id: one.order_line_id.product_uom_qty - one.quantity
                for one in self.line_ids
            }
            self.line_ids.order_line_id._lower_for_change(left)

    def _store_amounts(self):
        """Keep what is cancelled is worth."""
        for line in self.line_ids:
            amount = line.order_line_id._get_cancelled_worth(line.quantity)
            line._write_own({"amount": amount})
        self._write_own({"amount": sum(self.line_ids.mapped("amount"))})

    def _finish(self, known):
        """Keep what came of it, and tell whoever has to know."""
        self.ensure_one()
        order, decided = self.order_id, self._prepare_decided_vals()
        self._write_own(
            {
                **decided,
                "state": "applied",
                "result": order._get_cancel_figures(known),
                "effective_on": decided["decided_on"],
            }
        )
        order._write_own({"cancel_reason_id": self.reason_id.id})
        self._log_event(
            "cancellation.applied",
            order=order.name,
            what=self.summary,
            reason=self.reason_id.name,
        )
        if order.state == "sale":
            order._add_version("change")
        order._mark_changes_stale()
        self._after_decision()
