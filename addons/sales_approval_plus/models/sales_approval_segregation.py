from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from .res_users_access_review import POLICY_ADMIN


class ResUsers(models.Model):
    """Those who may change the policies decide nothing where a company wants that."""

    _inherit = "res.users"

    def _is_policy_admin(self):
        """Return whether the user may change approval policies."""
        self.ensure_one()
        # sudo: a question about rights, not about what one may read.
        return self.sudo().has_group(POLICY_ADMIN)


class SalesApprovalStep(models.Model):
    """They are not asked."""

    _inherit = "sales.approval.step"

    def _get_slots(self, record, metrics):
        slots = super()._get_slots(record, metrics)
        # sudo: a setting of the company.
        if not record.sudo().company_id.approval_segregation:
            return slots
        return [
            replace(
                slot,
                users=slot.users.filtered(lambda user: not user._is_policy_admin()),
            )
            for slot in slots
        ]

    def _get_named_people(self):
        """Return who decides here, as far as it does not depend on the order."""
        self.ensure_one()
        users = {
            "role": self.role_id._get_members(),
            "matrix": self.matrix_id.line_ids.role_id._get_members(),
            "user": self.user_id,
            "group": self.group_id.all_user_ids,
        }.get(self.approver_type, self.user_id.browse())
        if self.company_id.sudo().approval_segregation:
            users = users.filtered(lambda user: not user._is_policy_admin())
        return users._filter_approvers(self.company_id)


class SalesApprovalRequest(models.Model):
    """And where they were asked before the company chose so, they are refused."""

    _inherit = "sales.approval.request"

    def _is_segregated(self, user):
        self.ensure_one()
        # sudo: a setting of the company.
        company = self.sudo().company_id
        return company.approval_segregation and user._is_policy_admin()

    def _get_vote_refusal(self, delegations=None):
        refusal = super()._get_vote_refusal(delegations)
        if not refusal and self._is_segregated(self.env.user):
            return "segregation", self.env._(
                "who may change the policies does not decide in this company"
            )
        return refusal

    @api.model
    def _get_votable_domain(self):
        domain = super()._get_votable_domain()
        if self.env.user._is_policy_admin():
            # any!: the setting counts, whatever companies he may read.
            domain &= Domain(
                "company_id", "any!", [("approval_segregation", "=", False)]
            )
        return domain
