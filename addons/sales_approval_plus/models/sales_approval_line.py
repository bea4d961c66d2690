from odoo import api, fields, models


class SalesApprovalLine(models.Model):
    """One step of a request, with the people found when it was submitted."""

    _name = "sales.approval.line"
    _description = "Approval Request Step"
    _order = "level, id"

    request_id = fields.Many2one(
        "sales.approval.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Request this step belongs to.",
    )
    level = fields.Integer(
        readonly=True, required=True, help="Steps of one level are open together."
    )
    name = fields.Char(
        string="Approver",
        readonly=True,
        required=True,
        help="Role, user or group that decides, as it was called then.",
    )
    role_id = fields.Many2one(
        "sales.approval.role",
        readonly=True,
        ondelete="restrict",
        help="Role in which these people decide, if it is one.",
    )
    policy_names = fields.Char(
        string="Policies", readonly=True, help="Policies that ask for this step."
    )
    policy_ids = fields.Many2many(
        "sales.approval.policy",
        string="Asked By",
        readonly=True,
        help="Policies that ask for this step.",
    )
    why = fields.Char(
        string="Why These",
        readonly=True,
        help="How the people were found, and who was left out.",
    )
    condition = fields.Char(
        string="Only Orders",
        readonly=True,
        help="The step is skipped if the order does not match when its turn comes.",
    )
    comment_required = fields.Boolean(
        string="Comment Needed", readonly=True, help="Nobody decides without a comment."
    )
    signature_required = fields.Boolean(
        string="Signature Needed", readonly=True, help="Who approves here signs."
    )
    remark = fields.Char(
        readonly=True, help="Why the step was skipped, or whose votes were reused."
    )
    reused_from_id = fields.Many2one(
        "sales.approval.line",
        string="Votes of",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Step of an earlier round whose votes still hold.",
    )
    mode = fields.Selection(
        selection=lambda self: (
            self.env["sales.approval.step"]
            ._fields["mode"]
            ._description_selection(self.env)
        ),
        readonly=True,
        required=True,
        help="How many of the people have to agree.",
    )
    needed = fields.Integer(
        string="Votes Needed",
        readonly=True,
        required=True,
        help="Number of people who have to agree.",
    )
    approver_ids = fields.Many2many(
        "res.users",
        string="People",
        readonly=True,
        help="Who may decide: those found at submission, without those who are "
        "involved in the order.",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting for lower levels"),
            ("open", "Open"),
            ("done", "Complete"),
            ("skipped", "Not needed"),
        ],
        string="Status",
        readonly=True,
        required=True,
        default="waiting",
        help="Open: these people can decide now.",
    )
    opened_on = fields.Datetime(readonly=True, help="Since when they can decide.")
    vote_ids = fields.One2many("sales.approval.vote", "line_id", help="Votes.")
    progress = fields.Char(
        string="Votes", compute="_compute_progress", help="Votes given and needed."
    )

    _needed_positive = models.Constraint(
        "CHECK(needed > 0)", "Votes Needed: at least one person has to agree."
    )

    @api.depends("vote_ids.decision", "needed", "reused_from_id")
    def _compute_progress(self):
        for line in self:
            line.progress = f"{line._get_approvals()}/{line.needed}"

    def _get_approvals(self):
        self.ensure_one()
        return len(self._get_votes().filtered(lambda vote: vote.decision == "approve"))

    def _get_votes(self):
        """Return the votes that count here, those of an earlier round among them."""
        return self.vote_ids | self.reused_from_id.vote_ids

    def _get_represented(self, delegations):
        """Return the absent approver for whom one of ``delegations`` decides here."""
        self.ensure_one()
        voted = self.request_id._get_voters()
        covering = delegations.filtered(
            lambda one: one.user_id not in voted and one._covers(self)
        )
        return covering[:1].user_id.with_env(self.env)

    def _get_delegates(self, delegations):
        """Return who stands in for the approvers of these steps and may decide."""
        found = self.env["res.users"]
        for line in self:
            request = line.request_id
            voters = request._get_voters()
            covering = delegations.filtered(
                lambda one, line=line, voters=voters: (
                    one.user_id not in voters and one._covers(line)
                )
            )
            if covering:
                excluded = voters | request._get_excluded_voters()
                found |= covering.delegate_id.with_env(self.env) - excluded
        return found

    def _is_complete(self):
        self.ensure_one()
        return self.state == "open" and self._get_approvals() >= self.needed

    def _skip_needless(self):
        """Skip the steps whose condition the document does not meet; return the rest."""
        steps = self.env["sales.approval.step"]
        needless = self.filtered(
            lambda line: (
                not steps._matches(line.request_id._get_document(), line.condition)
            )
        )
        needless.write({"state": "skipped", "remark": self._get_skip_remark()})
        return self - needless

    @api.model
    def _get_skip_remark(self):
        return self.env._("Skipped: the order does not match the condition of the step")

    def _open(self):
        """Let the people of these steps decide.

        Who voted on a lower level cannot vote again; where all have to agree, all who
        are left have to.
        """
        self.write({"state": "open", "opened_on": fields.Datetime.now()})
        for line in self:
            left = line.approver_ids - line.request_id._get_voters()
            needed = len(left) if line.mode == "all" else line.needed
            if line.needed != max(needed, 1):
                line.needed = max(needed, 1)
            if len(left) < line.needed:
                line._tell_stuck()

    def _tell_stuck(self):
        self.ensure_one()
        self.request_id._get_document()._tell_responsible(
            self.env._(
                "Step “%s” has too few people left who have not voted yet. Withdraw the "
                "request, add people and submit again.",
                self.name,
            )
        )
