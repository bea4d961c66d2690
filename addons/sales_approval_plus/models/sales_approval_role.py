from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesApprovalRole(models.Model):
    """A function whose holders decide: members come and go, policies stay.

    A request keeps the members of the moment it was submitted.
    """

    _name = "sales.approval.role"
    _description = "Approval Role"
    _order = "name, id"

    name = fields.Char(
        required=True, translate=True, help="What the role is called, such as Finance."
    )
    code = fields.Char(
        required=True, help="Stable technical name for imports and programs."
    )
    active = fields.Boolean(
        default=True, help="An archived role finds nobody: steps that name it fail."
    )
    company_id = fields.Many2one(
        "res.company",
        help="Company whose orders the members decide on; empty for all companies.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Members",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", self._get_approver_group().ids),
        ],
        help="Users of the group Sales Approver who hold this role.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is already a role with this code in this company.",
    )

    @api.model
    def _get_approver_group(self):
        return self.env.ref("sales_approval_plus.group_approver")

    def _get_members(self):
        """Return who holds the role; nobody if it is archived."""
        return self.filtered("active").user_ids

    @api.constrains("user_ids")
    def _check_user_ids(self):
        for role in self:
            self._check_are_approvers(role.user_ids)

    @api.model
    def _check_are_approvers(self, users):
        """Refuse users who could not open what they should decide on.

        :raise ValidationError: names them and the group they lack
        """
        others = users.filtered(lambda user: user not in user._filter_approvers())
        if others:
            raise ValidationError(
                self.env._(
                    "Members: %(names)s may not approve. An administrator gives them "
                    "the group “%(group)s” under Settings > Users first.",
                    names=", ".join(others.mapped("name")),
                    group=self._get_approver_group().sudo().full_name,
                )
            )
