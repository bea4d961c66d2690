from odoo import fields, models

from ..seam.sales_guard_mixin import Finding


class SalesProforma(models.Model):
    """The customer's credit, looked at when a proforma is issued."""

    _inherit = "sales.proforma"

    credit_result = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the check of the customer's credit found at the issue.",
    )

    def _get_credit_findings(self):
        """Return {id: [Finding]} of proformas whose customer is over his limit."""
        findings = {}
        for proforma in self.filtered(lambda p: p._is_credit_checked()):
            exposure, limit = proforma._get_exposure(), proforma._get_credit_limit()
            if proforma.company_id.currency_id.compare_amounts(exposure, limit) > 0:
                message = proforma._get_credit_message(exposure, limit)
                findings[proforma.id] = [Finding("proforma.credit", message, "hold")]
        return findings

    def _is_credit_checked(self):
        company = self.company_id
        return (
            company.account_use_credit_limit
            and company.proforma_credit_check
            and self._get_credit_limit() > 0
        )

    def _get_credit_partner(self):
        # sudo: limits and balances are fields of accountants; the sum is told.
        partner = self.partner_id.commercial_partner_id.sudo()
        return partner.with_company(self.company_id)

    def _get_credit_limit(self):
        return self._get_credit_partner().credit_limit

    def _get_exposure(self):
        """Return what the customer owes and would owe, in company currency.

        Balance, orders not invoiced yet and this one, less advances that are
        received but not booked: a booked one has lowered the balance already.
        """
        self.ensure_one()
        partner = self._get_credit_partner()
        exposure = partner.credit + partner.credit_to_invoice
        if self.order_id.state in ("draft", "sent"):
            exposure += self._get_company_amount(self.order_id.amount_total)
        return exposure - self._get_unbooked_advances(partner)

    def _get_company_amount(self, amount):
        order = self.order_id
        return order.currency_id._convert(
            amount, self.company_id.currency_id, self.company_id, self._get_today()
        )

    def _get_unbooked_advances(self, partner):
        payments = (
            self.env["account.payment"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "=", partner.id),
                    ("proforma_id", "!=", False),
                    ("company_id", "=", self.company_id.id),
                    ("state", "in", ("in_process", "paid")),
                    ("move_id", "=", False),
                ]
            )
        )
        return sum(
            payment.currency_id._convert(
                payment.amount,
                self.company_id.currency_id,
                self.company_id,
                payment.date,
            )
            for payment in payments
        )

    def _get_credit_message(self, exposure, limit):
        currency = self.company_id.currency_id
        return self.env._(
            "Credit limit: %(customer)s would owe %(exposure)s, the limit is %(limit)s. "
            "Ask for payment, or have the limit raised by accounting.",
            customer=self._get_credit_partner().name,
            exposure=currency.format(exposure),
            limit=currency.format(limit),
        )

    def _get_credit_result(self):
        self.ensure_one()
        if not self._is_credit_checked():
            return self.env._("No credit limit in use")
        currency = self.company_id.currency_id
        return self.env._(
            "Exposure %(exposure)s of %(limit)s on %(day)s",
            exposure=currency.format(self._get_exposure()),
            limit=currency.format(self._get_credit_limit()),
            day=fields.Date.to_string(self._get_today()),
        )
