from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import ApprovalError

MOST_ROWS = 200
DECISIONS = [
    ("approve", "Approve"),
    ("reject", "Reject"),
    ("request_change", "Request a change"),
    ("forward", "Forward"),
]


class SalesApprovalBatch(models.Model):
    """Many requests decided at once: what became of each of them."""

    _name = "sales.approval.batch"
    _inherit = ["sales.append.only.mixin"]
    _description = "Bulk Approval"
    _order = "id desc"
    _rec_name = "date"

    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was decided.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Who decided.",
    )
    decision = fields.Selection(
        selection=DECISIONS, required=True, readonly=True, help="What was decided."
    )
    comment = fields.Text(readonly=True, help="Comment given for all of them.")
    delegate_id = fields.Many2one(
        "res.users",
        string="Forwarded To",
        readonly=True,
        ondelete="restrict",
        help="Who decides instead.",
    )
    line_ids = fields.One2many(
        "sales.approval.batch.line",
        "batch_id",
        string="Results",
        readonly=True,
        help="What became of each request.",
    )
    done_count = fields.Integer(
        string="Done", compute="_compute_counts", help="Number that was decided."
    )
    skipped_count = fields.Integer(
        string="Skipped", compute="_compute_counts", help="Number that was left out."
    )

    @api.depends("line_ids.result")
    def _compute_counts(self):
        for batch in self:
            results = batch.line_ids.mapped("result")
            batch.done_count = results.count("done")
            batch.skipped_count = results.count("skipped")

    @api.model
    def _get_append_only_texts(self):
        return (
            self.env._("What was decided at once cannot be changed."),
            self.env._("What was decided at once is kept."),
        )

    def _get_notification(self):
        """Return the client action that says what became of the requests."""
        self.ensure_one()
        skipped = self.line_ids.filtered(lambda line: line.result == "skipped")
        numbers = {"done": self.done_count, "all": len(self.line_ids)}
        if self.decision == "approve":
            message = self.env._("%(done)s of %(all)s approved.", **numbers)
        else:
            message = self.env._("%(done)s of %(all)s decided.", **numbers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if skipped else "success",
                "message": "\n".join([message, *skipped.mapped("reason")]),
                "sticky": bool(skipped),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_result(self):
        """Return the results as plain data."""
        self.ensure_one()
        skipped = self.line_ids.filtered(lambda line: line.result == "skipped")
        return {
            "batch_id": self.id,
            "done": (self.line_ids - skipped).request_id.ids,
            "skipped": [
                {"id": line.request_id.id, "reason": line.reason} for line in skipped
            ],
        }


class SalesApprovalBatchLine(models.Model):
    _name = "sales.approval.batch.line"
    _inherit = ["sales.append.only.mixin"]
    _description = "Bulk Approval Result"
    _order = "result desc, id"
    _rec_name = "request_id"

    batch_id = fields.Many2one(
        "sales.approval.batch",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Bulk decision.",
    )
    request_id = fields.Many2one(
        "sales.approval.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Request that was decided on.",
    )
    result = fields.Selection(
        selection=[("done", "Done"), ("skipped", "Skipped")],
        required=True,
        readonly=True,
        help="Whether it was decided.",
    )
    reason = fields.Char(readonly=True, help="Why it was left out.")

    @api.model
    def _get_append_only_texts(self):
        return self.env["sales.approval.batch"]._get_append_only_texts()


class SalesApprovalRequest(models.Model):
    """Deciding on many requests, each by itself."""

    _inherit = "sales.approval.request"

    def action_approve_many(self, comment=None):
        """Approve these requests; what cannot be approved is left out, with why.

        :param str comment: shown in the history of each
        :return: dictionary with ``batch_id``, ``done`` (ids) and ``skipped`` (list of
            ``id`` and ``reason``)
        :raise ApprovalError: for more than 200 requests
        """
        return self._decide_many("approve", comment)._prepare_result()

    def _decide_many(self, decision, comment=None, delegate=None):
        """Decide on each request by itself.

        :param str decision: approve, reject, request_change or forward
        :param delegate: user to whom it is forwarded
        :return: the batch, with a line a request
        :raise ApprovalError: for more than 200 requests
        """
        self.check_access("read")
        if len(self) > MOST_ROWS:
            raise ApprovalError(
                self.env._(
                    "%(count)s requests at once: select at most %(most)s.",
                    count=len(self),
                    most=MOST_ROWS,
                )
            )
        # sudo: nobody may write batches; each decision is checked for its own.
        batches = self.env["sales.approval.batch"].sudo()
        batch = batches.create(
            {
                "decision": decision,
                "comment": comment,
                "delegate_id": delegate and delegate.id,
            }
        )
        lines = [
            {
                "batch_id": batch.id,
                "request_id": request.id,
                **request._decide_in_batch(batch, decision, comment, delegate),
            }
            for request in self
        ]
        batch.line_ids.create(lines)
        return batch.sudo(False)

    def _decide_in_batch(self, batch, decision, comment, delegate):
        """Decide in a savepoint; return what became of it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                if decision == "forward":
                    self._forward(delegate, comment, batch=batch.id)
                else:
                    self._vote(decision, comment, batch=batch.id)
        except UserError as error:
            return {"result": "skipped", "reason": str(error)}
        return {"result": "done"}
