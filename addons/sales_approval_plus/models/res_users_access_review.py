from odoo import api, fields, models
from odoo.fields import Domain

from .res_users_audit import WATCHED

REVIEWERS = "sales_order_plus.group_sales_auditor,sales_team.group_sale_manager"
POLICY_ADMIN = "sales_team.group_sale_manager"


class ResUsers(models.Model):
    """Who holds which rights around approvals, and which do not go together."""

    _inherit = "res.users"

    approval_role_ids = fields.Many2many(
        "sales.approval.role",
        string="Approval Roles",
        compute="_compute_approval_review",
        groups=REVIEWERS,
        help="Active roles this user is a member of.",
    )
    approval_rights = fields.Char(
        compute="_compute_approval_review",
        groups=REVIEWERS,
        help="Groups of this user that matter for approvals.",
    )
    approval_conflicts = fields.Text(
        compute="_compute_approval_review",
        groups=REVIEWERS,
        help="Rights of this user that should be held by two people.",
    )
    has_approval_conflict = fields.Boolean(
        string="Conflict of Rights",
        compute="_compute_approval_review",
        search="_search_has_approval_conflict",
        groups=REVIEWERS,
        help="Whether the user holds rights that should be held by two people.",
    )

    @api.depends("all_group_ids")
    def _compute_approval_review(self):
        deciders = self._get_named_approvers()
        # sudo: roles and groups of users of any company are reviewed.
        roles = self.env["sales.approval.role"].sudo().search([("active", "=", True)])
        watched = self._get_watched_groups()
        for user in self:
            mine = user.sudo()
            user.approval_role_ids = roles.filtered(
                lambda role, user=mine: user in role.user_ids
            ).with_env(self.env)
            held = watched & mine.all_group_ids
            user.approval_rights = ", ".join(held.mapped("full_name"))
            conflicts = mine._get_approval_conflicts(mine in deciders)
            user.approval_conflicts = "\n".join(conflicts) or False
            user.has_approval_conflict = bool(conflicts)

    @api.model
    def _get_named_approvers(self):
        """Return who is named by a step of an active policy, as superuser."""
        # sudo: policies of all companies.
        policies = self.env["sales.approval.policy"].sudo()
        steps = policies.search([("active", "=", True)]).step_ids
        users = self.env["res.users"].sudo()
        for step in steps:
            users |= step._get_named_people()
        return users

    def _get_approval_conflicts(self, decides):
        """Return what this user should not hold together, one sentence each.

        :param bool decides: whether a step of an active policy asks him
        """
        self.ensure_one()
        holds = {name: self.has_group(name) for name in (*WATCHED, "base.group_system")}
        approver, override, auditor, admin = (holds[name] for name in WATCHED)
        found = {
            self.env._("Decides on orders and changes the policies."): decides
            and admin,
            self.env._("Decides on orders and gives rights to users."): decides
            and holds["base.group_system"],
            self.env._("Decides on orders and audits the decisions."): decides
            and auditor,
            self.env._("Overrides approvals and reviews the overrides."): override
            and auditor,
            self.env._("Changes the policies and audits the changes."): admin
            and auditor,
            self.env._("Overrides approvals and decides on orders."): override
            and decides
            and approver,
        }
        return [text for text, conflict in found.items() if conflict]

    @api.model
    def _search_has_approval_conflict(self, operator, values):
        if operator != "in":
            return NotImplemented
        # sudo: the answer does not depend on which users one may open.
        users = self.sudo().search(self._get_reviewed_domain())
        found = users.filtered("has_approval_conflict")
        domain = Domain("id", "in", found.ids)
        return domain if True in values else ~domain

    @api.model
    def _get_reviewed_domain(self):
        """Return the users an access review looks at."""
        return Domain("share", "=", False) & Domain(
            "all_group_ids", "in", self._get_watched_groups().ids
        )
