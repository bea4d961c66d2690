import hashlib
from contextvars import ContextVar
from dataclasses import asdict

from odoo import api, fields, models

from ...exceptions import GuardError
from ..seam.granted import granted
from .finding import RuleFinding, displaying, recording, saving, show

_HOLDING = ContextVar("sales_validation_holding", default=False)


class SaleOrder(models.Model):
    """The rules at every step of an order."""

    _inherit = "sale.order"

    rule_findings = fields.Json(
        string="Findings",
        compute="_compute_rule_findings",
        groups="base.group_user",
        help="What rules and checks say about the next step, with what mends it.",
    )

    # === While editing === #

    @api.depends(
        "partner_id",
        "partner_shipping_id",
        "carrier_id",
        "client_order_ref",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
    )
    def _compute_rule_findings(self):
        rules = self.env["sales.validation.rule"]
        configured = rules._get_rules("confirm") or rules._get_rules("edit")
        open_orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        (self - open_orders).rule_findings = False
        if not configured:
            open_orders.rule_findings = False
            return
        # One look for the banner and the list, whichever is asked for first.
        known = self._fields["guard_state"]._get_cache(self.env)
        fresh = open_orders.filtered(lambda order: order.id and order.id not in known)
        fresh.mapped("guard_state")
        listed = self._fields["rule_findings"]._get_cache(self.env)
        others = open_orders.filtered(lambda order: order.id not in listed)
        with displaying():
            found = others._get_guard_findings("confirm")
        for order, findings in others._list_findings(found).items():
            order.rule_findings = findings

    def _list_findings(self, found):
        """Return {order: value of ``rule_findings``}."""
        with displaying():
            rules = self.env["sales.validation.rule"]
            edited = rules._get_findings(self, "edit")
        listed = {}
        for order in self:
            both = (*found.get(order.id, ()), *edited.get(order.id, ()))
            own = {(one.code, one.message): one for one in both}
            listed[order] = [asdict(one) for one in own.values()] or False
        return listed

    def _compute_guard(self):
        with displaying() as shown:
            super()._compute_guard()
        rules = self.env["sales.validation.rule"]
        if shown and (rules._get_rules("confirm") or rules._get_rules("edit")):
            found = {order_id: own for one in shown for order_id, own in one.items()}
            orders = self.filtered(lambda order: order.state in ("draft", "sent"))
            for order, findings in orders._list_findings(found).items():
                self._fields["rule_findings"]._update_cache(order, findings)

    # === Findings === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = self._add_rule_findings(
            super()._get_guard_findings(operation, baseline), operation, baseline
        )
        show(findings)
        return findings

    @api.model
    def _is_gate_shared(self):
        rules = self.env["sales.validation.rule"]._get_rules("confirm")
        return any(rule.shared for rule in rules) or super()._is_gate_shared()

    def _add_rule_findings(self, findings, operation, baseline):
        found = self.env["sales.validation.rule"]._get_findings(self, operation)
        if not found:
            return findings
        findings = dict(findings)
        for order_id, own in found.items():
            if operation == "amend":
                before = (baseline or {}).get(order_id, {}).get("rules", ())
                own = [one for one in own if (one.code, one.line_id) not in before]
            if own:
                findings[order_id] = [*findings.get(order_id, ()), *own]
        return findings

    def _get_guard_baseline(self, operation):
        baseline = super()._get_guard_baseline(operation)
        if operation != "amend":
            return baseline
        with displaying():
            found = self.env["sales.validation.rule"]._get_findings(self, operation)
        if not found:
            return baseline
        return {
            **baseline,
            **{
                order_id: {
                    **baseline.get(order_id, {}),
                    "rules": {(one.code, one.line_id) for one in own},
                }
                for order_id, own in found.items()
            },
        }

    # === Gates === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "sent": "send"}

    def _guard_ensure(self, operation, baseline=None):
        """Let the rules speak first: a service is asked before anything is locked."""
        if not self or (operation == "send" and _HOLDING.get()):
            return None
        logs = self.env["sales.validation.log"]
        with recording() as runs:
            if operation == "confirm":
                self.env["sales.validation.rule"]._ask_services(self, operation)
                runs.clear()
            try:
                result = super()._guard_ensure(operation, baseline)
            except GuardError:
                logs._log_refused(self, operation, runs)
                raise
        # Asked twice on the way to an order: counted when it is one.
        if runs and (operation != "confirm" or self[:1].state == "sale"):
            logs._log_passed(self, operation, runs)
        return result

    def _guard_hold(self, operation, origin):
        """The customer's order is kept: the step to “sent” is not a sending of ours."""
        with recording() as runs:
            stops = self._get_guard_stops(operation)
        if stops:
            self.env["sales.validation.log"]._log_held(self, operation, runs)
        with granted(_HOLDING, True):
            return super()._guard_hold(operation, origin)

    @api.model_create_multi
    def create(self, vals_list):
        with saving() as outermost:
            orders = super().create(vals_list)
        if outermost:
            orders._ensure_saved()
        return orders

    def write(self, vals):
        with saving() as outermost:
            result = super().write(vals)
        if outermost:
            self._ensure_saved()
        return result

    def _ensure_saved(self):
        """Refuse what may not even be written down."""
        if self.env["sales.validation.rule"]._get_rules("save"):
            quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
            quotations._guard_ensure("save")

    def action_quotation_send(self):
        """Open the mail to the customer, unless something says that it may not go.

        :raise GuardError: with what stands against sending
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        quotations._guard_ensure("send")
        return super().action_quotation_send()

    # === What the order is like === #

    def _get_validation_fingerprint(self):
        """Return a hash of what rules look at; a bypass dies when it changes."""
        self.ensure_one()
        order = self.sudo()
        lines = [
            (
                line.id,
                line.product_id.id,
                f"{line.product_uom_qty:g}",
                line.product_uom_id.id,
                f"{line.price_unit:.6f}",
                f"{line.discount:.4f}",
                line.tax_ids.ids,
            )
            for line in order.order_line
            if not line.display_type
        ]
        head = (
            order.partner_id.id,
            order.partner_invoice_id.id,
            order.partner_shipping_id.id,
            order.company_id.id,
            order.currency_id.id,
            order.order_type_id.id,
            order.carrier_id.id,
            order.payment_term_id.id,
            str(order.commitment_date or ""),
            order.client_order_ref or "",
            f"{order.amount_total:.6f}",
        )
        return hashlib.sha256(repr((head, lines)).encode()).hexdigest()

    def _prepare_validation_payload(self):
        """Return the order as an outside service gets it."""
        self.ensure_one()
        ship = self.partner_shipping_id
        return {
            "order_id": self.id,
            "name": self.name,
            "customer": self.partner_id.commercial_partner_id.display_name,
            "customer_ref": self.partner_id.ref or None,
            "company": self.company_id.name,
            "currency": self.currency_id.name,
            "amount_total": self.amount_total,
            "country": ship.country_id.code or None,
            "lines": [
                {
                    "line_id": line.id,
                    "product": line.product_id.default_code or line.product_id.name,
                    "quantity": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                }
                for line in self.order_line
                if not line.display_type
            ],
        }

    def _get_current_findings(self):
        """Return the findings of rules against the next step of this order."""
        self.ensure_one()
        rules = self.env["sales.validation.rule"]
        with displaying():
            found = [
                one
                for operation in ("confirm", "edit", "send", "proforma", "delivery")
                for one in rules._get_findings(self, operation).get(self.id, ())
            ]
        unique = {(one.rule_id, one.line_id, one.message): one for one in found}
        return [one for one in unique.values() if isinstance(one, RuleFinding)]


class SaleOrderLine(models.Model):
    """Lines are saved with their order: one look at the end."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        with saving() as outermost:
            lines = super().create(vals_list)
        if outermost:
            lines.order_id._ensure_saved()
        return lines

    def write(self, vals):
        with saving() as outermost:
            result = super().write(vals)
        if outermost:
            self.order_id._ensure_saved()
        return result

    def unlink(self):
        orders = self.order_id
        with saving() as outermost:
            result = super().unlink()
        if outermost:
            orders.exists()._ensure_saved()
        return result


class StockPicking(models.Model):
    """Goods leave only when no rule of their order stands against it."""

    _inherit = "stock.picking"

    def _action_done(self):
        if self.env["sales.validation.rule"]._get_rules("delivery"):
            outgoing = self.filtered(lambda one: one.picking_type_code == "outgoing")
            # sudo: who ships need not read orders; nothing of them is shown.
            outgoing.sale_id.sudo()._guard_ensure("delivery")
        return super()._action_done()
