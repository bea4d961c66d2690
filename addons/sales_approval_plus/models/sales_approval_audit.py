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


class SalesApprovalCriterion(models.Model):
    """Changes of limits, as events of their policy."""

    _name = "sales.approval.criterion"
    _inherit = ["sales.approval.criterion", "sales.audit.setting.mixin"]

    _audit_prefix = "policy.condition"

    def _get_audited_document(self):
        return self.policy_id

    def _prepare_change_data(self):
        return {"metric": self.metric}


class SalesApprovalMatrix(models.Model):
    """Changes of authority matrices."""

    _name = "sales.approval.matrix"
    _inherit = ["sales.approval.matrix", "sales.audit.setting.mixin"]

    _audit_prefix = "matrix"


class SalesApprovalMatrixLine(models.Model):
    """Changes of authorities, as events of their matrix."""

    _name = "sales.approval.matrix.line"
    _inherit = ["sales.approval.matrix.line", "sales.audit.setting.mixin"]

    _audit_prefix = "matrix.line"

    def _get_audited_document(self):
        return self.matrix_id

    def _prepare_change_data(self):
        return {"role": self.role_id.name}


class SalesApprovalRiskFactor(models.Model):
    """Changes of what makes an order risky."""

    _name = "sales.approval.risk.factor"
    _inherit = ["sales.approval.risk.factor", "sales.audit.setting.mixin"]

    _audit_prefix = "risk"


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
