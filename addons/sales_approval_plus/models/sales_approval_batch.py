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
        results = self._decide_each(batch, decision, comment, delegate)
        batch.line_ids.create(
            [
                {"batch_id": batch.id, "request_id": request.id, **results[request.id]}
                for request in self
            ]
        )
        return batch.sudo(False)

    def _decide_each(self, batch, decision, comment, delegate):
        """Return {request id: what became of it}."""
        if decision == "forward":
            forward = {"reason": comment, "batch": batch.id}
            return {
                one.id: one._try(lambda r: r._forward(delegate, **forward))
                for one in self
            }
        # sudo: nobody may write requests; who may decide is checked here.
        requests, comment = self.sudo(), (comment or "").strip()
        requests._lock()
        refusals = requests._get_refusals(decision, comment, {})
        results = {
            one.id: one._prepare_skipped(one._note_refusal(*refusals[one.id]))
            for one in requests
            if one.id in refusals
        }
        accepted = requests.filtered(lambda one: one.id not in refusals)
        return results | accepted._cast_together(decision, comment, batch.id)

    def _cast_together(self, decision, comment, batch_id):
        """Vote on all at once; if that fails, on each, to know which one it is."""
        given = {"batch": batch_id}
        done = self._try(lambda requests: requests._cast(decision, comment, given))
        if done["result"] == "done" or len(self) == 1:
            return dict.fromkeys(self.ids, done)
        return {
            one.id: one._try(lambda request: request._cast(decision, comment, given))
            for one in self
        }

    def _try(self, decide):
        """Call ``decide`` with these requests in a savepoint; return the result."""
        try:
            with self.env.cr.savepoint():
                decide(self)
        except UserError as error:
            return self._prepare_skipped(str(error))
        return {"result": "done"}

    @api.model
    def _prepare_skipped(self, reason):
        return {"result": "skipped", "reason": reason}
