from contextlib import contextmanager

from odoo import api, models

# Groups that decide who approves, who gets around it, and who looks at it.
WATCHED = (
    "sales_approval_plus.group_approver",
    "sales_approval_plus.group_approval_override",
    "sales_order_plus.group_sales_auditor",
    "sales_team.group_sale_manager",
)
USER_FIELDS = frozenset({"active", "group_ids"})
GROUP_FIELDS = frozenset({"implied_by_ids", "implied_ids", "user_ids"})


class ResUsers(models.Model):
    """Rights around approvals that somebody got or lost."""

    _inherit = "res.users"

    @api.model
    def _get_watched_groups(self):
        # sudo: the groups are looked at, whoever changes them.
        return self.env["res.groups"].sudo().union(*map(self.env.ref, WATCHED))

    @api.model
    def _get_watched_holders(self):
        """Return {group: active users who hold it, directly or through another}."""
        return {
            group: group.all_user_ids.filtered("active")
            for group in self._get_watched_groups()
        }

    @contextmanager
    def _log_rights(self):
        """Leave an event of the rights that change inside the block."""
        before = self._get_watched_holders()
        yield
        self.env.flush_all()
        self.env["res.groups"].invalidate_model(["all_user_ids"])
        after = self._get_watched_holders()
        events = self.env["sales.audit.event"]
        for group, holders in after.items():
            for user in holders - before[group]:
                events._log(user.sudo(), "access.granted", group=group.full_name)
            for user in before[group] - holders:
                events._log(user.sudo(), "access.revoked", group=group.full_name)

    @api.model_create_multi
    def create(self, vals_list):
        with self._log_rights():
            return super().create(vals_list)

    def write(self, vals):
        if USER_FIELDS.isdisjoint(vals):
            return super().write(vals)
        with self._log_rights():
            return super().write(vals)


class ResGroups(models.Model):
    """Members and implications of groups change who holds what."""

    _inherit = "res.groups"

    def write(self, vals):
        if GROUP_FIELDS.isdisjoint(vals):
            return super().write(vals)
        with self.env["res.users"]._log_rights():
            return super().write(vals)
