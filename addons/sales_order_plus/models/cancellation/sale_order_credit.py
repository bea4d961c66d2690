from odoo import models
from odoo.fields import Command


class SaleOrder(models.Model):
    """Crediting what is invoiced of an order, and setting it off."""

    _inherit = "sale.order"

    def _create_credit_note(self, rows, reference, invoices):
        """Create a credit note of this order, as a draft.

        :param list rows: values of its lines, with positive quantities
        :param str reference: number of what it comes from
        :param invoices: posted invoices the lines were invoiced by
        :return: the credit note
        """
        self.ensure_one()
        order = self.with_context(lang=self.partner_invoice_id.lang)
        moves = self.env["account.move"].with_company(self.company_id)
        return moves.create(
            {
                **order._prepare_invoice(),
                "move_type": "out_refund",
                "ref": f"{reference}, {order.name}",
                # One payment is not the payment of what is given back.
                "transaction_ids": [Command.clear()],
                "reversed_entry_id": invoices.id if len(invoices) == 1 else False,
                "invoice_line_ids": [Command.create(row) for row in rows],
            }
        )

    def _create_fee_invoice(self, lines, reference):
        """Create an invoice of fees alone, as a draft.

        :param lines: order lines of the fees
        :param str reference: number of what they are charged for
        :return: the invoice
        """
        self.ensure_one()
        order = self.with_context(lang=self.partner_invoice_id.lang)
        rows = [line._prepare_invoice_line(quantity=1.0) for line in lines]
        moves = self.env["account.move"].with_company(self.company_id)
        return moves.create(
            {
                **order._prepare_invoice(),
                "ref": f"{reference}, {order.name}",
                "transaction_ids": [Command.clear()],
                "invoice_line_ids": [Command.create(row) for row in rows],
            }
        )

    def _set_off_payments(self, invoice):
        """Set a posted invoice off against what was paid online and is still open."""
        self.ensure_one()
        payments = self.transaction_ids.payment_id
        lines = (payments.move_id | invoice).line_ids.filtered(
            lambda one: (
                one.account_id.account_type == "asset_receivable" and not one.reconciled
            )
        )
        if len(lines.move_id) > 1:
            lines.reconcile()

    def _set_off(self, credit_note):
        """Set a posted credit note off against what is still to be paid of the order."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(
            lambda one: one.move_type == "out_invoice" and one.state == "posted"
        ).sorted("invoice_date")
        # Its own invoice first.
        for invoice in credit_note.reversed_entry_id | invoices:
            lines = (credit_note | invoice).line_ids.filtered(
                lambda one: (
                    one.account_id.account_type == "asset_receivable"
                    and not one.reconciled
                )
            )
            if len(lines.move_id) == 2:
                lines.reconcile()
