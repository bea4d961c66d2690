from odoo import api, models

# Refused votes of which auditors are told: not a mistake, an attempt.
ATTEMPTS = ("own", "forged")


class SalesAuditEvent(models.Model):
    """Events of settings, rights and attempts around approvals."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "policy.created": self.env._("Approval policy created"),
            "policy.changed": self.env._("Approval policy changed"),
            "policy.removed": self.env._("Approval policy removed"),
            "policy.condition.created": self.env._("Condition of a policy added"),
            "policy.condition.changed": self.env._("Condition of a policy changed"),
            "policy.condition.removed": self.env._("Condition of a policy removed"),
            "matrix.created": self.env._("Authority matrix created"),
            "matrix.changed": self.env._("Authority matrix changed"),
            "matrix.removed": self.env._("Authority matrix removed"),
            "matrix.line.created": self.env._("Authority added"),
            "matrix.line.changed": self.env._("Authority changed"),
            "matrix.line.removed": self.env._("Authority removed"),
            "risk.created": self.env._("Risk factor created"),
            "risk.changed": self.env._("Risk factor changed"),
            "risk.removed": self.env._("Risk factor removed"),
            "step.created": self.env._("Approval step added"),
            "step.changed": self.env._("Approval step changed"),
            "step.removed": self.env._("Approval step removed"),
            "step.escalation.created": self.env._("Escalation level added"),
            "step.escalation.changed": self.env._("Escalation level changed"),
            "step.escalation.removed": self.env._("Escalation level removed"),
            "role.created": self.env._("Approval role created"),
            "role.changed": self.env._("Approval role changed"),
            "role.removed": self.env._("Approval role removed"),
            "approval.delegation_changed": self.env._("Delegation changed"),
            "approval.viewed": self.env._("Approval request opened"),
            "access.granted": self.env._("Rights granted"),
            "access.revoked": self.env._("Rights revoked"),
        }

    @api.model
    def _get_security_codes(self):
        return super()._get_security_codes() | {
            "access.granted",
            "access.revoked",
            "approval.overridden",
            "approval.override_agreed",
            "approval.override_asked",
            "approval.override_refused",
            "vote.refused",
        }

    @api.model
    def _is_alerting(self, code, data):
        if code == "vote.refused":
            return data.get("reason") in ATTEMPTS
        return super()._is_alerting(code, data) or code in (
            "approval.overridden",
            "approval.override_refused",
        )
