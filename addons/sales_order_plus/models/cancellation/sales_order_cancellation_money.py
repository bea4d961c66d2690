from odoo import models
from odoo.tools import float_compare

from ..payment.account_move_invoicing import WITH_ORDER
from ..seam.granted import granted


class SalesOrderCancellation(models.Model):
    """What is invoiced and cancelled is credited, while the order still stands.

    Drafts of invoices that say too much are cancelled, posted ones are credited line by
    line and set off against what is unpaid. What was paid of it goes back, see
    ``models/refund``.
    """

    _inherit = "sales.order.cancellation"

    def _apply_financial(self):
        super()._apply_financial()
        # sudo: invoices are not the salesperson's; an event tells who had it credited.
        cancellation = self.sudo()
        cancellation._cancel_drafts()
        quantities = cancellation._get_credit_quantities()
        if quantities:
            cancellation._credit(quantities)

    def _get_credited_lines(self):
        """Return the order lines that are to be worth less afterwards."""
        if self.kind == "full":
            return self.order_id.order_line.filtered(lambda one: not one.display_type)
        return self.line_ids.order_line_id

    def _cancel_drafts(self):
        drafts = self._get_credited_lines().invoice_lines.move_id.filtered(
            lambda one: one.state == "draft"
        )
        with granted(WITH_ORDER, True):
            drafts.button_cancel()

    def _get_credit_quantities(self):
        """Return {order line: quantity that is invoiced and not owed any more}."""
        cancelled = {one.order_line_id: one.quantity for one in self.line_ids}
        quantities = {}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line in self._get_credited_lines():
            quantity = line.qty_invoiced - self._get_owed(line, cancelled)
            # Down payments have no unit.
            if float_compare(quantity, 0, precision_digits=digits) > 0:
                quantities[line] = quantity
        return quantities

    def _get_owed(self, line, cancelled):
        """Return how much of ``line`` the customer pays in the end."""
        if self.kind == "full":
            return 0.0
        if line.product_id.invoice_policy == "delivery":
            return line.qty_delivered
        return line.product_uom_qty - cancelled.get(line, 0.0)

    def _credit(self, quantities):
        order = self.order_id
        lines = order.order_line.browse([line.id for line in quantities])
        invoices = lines.invoice_lines.move_id.filtered(
            lambda one: one.move_type == "out_invoice" and one.state == "posted"
        )
        rows = self._prepare_credit_rows(quantities)
        credit_note = order._create_credit_note(rows, self.name, invoices)
        credit_note.sales_cancellation_id = self.id
        credit_note.action_post()
        order._set_off(credit_note)
        self._log_event(
            "cancellation.credited",
            order=order.name,
            credit_note=credit_note.name,
            amount=credit_note.amount_total,
            refund=credit_note.amount_residual,
        )

    def _prepare_credit_rows(self, quantities):
        """Return the values of the lines of the credit note."""
        return [
            line._prepare_invoice_line(quantity=quantity)
            for line, quantity in quantities.items()
        ]
