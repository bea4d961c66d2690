from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...exceptions import BypassError

LONGEST_DAYS = 90


class SalesValidationBypass(models.Model):
    """Somebody lets one order pass one rule; added by code alone, never changed.

    It holds for the order as it was looked at, and until it expires.
    """

    _name = "sales.validation.bypass"
    _inherit = ["sales.append.only.mixin"]
    _description = "Bypass of a Rule"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The order that may pass.",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    rule_id = fields.Many2one(
        "sales.validation.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The rule it may pass.",
    )
    state = fields.Selection(
        selection=[
            ("asked", "Asked"),
            ("granted", "Granted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="asked",
        help="Asked: somebody who may decide is waited for.",
    )
    request_id = fields.Many2one(
        "sales.validation.bypass",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The request this is the decision on.",
    )
    finding = fields.Text(readonly=True, help="What stood against the order.")
    reason = fields.Text(required=True, readonly=True, help="Why it may pass.")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who asked or decided.",
    )
    fingerprint = fields.Char(
        required=True, readonly=True, help="Any change of the order voids the bypass."
    )
    expires = fields.Datetime(
        required=True, readonly=True, help="It does not hold after this time."
    )
    is_valid = fields.Boolean(
        compute="_compute_is_valid", help="Whether the order may pass by it now."
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", help="Whether you may decide on the request."
    )

    def _compute_is_valid(self):
        now = fields.Datetime.now()
        for bypass in self:
            bypass.is_valid = (
                bypass.state == "granted"
                and bypass.expires > now
                and bypass.fingerprint == bypass.order_id._get_validation_fingerprint()
            )

    def _compute_can_decide(self):
        # sudo: the groups of a rule are for managers to read.
        for bypass in self:
            bypass.can_decide = (
                bypass.state == "asked"
                and not bypass._is_decided()
                and bypass.sudo().rule_id._may_bypass(self.env.user)
            )

    def _is_decided(self):
        self.ensure_one()
        return bool(self.sudo().search_count([("request_id", "=", self.id)], limit=1))

    # === Never changed === #

    @api.model
    def _get_append_only_texts(self):
        return (
            self.env._("A bypass cannot be changed; add a new one."),
            self.env._("A bypass cannot be deleted."),
        )

    # === Passing === #

    @api.model
    def _drop_bypassed(self, orders, found):
        """Return ``found`` without what valid bypasses cover."""
        wanted = {
            order_id
            for order_id, own in found.items()
            if isinstance(order_id, int) and any(one.bypassable for one in own)
        }
        if not wanted:
            return found
        rows = self.sudo().search(
            [
                ("order_id", "in", list(wanted)),
                ("state", "=", "granted"),
                ("expires", ">", fields.Datetime.now()),
            ]
        )
        prints = {
            order.id: order._get_validation_fingerprint() for order in rows.order_id
        }
        passing = {
            (row.order_id.id, row.rule_id.id)
            for row in rows
            if row.fingerprint == prints[row.order_id.id]
        }
        kept = {
            order_id: [
                one
                for one in own
                if not (one.bypassable and (order_id, one.rule_id) in passing)
            ]
            for order_id, own in found.items()
        }
        return {order_id: own for order_id, own in kept.items() if own}

    # === Asking and deciding === #

    @api.model
    def _ask(self, order, rule, reason, days=7):
        """Let ``order`` pass ``rule`` if the user may decide, else ask who may.

        :raise BypassError: names what is missing
        """
        order.check_access("write")
        findings = [f for f in order._get_current_findings() if f.rule_id == rule.id]
        self._check_askable(rule, findings, reason, days)
        stopping = any(finding.stops for finding in findings)
        may = rule._may_bypass(self.env.user) or not stopping
        vals = {
            "order_id": order.id,
            "rule_id": rule.id,
            "state": "granted" if may else "asked",
            "finding": "\n".join(finding.message for finding in findings),
            "reason": reason.strip(),
            "user_id": self.env.uid,
            "fingerprint": order._get_validation_fingerprint(),
            "expires": fields.Datetime.now() + timedelta(days=days),
        }
        # sudo: nobody has create rights; the right was looked at above.
        bypass = self.sudo().create(vals).with_env(self.env)
        bypass._tell_everybody()
        return bypass

    @api.model
    def _check_askable(self, rule, findings, reason, days):
        if not findings:
            raise BypassError(
                self.env._("“%s” says nothing against this order now.", rule.name)
            )
        if not rule.is_bypassable:
            raise BypassError(
                self.env._(
                    "“%(rule)s” cannot be bypassed%(law)s. Change the order instead.",
                    rule=rule.name,
                    law=f" ({rule.legal_reference})" if rule.legal_reference else "",
                )
            )
        if not (reason or "").strip():
            raise BypassError(
                self.env._("Reason: say why the order may pass."), field="reason"
            )
        if not 0 < days <= LONGEST_DAYS:
            raise BypassError(
                self.env._("Days: give 1 to %s days.", LONGEST_DAYS), field="days"
            )

    def _tell_everybody(self):
        """Log it, and make somebody look at a request or the asker go on."""
        self.ensure_one()
        code = {
            "asked": "rule.bypass_asked",
            "granted": "rule.bypassed",
            "refused": "rule.bypass_refused",
        }
        order, rule = self.order_id, self.sudo().rule_id
        order._log_event(code[self.state], rule=rule.code, reason=self.reason)
        order.invalidate_recordset(["guard_state", "guard_message", "rule_findings"])
        if self.state == "asked":
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Decide on a bypass of “%s”", rule.name),
                note=self.reason,
                user_id=rule._get_decider().id,
            )
        elif not order._get_guard_stops("confirm"):
            order._guard_release("confirm")

    def action_grant(self):
        """Let the order pass as it was asked for.

        :raise BypassError: if it was decided or the order has changed
        """
        return self._decide("granted")

    def action_refuse(self):
        """Refuse what was asked for.

        :raise BypassError: if it was decided already
        """
        return self._decide("refused")

    def _decide(self, state):
        for request in self:
            request._check_may_decide(state)
            # sudo: nobody has create rights; the right was looked at above.
            decision = request.sudo().create(
                {
                    **request.sudo()._prepare_decision_vals(),
                    "state": state,
                    "request_id": request.id,
                    "user_id": self.env.uid,
                }
            )
            decision.with_env(self.env)._tell_everybody()
        return True

    def _prepare_decision_vals(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "rule_id": self.rule_id.id,
            "finding": self.finding,
            "reason": self.reason,
            "fingerprint": self.fingerprint,
            "expires": self.expires,
        }

    def _check_may_decide(self, state):
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().rule_id._may_bypass(self.env.user):
            raise AccessError(
                self.env._(
                    "You may not decide on bypasses of “%s”. Ask a sales manager.",
                    self.sudo().rule_id.name,
                )
            )
        if self.state != "asked" or self._is_decided():
            raise BypassError(self.env._("This request is decided already."))
        changed = self.fingerprint != self.order_id._get_validation_fingerprint()
        if state == "granted" and changed:
            raise BypassError(
                self.env._(
                    "%s has changed since it was asked for. Ask again.",
                    self.order_id.name,
                )
            )


class SalesValidationRule(models.Model):
    """Who may let orders pass a rule."""

    _inherit = "sales.validation.rule"

    def _may_bypass(self, user):
        self.ensure_one()
        rule = self.sudo()
        if not rule.is_bypassable or user.share:
            return False
        if not rule.bypass_group_ids:
            return user.has_group("sales_team.group_sale_manager")
        return bool(rule.bypass_group_ids & user.all_group_ids)

    def _get_decider(self):
        """Return whom a request is shown: the owner if he may, else one who may."""
        self.ensure_one()
        rule = self.sudo()
        if rule._may_bypass(rule.user_id):
            return rule.user_id
        users = rule.bypass_group_ids.all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        return users[:1] or rule.user_id
