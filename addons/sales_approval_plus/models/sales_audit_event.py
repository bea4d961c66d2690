from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "approval.submitted": self.env._("Submitted for approval"),
            "approval.approved": self.env._("Approved"),
            "approval.automatic": self.env._("Approved by a policy"),
            "approval.conditional": self.env._("Approved on conditions"),
            "approval.condition_met": self.env._("Condition ticked off"),
            "approval.conditions_applied": self.env._("Conditions applied"),
            "approval.forwarded": self.env._("Approval forwarded"),
            "approval.changes_requested": self.env._("Changes requested"),
            "approval.overridden": self.env._("Approval overridden"),
            "approval.override_asked": self.env._("Override asked for"),
            "approval.override_agreed": self.env._("Override agreed to"),
            "approval.override_reviewed": self.env._("Override reviewed"),
            "approval.override_refused": self.env._("Override refused"),
            "approval.rejected": self.env._("Rejected"),
            "approval.withdrawn": self.env._("Approval request withdrawn"),
            "approval.expired": self.env._("Approval expired"),
            "approval.superseded": self.env._("Approval request superseded"),
            "approval.delegated": self.env._("Decisions delegated"),
            "approval.delegation_removed": self.env._("Delegation removed"),
            "approval.reminded": self.env._("Reminded of an approval"),
            "approval.escalated": self.env._("Approval escalated"),
            "vote.cast": self.env._("Voted"),
            "vote.refused": self.env._("Vote refused"),
        }
