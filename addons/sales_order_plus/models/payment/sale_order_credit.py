from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models


@dataclass(frozen=True)
class CreditStanding:
    """What a customer owes, in the currency of the company.

    :param hold: auto, on or off
    :param limit: his credit limit; 0: none
    :param owed: open items and confirmed orders not invoiced, without this order
    :param own: what this order adds
    :param overdue: open items overdue for longer than allowed
    """

    hold: str
    limit: float
    owed: float
    own: float
    overdue: float

    @property
    def exposure(self):
        """What he owes if this order goes on."""
        return self.owed + self.own


class SaleOrder(models.Model):
    """What the debtor of an order owes, summed over all his orders and salespeople."""

    _inherit = "sale.order"

    credit_state = fields.Selection(
        selection=[
            ("none", "Not checked"),
            ("ok", "Within limit"),
            ("over", "Over limit"),
            ("overdue", "Overdue"),
            ("hold", "On credit hold"),
        ],
        compute="_compute_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="Where the customer stands with this order.",
    )
    credit_exposure = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="Open items, confirmed orders not invoiced yet, and this order.",
    )
    credit_limit_amount = fields.Monetary(
        string="Credit Limit",
        currency_field="company_currency_id",
        compute="_compute_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="Credit limit of the company that pays; 0: none.",
    )
    credit_available = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="What is left of the limit after this order; negative: over it.",
    )
    credit_overdue = fields.Monetary(
        string="Overdue",
        currency_field="company_currency_id",
        compute="_compute_credit",
        compute_sudo=True,
        groups="base.group_user",
        help="Open items overdue for longer than the company allows.",
    )

    @api.depends("partner_invoice_id", "amount_total", "state", "company_id")
    def _compute_credit(self):
        standings = self._get_credit_standings()
        for order in self:
            standing = standings.get(order.id)
            order.credit_state = order._get_credit_state(standing)
            order.credit_exposure = standing.exposure if standing else 0
            order.credit_limit_amount = standing.limit if standing else 0
            order.credit_overdue = standing.overdue if standing else 0
            order.credit_available = (
                standing.limit - standing.exposure if standing and standing.limit else 0
            )

    def _get_credit_state(self, standing):
        self.ensure_one()
        if not standing:
            return "none"
        if standing.hold == "on":
            return "hold"
        if standing.overdue:
            return "overdue"
        return "over" if self._is_over_limit(standing) else "ok"

    def _is_over_limit(self, standing):
        self.ensure_one()
        currency = self.company_id.currency_id
        return (
            standing.limit > 0
            and standing.own > 0
            and currency.compare_amounts(standing.exposure, standing.limit) > 0
        )

    def _get_debtor(self):
        """Return the company that will owe the invoice."""
        self.ensure_one()
        return (self.partner_invoice_id or self.partner_id).commercial_partner_id

    # === Sums === #

    def _get_credit_standings(self):
        """Return {order id: CreditStanding}; orders that are not checked are missing."""
        standings = {}
        # sudo: the sum counts all items and orders, whoever looks at one of them.
        for company, orders in self.sudo().grouped("company_id").items():
            orders = orders.with_company(company)
            checked = orders.filtered(lambda order: order._is_credit_checked())
            if checked:
                standings.update(checked._get_company_standings(company))
        return standings

    def _is_credit_checked(self):
        """Return whether anything is configured that could stop this order."""
        self.ensure_one()
        checking = self.company_id.sudo().credit_check not in (False, "none")
        order = self.with_company(self.company_id).sudo()
        # What a company knows of a customer is a query of its own.
        if not checking and not order.partner_id._has_credit_holds():
            return False
        debtor = order._get_debtor()
        hold = debtor.credit_hold or "auto"
        return bool(debtor) and (hold == "on" or (checking and hold == "auto"))

    def _get_company_standings(self, company):
        debtors = self.partner_invoice_id.commercial_partner_id
        debtors |= self.partner_id.commercial_partner_id
        owed = self._get_receivables(company, debtors)
        overdue = self._get_receivables(company, debtors, overdue=True)
        open_orders = self._get_open_orders(company, debtors)
        for order in open_orders:
            owed[order._get_debtor().id] += order._get_credit_amount()
        return {
            order.id: order._get_credit_standing(owed, overdue, order in open_orders)
            for order in self
        }

    def _get_credit_standing(self, owed, overdue, counted):
        self.ensure_one()
        debtor, own = self._get_debtor(), self._get_credit_amount()
        return CreditStanding(
            hold=debtor.credit_hold or "auto",
            limit=debtor.credit_limit,
            owed=owed[debtor.id] - (own if counted else 0),
            own=own,
            overdue=overdue[debtor.id],
        )

    @api.model
    def _get_receivables(self, company, debtors, *, overdue=False):
        """Return {debtor id: open amount} from posted journal items."""
        amounts = defaultdict(float)
        if overdue and not company.credit_overdue_days:
            return amounts
        domain = [
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("company_id", "child_of", company.root_id.id),
            ("partner_id.commercial_partner_id", "in", debtors.ids),
        ]
        if overdue:
            latest = self._get_overdue_date(company)
            domain += [("date_maturity", "<", latest), ("amount_residual", ">", 0)]
        groups = self.env["account.move.line"]._read_group(
            domain, ["partner_id"], ["amount_residual:sum"]
        )
        for partner, amount in groups:
            amounts[partner.commercial_partner_id.id] += amount
        return amounts

    @api.model
    def _get_overdue_date(self, company):
        zone = company.partner_id.tz or self.env.user.tz or "UTC"
        today = fields.Date.context_today(self.with_context(tz=zone))
        return today - timedelta(days=company.credit_overdue_days)

    @api.model
    def _get_open_orders(self, company, debtors):
        """Return the confirmed orders with something that is not on a posted invoice."""
        return self.search(
            [
                ("state", "=", "sale"),
                ("company_id", "child_of", company.root_id.id),
                ("partner_invoice_id.commercial_partner_id", "in", debtors.ids),
                "|",
                ("invoice_status", "!=", "invoiced"),
                ("order_line.invoice_lines.parent_state", "=", "draft"),
            ]
        )

    def _get_credit_amount(self):
        """Return what this order adds to the debt, in company currency."""
        self.ensure_one()
        if self.state == "sale":
            amount = self.amount_total - sum(self.order_line.mapped("amount_invoiced"))
        else:
            amount = self.amount_total
        amount -= self._get_unbooked_advance()
        currency = self.company_id.currency_id
        return max(currency.round(amount / (self.currency_rate or 1.0)), 0.0)

    def _get_unbooked_advance(self):
        """Return what was paid or reserved and is not in the receivables yet."""
        amounts = self._get_payment_amounts()
        return amounts.authorized + amounts.unbooked
