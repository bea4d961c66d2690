from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesApprovalStep(models.Model):
    """Who has to agree at one level of a policy.

    Steps of one level are open at the same time; the next level opens when all
    of them are complete.
    """

    _name = "sales.approval.step"
    _description = "Approval Step"
    _order = "level, sequence, id"
    _rec_name = "approver_name"

    policy_id = fields.Many2one(
        "sales.approval.policy",
        required=True,
        ondelete="cascade",
        index=True,
        help="Policy that asks for this step.",
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    sequence = fields.Integer(default=10, help="Order inside a level.")
    level = fields.Integer(
        default=1,
        required=True,
        help="Steps of one level decide in parallel; the next level waits for them.",
    )
    approver_type = fields.Selection(
        selection=[("role", "Role"), ("user", "User"), ("group", "User group")],
        required=True,
        default="role",
        help="How the people who decide are found.",
    )
    role_id = fields.Many2one(
        "sales.approval.role",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Its members of the moment of submission decide.",
    )
    user_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain=lambda self: [
            ("share", "=", False),
            (
                "all_group_ids",
                "in",
                self.env["sales.approval.role"]._get_approver_group().ids,
            ),
        ],
        help="This user decides.",
    )
    group_id = fields.Many2one(
        "res.groups",
        ondelete="restrict",
        help="The approvers of this group at the moment of submission decide.",
    )
    mode = fields.Selection(
        selection=[
            ("any", "One of them"),
            ("all", "All of them"),
            ("quorum", "A number of them"),
        ],
        required=True,
        default="any",
        help="How many of the people found have to agree. One rejection ends it.",
    )
    quorum_count = fields.Integer(
        string="How Many", default=2, help="Number of people who have to agree."
    )
    approver_name = fields.Char(
        string="Approver",
        compute="_compute_approver_name",
        help="Role, user or group that decides.",
    )

    _level_positive = models.Constraint(
        "CHECK(level > 0)", "Level: begin with 1 for the first to decide."
    )
    _quorum_positive = models.Constraint(
        "CHECK(mode != 'quorum' OR quorum_count > 0)",
        "How Many: at least one person has to agree.",
    )
    _approver_named = models.Constraint(
        "CHECK((approver_type = 'role' AND role_id IS NOT NULL)"
        " OR (approver_type = 'user' AND user_id IS NOT NULL)"
        " OR (approver_type = 'group' AND group_id IS NOT NULL))",
        "Approver: choose the role, user or group that decides in this step.",
    )

    @api.depends("approver_type", "role_id.name", "user_id.name", "group_id.full_name")
    def _compute_approver_name(self):
        for step in self:
            step.approver_name = step._get_approver_record().display_name or ""

    @api.constrains("approver_type", "user_id")
    def _check_user_id(self):
        for step in self.filtered(lambda step: step.approver_type == "user"):
            self.env["sales.approval.role"]._check_are_approvers(step.user_id)

    @api.constrains("approver_type", "role_id", "policy_id")
    def _check_role_company(self):
        for step in self.filtered(lambda step: step.approver_type == "role"):
            if step.role_id.company_id not in (
                step.company_id.browse(),
                step.company_id,
            ):
                raise ValidationError(
                    self.env._(
                        "Role: “%(role)s” belongs to another company. "
                        "Choose a role of %(company)s or one without company.",
                        role=step.role_id.name,
                        company=step.company_id.name,
                    )
                )

    def _get_approver_record(self):
        self.ensure_one()
        return {
            "role": self.role_id,
            "user": self.user_id,
            "group": self.group_id,
        }.get(self.approver_type, self.role_id)

    def _get_approvers(self, company):
        """Return the users this step names today and who may decide for ``company``."""
        self.ensure_one()
        if self.approver_type == "user":
            users = self.user_id
        elif self.approver_type == "group":
            users = self.group_id.all_user_ids
        else:
            users = self.role_id.filtered("active").user_ids
        return users._filter_approvers(company)

    def _get_needed(self, count):
        """Return how many of ``count`` people have to agree."""
        self.ensure_one()
        return {"any": 1, "all": max(count, 1)}.get(self.mode, self.quorum_count)

    def _get_merge_key(self):
        """Steps of equal key in several policies become one line of a request."""
        self.ensure_one()
        approver = self._get_approver_record()
        return (
            self.level,
            approver._name,
            approver.id,
            self.mode,
            self._get_needed(0) if self.mode == "quorum" else 0,
        )
