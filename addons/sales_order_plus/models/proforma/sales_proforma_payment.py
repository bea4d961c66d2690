from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import ProformaError
from .grants import writing_proforma


class SalesProforma(models.Model):
    """Payments: what is paid on a proforma is the down payment of its order."""

    _inherit = "sales.proforma"

    transaction_ids = fields.One2many(
        "payment.transaction",
        "proforma_id",
        string="Online Payments",
        readonly=True,
        groups="account.group_account_invoice",
        help="What the customer paid or tried to pay on his page.",
    )
    payment_ids = fields.One2many(
        "account.payment",
        "proforma_id",
        string="Advances",
        readonly=True,
        groups="account.group_account_invoice",
        help="Advances that were registered by hand, by bank transfer for example.",
    )
    amount_paid = fields.Monetary(
        string="Paid",
        compute="_compute_amount_paid",
        compute_sudo=True,
        store=True,
        help="What was received, online and otherwise, in the proforma's currency.",
    )
    amount_residual = fields.Monetary(
        string="Open",
        compute="_compute_amount_residual",
        help="What is still to be paid.",
    )
    paid_on = fields.Date(
        readonly=True, copy=False, help="Day on which all of it was received."
    )
    down_payment_id = fields.Many2one(
        "account.move",
        string="Down Payment Invoice",
        readonly=True,
        copy=False,
        groups="account.group_account_invoice,sales_team.group_sale_salesman",
        help="Invoice of the advance; the final invoice deducts it.",
    )

    # Only what counts is listed: other payments of a transaction change nothing.
    @api.depends(
        "transaction_ids.state",
        "transaction_ids.amount",
        "payment_ids.state",
        "payment_ids.amount",
        "payment_ids.currency_id",
    )
    def _compute_amount_paid(self):
        for proforma in self:
            done = proforma.transaction_ids.filtered(lambda tx: tx.state == "done")
            received = proforma._get_received_payments()
            proforma.amount_paid = proforma.currency_id.round(
                sum(done.mapped("amount"))
                + sum(proforma._convert_payment(payment) for payment in received)
            )

    @api.depends("amount_total", "amount_paid")
    def _compute_amount_residual(self):
        for proforma in self:
            proforma.amount_residual = proforma._get_residual()

    def _get_residual(self):
        self.ensure_one()
        residual = self.amount_total - self.amount_paid
        return max(0.0, self.currency_id.round(residual))

    def _get_received_payments(self):
        """Return the advances that count; those of transactions count there."""
        return self.payment_ids.filtered(
            lambda p: p.state in ("in_process", "paid") and not p.payment_transaction_id
        )

    def _convert_payment(self, payment):
        """Return the payment in the proforma's currency, at its own fixed rate."""
        if payment.currency_id == self.currency_id:
            return payment.amount
        if payment.currency_id == self.order_currency_id:
            return self.currency_id.round(payment.amount * self.currency_rate)
        return payment.currency_id._convert(
            payment.amount, self.currency_id, self.company_id, payment.date
        )

    def _get_order_amount(self, amount):
        """Return ``amount`` of the proforma in the currency of the order.

        All of it is all of it: no cent is lost between the two currencies.
        """
        self.ensure_one()
        if self.currency_id == self.order_currency_id:
            return amount
        if not self.currency_id.compare_amounts(amount, self.amount_total):
            return self.order_amount_total
        return self.order_currency_id.round(amount / (self.currency_rate or 1.0))

    # === Online === #

    def _can_be_paid(self):
        """Return whether the customer's page offers to pay."""
        self.ensure_one()
        today = self._get_today()
        return (
            self.state == "issued"
            and self.order_id.state != "cancel"
            and not (self.valid_until and self.valid_until < today)
            and not self._get_pending_transactions()
            and self._get_residual() > 0
        )

    def _accepts_order(self):
        """Return whether paying what is open confirms the quotation, as Odoo counts."""
        self.ensure_one()
        order = self.order_id
        reached = order.amount_paid + self._get_order_amount(self._get_residual())
        needed = order._get_prepayment_required_amount()
        enough = order.currency_id.compare_amounts(reached, needed) >= 0
        return order.state in ("draft", "sent") and enough

    def _get_pending_transactions(self):
        # sudo: the customer does not read transactions.
        return self.sudo().transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized")
        )

    def _check_can_be_paid(self):
        if not self._can_be_paid():
            raise ProformaError(
                self.env._(
                    "%s cannot be paid: it is paid, expired or withdrawn, or a payment "
                    "is on its way. Ask your contact for a new one.",
                    self.name,
                )
            )

    # === Received === #

    def _process_received(self):
        """Tell what was received; invoice the advance where the company wants that."""
        paid = self.filtered(lambda p: p.state == "paid" and not p.paid_on)
        for proforma in paid:
            with writing_proforma():
                proforma.paid_on = proforma._get_today()
            proforma.message_post(body=self.env._("Paid in full."))
            proforma._log_event("proforma.paid", amount=proforma.amount_paid)
            proforma._invoice_automatically()

    def _invoice_automatically(self):
        self.ensure_one()
        wanted = self.company_id.proforma_down_payment
        if wanted and self._can_invoice_advance():
            # sudo: the customer paid, nobody else is there to invoice.
            invoice = self.sudo()._create_down_payment()
            self._settle_down_payment(invoice)

    # === The order's down payment === #

    def _can_invoice_advance(self):
        self.ensure_one()
        proforma = self.sudo()
        invoiced = proforma.down_payment_id or proforma.transaction_ids.invoice_ids
        return bool(
            proforma.order_id.state == "sale" and proforma.amount_paid and not invoiced
        )

    def action_create_down_payment(self):
        """Invoice what was paid, with Odoo's own down payment.

        :return: window action of the invoice
        :raise ProformaError: if nothing is paid, it is invoiced already, or the order
            is not confirmed
        """
        self.ensure_one()
        self.check_access("write")
        if not self._can_invoice_advance():
            raise ProformaError(
                self.env._(
                    "%s: an advance is invoiced once, when it is paid and the order "
                    "confirmed. Confirm the order or look at its invoices.",
                    self.display_name,
                )
            )
        invoice = self._create_down_payment()
        if self.env.user.has_group("account.group_account_invoice"):
            self._settle_down_payment(invoice)
        return self.order_id.action_view_invoice(invoices=invoice)

    def _create_down_payment(self):
        self.ensure_one()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(self.order_id.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": self._get_order_amount(self.amount_paid),
            }
        )
        invoice = wizard._create_invoices(self.order_id)
        with writing_proforma():
            self.down_payment_id = invoice
        self._log_event("proforma.invoiced", amount=invoice.amount_total)
        return invoice

    def _settle_down_payment(self, invoice):
        """Post the invoice and match it with the payments that are booked."""
        # sudo: the payments may stand in a journal of another team.
        proforma, invoice = self.sudo(), invoice.sudo()
        payments = proforma.payment_ids | proforma.transaction_ids.payment_id
        if not self._get_open_receivables(payments.move_id):
            return
        # Posting matches the order's transactions by itself.
        invoice.action_post()
        owed = self._get_open_receivables(invoice)
        paid = self._get_open_receivables(payments.move_id)
        paid = paid.filtered(lambda line: line.account_id in owed.account_id)
        if owed and paid:
            (paid | owed).reconcile()

    @staticmethod
    def _get_open_receivables(moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
