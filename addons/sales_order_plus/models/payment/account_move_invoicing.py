from contextvars import ContextVar

from odoo import models

# Whether an order, or a part of it, is being cancelled with its invoices.
WITH_ORDER = ContextVar("sales_invoice_cancelled_with_order", default=False)


class AccountMove(models.Model):
    """Who cancels an invoice decides when its order is invoiced again."""

    _inherit = "account.move"

    def button_cancel(self):
        result = super().button_cancel()
        if not WITH_ORDER.get():
            invoices = self.filtered(lambda move: move.move_type == "out_invoice")
            for invoice in invoices:
                invoice._pause_trigger_invoicing()
        return result

    def _pause_trigger_invoicing(self):
        """Let the orders not be invoiced by their trigger until somebody says so."""
        # sudo: who cancels invoices need not see orders and types.
        orders = self.sudo().line_ids.sale_line_ids.order_id.filtered(
            lambda order: (
                order.state == "sale"
                and order.order_type_id.invoicing_trigger not in (False, "manual")
            )
        )
        reason = self.env._(
            "%(invoice)s was cancelled. The order is invoiced by itself again when you "
            "press “Try to invoice again”.",
            invoice=self.name or self.display_name,
        )
        orders._write_own({"invoicing_error": reason})
