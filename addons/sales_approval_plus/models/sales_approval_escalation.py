from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sales_approval_step_deadline import ON_TIMEOUT


class SalesApprovalEscalation(models.Model):
    """A further level of the escalation of a step: nobody decided after the last one.

    The first level stands on the step itself, with its deadline.
    """

    _name = "sales.approval.escalation"
    _inherit = ["sales.audit.setting.mixin"]
    _description = "Escalation Level"
    _order = "step_id, sequence, id"

    _audit_prefix = "step.escalation"

    step_id = fields.Many2one(
        "sales.approval.step",
        required=True,
        index=True,
        ondelete="cascade",
        help="Step that is late.",
    )
    company_id = fields.Many2one(
        related="step_id.company_id", store=True, help="Company of the policy."
    )
    sequence = fields.Integer(default=10, help="Order of the levels.")
    after_value = fields.Integer(
        string="After",
        required=True,
        default=4,
        help="Time after the level before, in hours or days as the deadline of the step, "
        "and in working hours where the step counts those.",
    )
    on_timeout = fields.Selection(
        selection=ON_TIMEOUT,
        string="Then",
        required=True,
        default="add_approver",
        help="What happens once when this time is over too; as for the deadline.",
    )
    role_id = fields.Many2one(
        "sales.approval.role",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Its members of that moment are told or asked.",
    )
    user_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="This user is told or asked.",
    )

    _after_positive = models.Constraint(
        "CHECK(after_value > 0)", "After: give 1 or more."
    )
    _named = models.Constraint(
        "CHECK(on_timeout NOT IN ('add_approver', 'reassign')"
        " OR role_id IS NOT NULL OR user_id IS NOT NULL)",
        "Role, User: choose who is asked when this time is over.",
    )

    @api.depends("after_value", "on_timeout", "role_id", "user_id")
    def _compute_display_name(self):
        labels = dict(self._fields["on_timeout"]._description_selection(self.env))
        for level in self:
            who = level.role_id.name or level.user_id.name
            action = labels.get(level.on_timeout)
            level.display_name = f"{action}: {who}" if who else action

    @api.constrains("user_id")
    def _check_user_id(self):
        self.env["sales.approval.role"]._check_are_approvers(self.user_id)

    @api.constrains("step_id")
    def _check_deadline(self):
        for level in self:
            if not level.step_id.timeout_value:
                raise ValidationError(
                    self.env._(
                        "Escalation Levels: give the step “%s” a deadline first, it is "
                        "what the levels follow.",
                        level.step_id.approver_name,
                    )
                )

    def _get_audited_document(self):
        return self.step_id.policy_id

    def _prepare_change_data(self):
        return {"step": self.step_id.approver_name, "level": self.sequence}

    def _prepare_level(self):
        """Return what a step of a request keeps of this level, as plain data."""
        self.ensure_one()
        step = self.step_id
        return {
            "hours": step._get_hours(self.after_value),
            "value": self.after_value,
            "unit": step.timeout_unit,
            "calendar": step._get_calendar().id,
            "action": self.on_timeout,
            "role": self.role_id.id,
            "user": self.user_id.id,
        }


class SalesApprovalStep(models.Model):
    _inherit = "sales.approval.step"

    escalation_ids = fields.One2many(
        "sales.approval.escalation",
        "step_id",
        string="Escalation Levels",
        copy=True,
        help="What follows if nobody decides after the deadline either, level by level.",
    )

    @api.constrains("timeout_value")
    def _check_escalation_levels(self):
        self.escalation_ids._check_deadline()

    def _prepare_timeout(self):
        more = [level._prepare_level() for level in self.escalation_ids.sorted()]
        return {**super()._prepare_timeout(), **({"more": more} if more else {})}
