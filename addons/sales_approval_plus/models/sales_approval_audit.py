from odoo import models

DELEGATED = frozenset(
    {
        "date_from",
        "date_to",
        "delegate_id",
        "max_amount",
        "policy_ids",
        "reason",
        "role_ids",
        "user_id",
    }
)


class SalesApprovalPolicy(models.Model):
    """Changes of policies, with old and new."""

    _name = "sales.approval.policy"
    _inherit = ["sales.approval.policy", "sales.audit.setting.mixin"]

    _audit_prefix = "policy"


class SalesApprovalStep(models.Model):
    """Changes of steps, as events of their policy."""

    _name = "sales.approval.step"
    _inherit = ["sales.approval.step", "sales.audit.setting.mixin"]

    _audit_prefix = "step"

    def _get_audited_document(self):
        return self.policy_id

    def _prepare_change_data(self):
        return {"step": self.approver_name, "level": self.level}


class SalesApprovalRole(models.Model):
    """Who came into a role, and who left it."""

    _name = "sales.approval.role"
    _inherit = ["sales.approval.role", "sales.audit.setting.mixin"]

    _audit_prefix = "role"


class SalesApprovalDelegation(models.Model):
    """Changes of delegations; creating and removing them is told elsewhere."""

    _name = "sales.approval.delegation"
    _inherit = ["sales.approval.delegation", "sales.audit.change.mixin"]

    def _get_audited_document(self):
        # sudo: the event is about a user whom the approver need not read.
        return self.user_id.sudo()

    def _prepare_change_data(self):
        return {"delegate": self.delegate_id.name}

    def write(self, vals):
        before = self._read_for_audit(sorted(DELEGATED.intersection(vals)))
        result = super().write(vals)
        self._log_changes("approval.delegation_changed", before)
        return result
