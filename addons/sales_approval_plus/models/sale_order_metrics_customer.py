from collections import defaultdict
from datetime import timedelta

from odoo import fields, models


class SaleOrder(models.Model):
    """What is known of the customer: new, overdue, over his limit, how he pays."""

    _inherit = "sale.order"

    def _get_customers(self):
        return self.partner_id.commercial_partner_id

    def _measure_new_customer(self):
        """Return {order id: whether no other order of the customer was confirmed}."""
        # In the gate these orders are confirmed already.
        groups = self._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self._get_customers().ids),
                ("state", "=", "sale"),
                ("id", "not in", self.ids),
            ],
            ["partner_id"],
        )
        known = {partner.commercial_partner_id for (partner,) in groups}
        return {
            order.id: order.partner_id.commercial_partner_id not in known
            for order in self
        }

    def _measure_amount_day(self):
        """Return {order id: untaxed amount of the customer's orders within 24 hours}.

        Confirmed orders and quotations that wait for approval count, so that a large
        order is not cut into small ones.
        """
        since = fields.Datetime.now() - timedelta(hours=24)
        others = self.search(
            [
                ("partner_id.commercial_partner_id", "in", self._get_customers().ids),
                ("date_order", ">=", since),
                ("company_id", "in", self.company_id.ids),
                ("id", "not in", self.ids),
                "|",
                ("state", "=", "sale"),
                ("approval_request_ids.state", "=", "pending"),
            ]
        )
        sums = defaultdict(float)
        amounts = (self | others)._measure_amount()
        for order in self | others:
            sums[order._get_amount_day_key()] += amounts[order.id]
        return {order.id: sums[order._get_amount_day_key()] for order in self}

    def _get_amount_day_key(self):
        return self.partner_id.commercial_partner_id, self.company_id

    # === Debts === #

    def _measure_overdue_amount(self):
        return {
            order_id: amount for order_id, (amount, _d) in self._get_overdue().items()
        }

    def _measure_overdue_days(self):
        return {order_id: days for order_id, (_a, days) in self._get_overdue().items()}

    def _get_overdue(self):
        """Return {order id: (overdue amount in company currency, days)}."""
        result = {}
        for company, orders in self.grouped("company_id").items():
            zone = company.partner_id.tz or "UTC"
            today = fields.Date.context_today(self.with_context(tz=zone))
            overdue = orders._get_overdue_items(company, today)
            for order in orders:
                amount, first = overdue.get(order._get_debtor(), (0.0, today))
                result[order.id] = (amount, (today - first).days)
        return result

    def _get_overdue_items(self, company, today):
        """Return {debtor: (open amount, day of the oldest item)}."""
        debtors = self.partner_id | self.partner_invoice_id
        groups = self.env["account.move.line"]._read_group(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("company_id", "child_of", company.root_id.id),
                (
                    "partner_id.commercial_partner_id",
                    "in",
                    debtors.commercial_partner_id.ids,
                ),
                ("date_maturity", "<", today),
                ("amount_residual", ">", 0),
            ],
            ["partner_id"],
            ["amount_residual:sum", "date_maturity:min"],
        )
        found = {}
        for partner, amount, first in groups:
            debtor = partner.commercial_partner_id
            total, oldest = found.get(debtor, (0.0, first))
            found[debtor] = (total + amount, min(oldest, first))
        return found

    def _measure_credit_excess(self):
        """Return {order id: by how much the debtor is over his limit with this order}.

        Open items, confirmed orders not invoiced yet and this order count, in company
        currency; 0 without a limit.
        """
        result = {}
        for company, orders in self.grouped("company_id").items():
            orders = orders.with_company(company)
            for order_id, standing in orders._get_company_standings(company).items():
                excess = standing.exposure - standing.limit if standing.limit > 0 else 0
                result[order_id] = max(excess, 0.0)
        return result

    # === Payment === #

    def _measure_payment_days(self):
        self._read_payment_lines()
        return {
            order.id: order._get_payment_days(order.payment_term_id) for order in self
        }

    def _measure_payment_extension(self):
        """Return {order id: days of payment beyond the customer's own terms}."""
        result = {}
        for order in self:
            partner = order.partner_id.with_company(order.company_id)
            own = partner.commercial_partner_id.property_payment_term_id
            given = order._get_payment_days(order.payment_term_id)
            result[order.id] = max(given - order._get_payment_days(own), 0)
        return result

    def _read_payment_lines(self):
        """Read what the payment terms consist of in one query instead of two."""
        terms = self.payment_term_id
        lines = self.env["account.payment.term.line"].search_fetch(
            [("payment_id", "in", terms.ids)],
            ["payment_id", "delay_type", "nb_days", "days_next_month"],
        )
        found = lines.grouped("payment_id")
        terms._fields["line_ids"]._insert_cache(
            terms, [found.get(term, lines.browse())._ids for term in terms]
        )

    def _get_payment_days(self, term):
        """Return in how many days after the order's day the last payment is due."""
        self.ensure_one()
        day = self._get_approval_rate_date()
        dues = [line._get_due_date(day) for line in term.line_ids]
        return max(((due - day).days for due in dues), default=0)

    def _measure_address_mismatch(self):
        result = {}
        for order in self:
            billed = order.partner_invoice_id.country_id
            shipped = order.partner_shipping_id.country_id
            result[order.id] = bool(billed and shipped and billed != shipped)
        return result
