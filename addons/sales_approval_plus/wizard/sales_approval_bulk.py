from odoo import api, fields, models

from ..exceptions import ApprovalError
from ..models.sales_approval_batch import DECISIONS


class SalesApprovalBulk(models.TransientModel):
    """Decide on many requests at once, after seeing which of them one may decide on."""

    _name = "sales.approval.bulk"
    _description = "Bulk Approval Dialog"

    decision = fields.Selection(
        selection=DECISIONS, required=True, default="approve", help="What is decided."
    )
    comment = fields.Text(help="Comment for each of them; needed unless you approve.")
    delegate_id = fields.Many2one(
        "res.users",
        string="Forward To",
        domain="[('share', '=', False)]",
        help="Who decides instead of you.",
    )
    line_ids = fields.One2many(
        "sales.approval.bulk.line",
        "wizard_id",
        string="Requests",
        help="Requests that were selected.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active = self.env.context.get("active_ids") or []
        requests = self.env["sales.approval.request"]
        if self.env.context.get("active_model") == "sale.order":
            requests = requests.search(
                [("sale_order_id", "in", active), ("state", "=", "pending")]
            )
        else:
            requests = requests.browse(active).exists()
        if "line_ids" in fields_list:
            values["line_ids"] = [
                fields.Command.create(
                    {"request_id": request.id, "problem": request._get_bulk_problem()}
                )
                for request in requests.sorted(lambda one: one._get_bulk_rank())
            ]
        return values

    def action_decide(self):
        """Decide on each request by itself; what cannot be decided is left out.

        :return: window action of the results
        :raise ApprovalError: if a comment or the person is missing
        """
        self.ensure_one()
        self._check_complete()
        requests = self.line_ids.request_id
        batch = requests._decide_many(self.decision, self.comment, self.delegate_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Results"),
            "res_model": batch._name,
            "res_id": batch.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_complete(self):
        if not self.line_ids:
            raise ApprovalError(
                self.env._("Requests: select some that wait for approval first.")
            )
        refuses = self.decision in ("reject", "request_change")
        if refuses and not (self.comment or "").strip():
            raise ApprovalError(
                self.env._("Comment: say why; the salespeople read it.")
            )
        if self.decision == "forward" and not self.delegate_id:
            raise ApprovalError(self.env._("Forward To: choose who decides instead."))


class SalesApprovalBulkLine(models.TransientModel):
    _name = "sales.approval.bulk.line"
    _description = "Bulk Approval Dialog: Request"

    wizard_id = fields.Many2one(
        "sales.approval.bulk", required=True, ondelete="cascade", help="Dialog."
    )
    request_id = fields.Many2one(
        "sales.approval.request", required=True, help="Request."
    )
    partner_id = fields.Many2one(related="request_id.partner_id")
    currency_id = fields.Many2one(related="request_id.currency_id")
    amount = fields.Monetary(related="request_id.amount")
    discount = fields.Float(related="request_id.discount")
    reason_text = fields.Text(related="request_id.reason_text")
    problem = fields.Char(help="Why it will be left out if you approve it here.")


class SalesApprovalRequest(models.Model):
    _inherit = "sales.approval.request"

    def _get_bulk_problem(self):
        """Return why the request cannot be approved in bulk, or False."""
        self.ensure_one()
        if refusal := self._get_vote_refusal():
            return refusal[1]
        if any(self._get_lines_asking_me().mapped("signature_required")):
            return self.env._("it needs your signature: decide it by itself")
        return False

    def _get_bulk_rank(self):
        """Return the order in the dialog: what cannot be done first, then by amount."""
        self.ensure_one()
        return (not self._get_bulk_problem(), -self.amount, self.id)
