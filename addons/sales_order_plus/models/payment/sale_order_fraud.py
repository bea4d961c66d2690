import hashlib
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, format_amount

from ..seam.sales_guard_mixin import Finding


class SaleOrder(models.Model):
    """How likely an order is fraud, and why; held when it is likely enough."""

    _inherit = "sale.order"

    fraud_score = fields.Integer(
        compute="_compute_fraud",
        compute_sudo=True,
        groups="base.group_user",
        help="0: nothing is known against the order; 100: certainly fraud.",
    )
    fraud_level = fields.Selection(
        selection=[
            ("none", "No signal"),
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
        ],
        string="Risk",
        compute="_compute_fraud",
        compute_sudo=True,
        groups="base.group_user",
        help="High: the order is held until it was looked at.",
    )
    fraud_reasons = fields.Text(
        string="Risk Reasons",
        compute="_compute_fraud",
        compute_sudo=True,
        groups="base.group_user",
        help="The signals, with the points each adds.",
    )

    @api.depends(
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "amount_total",
        "state",
    )
    def _compute_fraud(self):
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        signals = quotations._get_fraud_signals()
        for order in self:
            own = signals.get(order.id, [])
            order.fraud_score = min(100, sum(points for points, _text in own))
            order.fraud_reasons = (
                "\n".join(f"+{points} {text}" for points, text in own) or False
            )
            order.fraud_level = order._get_fraud_level(order.fraud_score)

    def _get_fraud_level(self, score):
        self.ensure_one()
        threshold = self.company_id.sudo().fraud_hold_score
        if not score:
            return "none"
        if threshold and score >= threshold:
            return "high"
        return "medium" if score >= (threshold or 100) / 2 else "low"

    # === Signals === #

    def _get_fraud_signals(self):
        """Return {order id: [(points, reason)]}."""
        signals = defaultdict(list)
        # sudo: rules and the orders of colleagues are not the user's to read.
        for company, orders in self.sudo().grouped("company_id").items():
            if not company.fraud_hold_score:
                continue
            for rule in self._get_fraud_rules(company):
                check = getattr(orders, f"_get_fraud_{rule.signal}")
                for order, reason in check(rule).items():
                    signals[order.id].append((rule.weight, f"{rule.name}: {reason}"))
            for order, found in orders._get_fraud_external_signals().items():
                signals[order.id].extend(found)
        return signals

    @api.model
    def _get_fraud_rules(self, company):
        return (
            self.env["sales.fraud.rule"]
            # sudo: only managers may read the rules.
            .sudo()
            .search([("company_id", "in", (company.id, False)), ("weight", ">", 0)])
        )

    def _get_fraud_external_signals(self):
        """Return {order: [(points, reason)]} of an outside service; for adapters."""
        return {}

    def _get_company_amount(self):
        self.ensure_one()
        return self.amount_total / (self.currency_rate or 1.0)

    def _filter_fraud_amount(self, rule):
        return self.filtered(
            lambda order: order._get_company_amount() >= rule.minimum_amount
        )

    def _get_fraud_high_amount(self, rule):
        return {
            order: format_amount(self.env, order.amount_total, order.currency_id)
            for order in self._filter_fraud_amount(rule)
        }

    def _get_fraud_first_order(self, rule):
        orders = self._filter_fraud_amount(rule)
        partners = orders.partner_id.commercial_partner_id
        known = self.env["sale.order"].search(
            [
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("state", "=", "sale"),
                # In the gate the order itself is confirmed already.
                ("id", "not in", self.ids),
            ]
        )
        known = known.partner_id.commercial_partner_id
        return {
            order: self.env._("no confirmed order of this customer yet")
            for order in orders
            if order.partner_id.commercial_partner_id not in known
        }

    def _get_fraud_country_mismatch(self, rule):
        found = {}
        for order in self._filter_fraud_amount(rule):
            billed = order.partner_invoice_id.country_id
            shipped = order.partner_shipping_id.country_id
            if billed and shipped and billed != shipped:
                found[order] = self.env._(
                    "billed to %(billed)s, shipped to %(shipped)s",
                    billed=billed.name,
                    shipped=shipped.name,
                )
        return found

    def _get_fraud_velocity(self, rule):
        since = fields.Datetime.now() - timedelta(hours=rule.hours)
        orders = self._filter_fraud_amount(rule)
        partners = orders.partner_id.commercial_partner_id
        recent = self.env["sale.order"].search(
            [
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("create_date", ">=", since),
                ("state", "!=", "cancel"),
            ]
        )
        counts = defaultdict(int)
        for order in recent:
            counts[order.partner_id.commercial_partner_id] += 1
        return {
            order: self.env._(
                "%(count)s orders within %(hours)s hours",
                count=counts[order.partner_id.commercial_partner_id],
                hours=rule.hours,
            )
            for order in orders
            if counts[order.partner_id.commercial_partner_id] >= rule.count
        }

    def _get_fraud_free_email(self, rule):
        free, found = rule._get_domains(), {}
        for order in self._filter_fraud_amount(rule):
            email = email_normalize(order.partner_id.email or "") or ""
            if email.rpartition("@")[2] in free:
                found[order] = email
        return found

    def _get_fraud_failed_payments(self, rule):
        since = fields.Datetime.now() - timedelta(hours=rule.hours)
        orders, found = self._filter_fraud_amount(rule), {}
        for order in orders:
            failed = order.transaction_ids.filtered(
                lambda tx: tx.state == "error" and tx.last_state_change >= since
            )
            if len(failed) >= rule.count:
                found[order] = self.env._(
                    "%(count)s payments failed within %(hours)s hours",
                    count=len(failed),
                    hours=rule.hours,
                )
        return found

    def _get_fraud_blocked(self, rule):
        """Compare all contacts of the order with the blocklist at once."""
        keys = {
            order: order._get_blocklist_keys()
            for order in self._filter_fraud_amount(rule)
        }
        wanted = {key for own in keys.values() for key in own}
        domain = Domain("company_id", "in", (*self.company_id.ids, False)) & Domain.OR(
            Domain("kind", "=", kind) & Domain("normalized", "=", value)
            for kind, value in wanted
        )
        entries = self.env["sales.fraud.blocklist"].search(domain) if wanted else ()
        blocked = {(entry.kind, entry.normalized): entry.value for entry in entries}
        return {
            order: ", ".join(sorted(blocked[key] for key in own & blocked.keys()))
            for order, own in keys.items()
            if own & blocked.keys()
        }

    def _get_blocklist_keys(self):
        """Return {(kind, normalized value)} of the people of this order."""
        self.ensure_one()
        normalize = self.env["sales.fraud.blocklist"]._normalize
        keys = set()
        partners = self.partner_id | self.partner_invoice_id | self.partner_shipping_id
        for partner in partners | partners.commercial_partner_id:
            values = {
                "email": partner.email,
                "domain": partner.email,
                "phone": partner.phone,
                "vat": partner.vat,
            }
            keys |= {(kind, normalize(kind, value)) for kind, value in values.items()}
        return {(kind, value) for kind, value in keys if value}

    # === The gate === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation == "confirm":
            for order_id, finding in self._get_fraud_findings().items():
                findings[order_id] = [*findings.get(order_id, ()), finding]
        return findings

    @api.model
    def _is_gate_shared(self):
        # sudo: settings of the company are for managers to read.
        counted = self.env.company.sudo().fraud_hold_score > 0
        return counted or super()._is_gate_shared()

    def _get_fraud_findings(self):
        """Return {order id: Finding} of the likely frauds nobody has looked at."""
        configured = self.filtered(lambda o: o.company_id.sudo().fraud_hold_score > 0)
        if not configured:
            return {}
        signals = configured._get_fraud_signals()
        found = {}
        for order in configured:
            own = signals.get(order.id, [])
            score = min(100, sum(points for points, _text in own))
            threshold = order.company_id.sudo().fraud_hold_score
            if score >= threshold and not order._is_fraud_released():
                found[order.id] = order._prepare_fraud_finding(score, own)
        return found

    def _prepare_fraud_finding(self, score, signals):
        self.ensure_one()
        return Finding(
            "fraud.score",
            self.env._(
                "Risk: score %(score)s of 100 (%(reasons)s). "
                "Ask a credit controller to look at it and release it.",
                score=score,
                reasons="; ".join(text for _points, text in signals),
            ),
            "hold",
        )

    def _is_fraud_released(self):
        self.ensure_one()
        return bool(
            self.env["sales.order.release"]
            .sudo()
            .search_count(
                [
                    ("order_id", "=", self.id),
                    ("kind", "=", "fraud"),
                    ("fingerprint", "=", self._get_fraud_fingerprint()),
                ],
                limit=1,
            )
        )

    def _get_fraud_fingerprint(self):
        """Return a hash of what a reviewer looks at: who, where to, how much."""
        self.ensure_one()
        order = self.sudo()
        partners = order.partner_id + order.partner_invoice_id
        people = [
            (partner.id, partner.contact_address, partner.email, partner.phone)
            for partner in partners + order.partner_shipping_id
        ]
        content = repr((people, order.currency_id.name, f"{order.amount_total:.2f}"))
        return hashlib.sha256(content.encode()).hexdigest()
