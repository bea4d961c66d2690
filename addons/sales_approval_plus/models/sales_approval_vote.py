from odoo import api, fields, models

from ..exceptions import VoteError


class SalesApprovalVote(models.Model):
    """The decision of one person on one step; votes are only ever added."""

    _name = "sales.approval.vote"
    _inherit = ["sales.append.only.mixin"]
    _description = "Approval Vote"
    _order = "id desc"
    _rec_name = "user_id"

    line_id = fields.Many2one(
        "sales.approval.line",
        string="Step",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Step that was decided on.",
    )
    request_id = fields.Many2one(
        related="line_id.request_id",
        store=True,
        index=True,
        help="Request of the step.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Who decided; always the user whose session or key it was.",
    )
    on_behalf_of_id = fields.Many2one(
        "res.users",
        string="For",
        readonly=True,
        ondelete="restrict",
        help="Absent approver for whom it was decided.",
    )
    decision = fields.Selection(
        selection=[
            ("approve", "Approved"),
            ("request_change", "Change requested"),
            ("reject", "Rejected"),
        ],
        required=True,
        readonly=True,
        help="What was decided.",
    )
    reason = fields.Text(readonly=True, help="Comment, or what would have to change.")
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was decided.",
    )

    _line_user_uniq = models.Constraint(
        "UNIQUE(line_id, user_id)", "Everybody votes once on a step."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Add votes of the current user.

        The check stands here too, so that no other code, whatever its rights, can
        vote for somebody else or where it is not asked.
        """
        lines = self.env["sales.approval.line"].browse(
            vals["line_id"] for vals in vals_list
        )
        lines.request_id._check_can_vote()
        self._check_is_own(vals_list, lines)
        return super().create(vals_list)

    @api.model
    def _check_is_own(self, vals_list, lines):
        requests = lines.request_id
        delegations = requests._get_delegations(self.env.user)
        voices = {
            line: absent
            for request in requests
            for line, absent in request._get_voices(self.env.user, delegations).items()
        }
        asked = all(
            line in voices
            and vals.get("user_id", self.env.uid) == self.env.uid
            and vals.get("on_behalf_of_id", False) == voices[line].id
            for line, vals in zip(lines, vals_list, strict=True)
        )
        if not asked or {"date", "request_id"} & set().union(*vals_list):
            raise VoteError(
                self.env._("A vote is given by the person himself, where he is asked."),
                "forged",
            )

    @api.model
    def _get_append_only_texts(self):
        return (
            self.env._("Votes cannot be changed."),
            self.env._("Votes cannot be deleted."),
        )
