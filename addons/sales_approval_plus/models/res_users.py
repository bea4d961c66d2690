from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _filter_approvers(self, company=None):
        """Return those who may be asked: active, internal, approver, of ``company``."""
        # sudo: who may decide does not depend on who asks.
        return self.filtered(
            lambda user: (
                user.active
                and not user.share
                and user.sudo().has_group("sales_approval_plus.group_approver")
                and (not company or company in user.sudo().company_ids)
            )
        )

    def _get_asked_domain(self):
        """Return the domain of requests that ask the user now, or that he voted on.

        Part of record rules, of what such requests are about.
        """
        self.ensure_one()
        delegated = [("delegate_id", "=", self.id), ("state", "=", "active")]
        asked = [
            ("state", "=", "open"),
            (
                "approver_ids",
                "any",
                [
                    "|",
                    ("id", "=", self.id),
                    ("approval_delegation_ids", "any", delegated),
                ],
            ),
        ]
        return ["|", ("vote_ids.user_id", "=", self.id), ("line_ids", "any", asked)]

    def _reads_all_without_approvals(self, model_name):
        """Return whether the user reads all records even if he were no approver.

        Rules of several groups add up, but a first rule restricts: an accountant
        who reads all orders must not lose them by becoming an approver.
        """
        self.ensure_one()
        approvers = self.env.ref("sales_approval_plus.group_approver")
        # sudo: part of a record rule, asked by users who cannot read access rights.
        groups = self.sudo().all_group_ids - approvers
        model = [("model_id.model", "=", model_name), ("perm_read", "=", True)]
        access = self.env["ir.model.access"].sudo()
        rules = self.env["ir.rule"].sudo()
        return bool(
            access.search_count([*model, ("group_id", "in", [False, *groups.ids])])
        ) and not rules.search_count([*model, ("groups", "in", groups.ids)])
