from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

FROM_ORDER = ("team_leader", "manager", "field")


@dataclass(frozen=True)
class Slot:
    """One line that a step makes of a request.

    :param step: the step
    :param level: level of the line
    :param source: role, user, group or other record that names the people
    :param name: what the line is called
    :param users: who is found today, whoever of them may decide
    :param why: why these people
    """

    step: models.BaseModel
    level: int
    source: models.BaseModel
    name: str
    users: models.BaseModel
    why: str

    @property
    def merge_key(self):
        """Slots of equal key in several policies become one line of a request."""
        step = self.step
        count = step.quorum_count if step.mode == "quorum" else 0
        source = (self.source._name, self.source.id)
        return (self.level, *source, step.mode, count, step.condition or "[]")


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
        help="Steps of one level decide in parallel; the next level waits for them. An "
        "authority matrix takes one level a role, beginning with this one.",
    )
    approver_type = fields.Selection(
        selection=[
            ("role", "Role"),
            ("matrix", "Authority matrix"),
            ("team_leader", "Leader of the sales team"),
            ("manager", "Manager of the salesperson"),
            ("field", "User named in the order"),
            ("user", "User"),
            ("group", "User group"),
        ],
        required=True,
        default="role",
        help="How the people who decide are found. The manager is the one of the "
        "employee if the employees are installed, else the leader of the salesperson's "
        "own sales team.",
    )
    role_id = fields.Many2one(
        "sales.approval.role",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Its members of the moment of submission decide.",
    )
    matrix_id = fields.Many2one(
        "sales.approval.matrix",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
        help="Its roles decide in turn, as far as the amount of the order goes.",
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
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Order Field",
        ondelete="cascade",
        domain="[('model', '=', 'sale.order'), ('relation', '=', 'res.users')]",
        help="Field of the order with the users who decide.",
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
    condition = fields.Char(
        string="Only Orders",
        default="[]",
        help="The step is skipped for orders that do not match when its turn comes; "
        "empty: it is never skipped.",
    )
    comment_required = fields.Boolean(
        string="Comment Needed", help="Nobody decides here without saying why."
    )
    signature_required = fields.Boolean(
        string="Signature Needed", help="Who approves here signs with his name."
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
        " OR (approver_type = 'matrix' AND matrix_id IS NOT NULL)"
        " OR (approver_type = 'user' AND user_id IS NOT NULL)"
        " OR (approver_type = 'group' AND group_id IS NOT NULL)"
        " OR (approver_type = 'field' AND field_id IS NOT NULL)"
        " OR approver_type IN ('team_leader', 'manager'))",
        "Approver: choose who decides in this step.",
    )

    @api.depends(
        "approver_type",
        "role_id.name",
        "matrix_id.name",
        "user_id.name",
        "group_id.full_name",
        "field_id.field_description",
    )
    def _compute_approver_name(self):
        types = dict(self._fields["approver_type"]._description_selection(self.env))
        for step in self:
            source = step._get_source()
            step.approver_name = (
                source.display_name if source else types.get(step.approver_type, "")
            )

    @api.constrains("approver_type", "user_id")
    def _check_user_id(self):
        for step in self.filtered(lambda step: step.approver_type == "user"):
            self.env["sales.approval.role"]._check_are_approvers(step.user_id)

    @api.constrains("condition")
    def _check_condition(self):
        for step in self:
            step.policy_id._check_filter(step.condition)

    @api.constrains("approver_type", "field_id")
    def _check_field_id(self):
        for step in self.filtered(lambda step: step.approver_type == "field"):
            # sudo: managers need not read the descriptions of fields.
            field = step.sudo().field_id
            if (field.model, field.relation) != ("sale.order", "res.users"):
                raise ValidationError(
                    self.env._(
                        "Order Field: “%s” does not name users. Choose a field of the "
                        "order such as the salesperson.",
                        field.field_description,
                    )
                )

    @api.constrains("approver_type", "role_id", "matrix_id", "policy_id")
    def _check_company(self):
        for step in self:
            source = step.role_id or step.matrix_id
            if source.company_id and source.company_id != step.company_id:
                raise ValidationError(
                    self.env._(
                        "Approver: “%(name)s” belongs to another company. "
                        "Choose one of %(company)s or one without company.",
                        name=source.name,
                        company=step.company_id.name,
                    )
                )

    def _get_source(self):
        """Return the record that names the people, if the step itself says it."""
        self.ensure_one()
        return {
            "role": self.role_id,
            "matrix": self.matrix_id,
            "user": self.user_id,
            "group": self.group_id,
            # sudo: managers need not read the descriptions of fields.
            "field": self.sudo().field_id,
        }.get(self.approver_type)

    # === The people === #

    def _get_slots(self, record, metrics):
        """Return the Slots this step makes for a document.

        :param record: guarded document
        :param dict metrics: its measured values, the amount among them
        """
        self.ensure_one()
        if self.approver_type == "matrix":
            return self._get_matrix_slots(metrics["amount"])
        source, users, why = self._find_people(record)
        return [Slot(self, self.level, source, self.approver_name, users, why)]

    def _get_matrix_slots(self, amount):
        chain = self.matrix_id._get_chain(amount)
        return [
            Slot(
                self,
                self.level + number,
                line.role_id,
                line.role_id.name,
                line.role_id._get_members(),
                self.env._(
                    "Authority matrix “%(matrix)s”: role “%(role)s”",
                    matrix=self.matrix_id.name,
                    role=line.role_id.name,
                ),
            )
            for number, line in enumerate(chain)
        ]

    def _find_people(self, record):
        """Return (source, users, why) for a document."""
        self.ensure_one()
        if self.approver_type in FROM_ORDER:
            users = record._get_approvers_named(self)
            return users[:1], users, self.approver_name
        source = self._get_source()
        if self.approver_type == "user":
            return source, source, self.env._("Named in the policy")
        if self.approver_type == "group":
            why = self.env._("Approvers of the group “%s”", self.approver_name)
            return source, source.all_user_ids, why
        why = self.env._("Members of the role “%s”", self.approver_name)
        return source, source._get_members(), why

    def _get_needed(self, count):
        """Return how many of ``count`` people have to agree."""
        self.ensure_one()
        return {"any": 1, "all": max(count, 1)}.get(self.mode, self.quorum_count)

    @api.model
    def _matches(self, record, condition):
        """Return whether ``record`` has to pass a step with this condition.

        A condition that cannot be read any more skips nothing.
        """
        try:
            domain = Domain(self.env["sales.approval.policy"]._read_filter(condition))
            # sudo: a condition may name fields the user may not read.
            return bool(record.sudo()._get_approval_order().filtered_domain(domain))
        except (ValueError, SyntaxError, TypeError, KeyError):
            return True
