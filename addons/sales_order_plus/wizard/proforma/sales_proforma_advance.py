from odoo import api, fields, models

from ...exceptions import ProformaError


class SalesProformaAdvance(models.TransientModel):
    """Book an advance that came by bank or in cash."""

    _name = "sales.proforma.advance"
    _description = "Register Advance"

    proforma_id = fields.Many2one(
        "sales.proforma",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The proforma that was paid.",
    )
    company_id = fields.Many2one(
        related="proforma_id.company_id", help="Company that received it."
    )
    currency_id = fields.Many2one(
        related="proforma_id.currency_id", help="Currency of the proforma."
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        required=True,
        help="What was received.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Day on which it was received.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        help="Where it was received.",
    )
    memo = fields.Char(
        compute="_compute_memo", store=True, readonly=False, help="Text of the payment."
    )

    @api.depends("proforma_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.proforma_id.amount_residual

    @api.depends("proforma_id")
    def _compute_memo(self):
        for wizard in self:
            wizard.memo = wizard.proforma_id.name

    @api.depends("company_id")
    def _compute_journal_id(self):
        for wizard in self:
            wizard.journal_id = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", wizard.company_id.id)],
                limit=1,
            )

    def action_register(self):
        """Book the payment; the proforma and its order count it at once.

        :return: True
        :raise ProformaError: if the proforma is not issued, or the amount too large
        """
        self.ensure_one()
        self._check_amount()
        payment = self.env["account.payment"].create(self._prepare_payment_vals())
        payment.action_post()
        return True

    def _check_amount(self):
        proforma = self.proforma_id
        residual = proforma.amount_residual
        if proforma.state != "issued":
            raise ProformaError(
                self.env._(
                    "%s is not issued or is paid already: there is nothing to register.",
                    proforma.display_name,
                )
            )
        compare = proforma.currency_id.compare_amounts
        if compare(self.amount, 0) <= 0 or compare(self.amount, residual) > 0:
            raise ProformaError(
                self.env._(
                    "Amount: give more than 0 and at most the open %s. "
                    "Book what is above it as a payment without a proforma.",
                    proforma.currency_id.format(residual),
                )
            )

    def _prepare_payment_vals(self):
        proforma = self.proforma_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": proforma.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self.date,
            "journal_id": self.journal_id.id,
            "memo": self.memo,
            "proforma_id": proforma.id,
        }
