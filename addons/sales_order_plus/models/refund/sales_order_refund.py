from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...exceptions import RefundError

STATES = [
    ("to_send", "To Send"),
    ("sent", "Sent"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("unknown", "To Check"),
]
# Money that is given back, or may be on its way.
PROMISED = ("to_send", "sent", "unknown")


class SalesOrderRefund(models.Model):
    """Money that goes back through the payment provider, the way it came.

    Rows are made by code alone, with the cancellation or return that owes it; they are
    sent after the commit. One payment is given back once for each of them: the database
    says so, and the reference the provider gets is the same however often it is tried.
    """

    _name = "sales.order.refund"
    _description = "Refund"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reference"
    _mail_post_access = "read"

    reference = fields.Char(
        required=True,
        readonly=True,
        help="Reference of the refund at the provider; it never changes.",
    )
    kind = fields.Selection(
        selection=[("refund", "Refund"), ("void", "Release")],
        required=True,
        readonly=True,
        default="refund",
        help="Money that was taken is given back; money that is only reserved is "
        "released.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The order it was paid for.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        string="Salesperson",
        store=True,
        help="Salesperson of the order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id",
        string="Customer",
        store=True,
        help="Who gets the money.",
    )
    cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The cancellation it is owed for.",
    )
    return_id = fields.Many2one(
        "sales.order.return",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The return it is owed for.",
    )
    credit_note_id = fields.Many2one(
        "account.move",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The credit note it pays; empty where nothing was invoiced.",
    )
    transaction_id = fields.Many2one(
        "payment.transaction",
        string="Payment",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The payment of the customer that is given back.",
    )
    child_id = fields.Many2one(
        "payment.transaction",
        string="Transaction",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The transaction by which the provider gives it back.",
    )
    provider_id = fields.Many2one(
        related="transaction_id.provider_id", store=True, help="Who gives it back."
    )
    currency_id = fields.Many2one(
        related="transaction_id.currency_id",
        store=True,
        help="Currency of the payment.",
    )
    amount = fields.Monetary(readonly=True, help="How much goes back.")
    credited_amount = fields.Monetary(
        string="Of It Credited",
        readonly=True,
        help="What of it pays the credit note; the rest was never invoiced.",
    )
    state = fields.Selection(
        selection=STATES,
        string="Status",
        required=True,
        readonly=True,
        default="to_send",
        index=True,
        help="To Check: the provider was asked and nobody knows what it did. It is not "
        "asked again before a person has looked.",
    )
    attempts = fields.Integer(
        readonly=True, help="How often the provider could not be reached."
    )
    round_no = fields.Integer(
        string="Round",
        readonly=True,
        default=1,
        help="How often a person had it sent, after the provider had refused.",
    )
    next_try = fields.Datetime(
        readonly=True, default=fields.Datetime.now, help="When it is sent (UTC)."
    )
    sent_on = fields.Datetime(readonly=True, help="When the provider was asked last.")
    answered_on = fields.Datetime(
        readonly=True, help="When the provider took the request."
    )
    done_on = fields.Datetime(readonly=True, help="When the money was given back.")
    last_error = fields.Text(readonly=True, help="Why it failed last.")

    _amounts = models.Constraint(
        "CHECK (amount > 0 AND credited_amount BETWEEN 0 AND amount)",
        "Amount: only what was paid can be given back.",
    )
    _one_source = models.Constraint(
        "CHECK ((cancellation_id IS NULL) <> (return_id IS NULL))",
        "A refund is owed for a cancellation or for a return.",
    )
    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Reference: this refund is there already."
    )
    _cancellation_once = models.UniqueIndex(
        "(cancellation_id, transaction_id) WHERE cancellation_id IS NOT NULL",
        "A payment is given back once for each cancellation.",
    )
    _return_once = models.UniqueIndex(
        "(return_id, transaction_id) WHERE return_id IS NOT NULL",
        "A payment is given back once for each return.",
    )
    _due_idx = models.Index("(next_try) WHERE state IN ('to_send', 'sent')")

    # === Buttons === #

    def action_retry(self):
        """Send failed refunds again, under a new reference.

        :return: True
        :raise RefundError: if one has not failed
        """
        for refund in self._for_accounting():
            refund._ensure_state("failed")
            refund.write(
                {
                    **refund._prepare_again_vals(),
                    "round_no": refund.round_no + 1,
                    "child_id": False,
                    "attempts": 0,
                }
            )
            refund.reference = refund._get_reference()
        self._trigger()
        return True

    def action_confirm_done(self):
        """Say of refunds nobody knew of that the provider has given the money back.

        :return: True
        :raise RefundError: if there is nothing to find out about one
        """
        for refund in self._for_accounting():
            refund._ensure_state("unknown")
            refund._end_child()
            refund._finish()
        return True

    def action_confirm_not_done(self):
        """Say of refunds nobody knew of that the provider has given nothing back.

        :return: True
        :raise RefundError: if there is nothing to find out about one
        """
        for refund in self._for_accounting():
            refund._ensure_state("unknown")
            message = self.env._("The provider has given nothing back.")
            refund.child_id._set_error(message)
            refund._fail(message)
        return True

    def _for_accounting(self):
        """Return the refunds as superuser, for those who keep the books.

        Nobody has the right to write them: what is written follows from what happened.
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("Refunds are looked after by those who keep the books.")
            )
        # sudo: see above.
        return self.sudo()

    def _ensure_state(self, state):
        self.ensure_one()
        if self.state != state:
            raise RefundError(
                self.env._(
                    "%(refund)s is %(state)s. There is nothing to decide about it.",
                    refund=self.reference,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                ),
                field="state",
                rule="state",
            )

    # === Names === #

    def _get_source(self):
        """Return the cancellation or the return it is owed for."""
        self.ensure_one()
        return self.cancellation_id or self.return_id

    @api.model
    def _make_reference(self, transaction, source, kind):
        """Return the reference of a refund; the same each time."""
        letter = "R" if kind == "refund" else "P"
        return f"{letter}-{transaction.reference}-{source.name}"

    def _get_reference(self):
        self.ensure_one()
        source = self._get_source()
        name = self._make_reference(self.transaction_id, source, self.kind)
        return name if self.round_no == 1 else f"{name}-{self.round_no}"
