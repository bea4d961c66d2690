from odoo import api, fields, models
from odoo.fields import Domain

from .sales_guard_mixin_document import DECIDED_ACTIVITY


class SalesApprovalRequest(models.Model):
    """Requests about a change, a cancellation or a return of an order.

    The order stays the one that is known everywhere (rules, desk, report, timeline,
    messages); the document says what is asked.
    """

    _inherit = "sales.approval.request"

    operation = fields.Selection(
        selection_add=[("change", "Change the order")],
        ondelete={"change": "cascade"},
    )
    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The change that waits for the approval.",
    )
    subject_html = fields.Html(
        string="What Is Asked",
        compute="_compute_subject_html",
        sanitize=False,
        help="The change, the cancellation or the return, and what it means.",
    )

    _pending_uniq = models.UniqueIndex(
        "(sale_order_id, operation, COALESCE(change_id, 0)) WHERE state = 'pending'",
        "This was submitted for approval a moment ago. Reload it.",
    )

    # === The document === #

    @api.model
    def _get_document_links(self):
        """Return {operation: (field of the document, its model)}."""
        return {"change": ("change_id", "sales.order.change")}

    def _get_document(self):
        self.ensure_one()
        name, _model = self._get_document_links().get(self.operation, (None, None))
        return self[name] if name else super()._get_document()

    @api.model
    def _get_operation_domain(self, records):
        if not records._approval_link:
            return super()._get_operation_domain(records)
        return [("operation", "=", records._approval_operation)]

    @api.model
    def _get_document_domain(self, order_domain):
        domain = super()._get_document_domain(order_domain)
        domain &= Domain("operation", "=", "confirm")
        for name, model in self._get_document_links().values():
            # any!: whose it is does not depend on what else one may read.
            domain |= Domain(name, "any!", self.env[model]._get_not_own_domain())
        return domain

    @api.depends("operation", "snapshot")
    @api.depends_context("lang")
    def _compute_subject_html(self):
        for request in self:
            # sudo: what he needs to decide, whatever else an approver may read.
            document = request.sudo()._get_document()
            request.subject_html = document._render_approval_subject()

    def action_open_document(self):
        """Open the change, the cancellation or the return.

        :return: window action
        """
        self.ensure_one()
        return self._get_document()._get_records_action()

    # === Words === #

    def _get_title(self):
        if self.operation == "confirm":
            return super()._get_title()
        # sudo: the name of what one is asked about.
        request = self.sudo()
        return self.env._(
            "Approval of %(document)s for %(order)s",
            document=request._get_document().display_name,
            order=request.sale_order_id.name,
        )

    def _get_round_before(self):
        if self.operation == "confirm":
            return super()._get_round_before()
        requests = self.sudo()._get_document()._get_all_approval_requests()
        return requests.filtered(lambda one: one.round_no < self.round_no)[-1:]

    # === Deciding === #

    def _get_requirement_refusal(self, voices, decision, reason, given):
        if given.get("conditions") and self.operation != "confirm":
            return "conditions", self.env._(
                "conditions are for the confirmation of orders; ask for a change instead"
            )
        return super()._get_requirement_refusal(voices, decision, reason, given)

    def _tell_decided(self):
        for requests in self.grouped("operation").values():
            requests._carry_out_refusals()
            super(SalesApprovalRequest, requests)._tell_decided()

    def _carry_out_refusals(self):
        """Refuse, or send back, the documents that were not approved."""
        for request in self.filtered(lambda one: one.operation != "confirm"):
            document = request._get_document()
            if request.state == "rejected":
                document._refuse_not_approved(request._get_rejected_message())
            elif request.state == "changes_requested":
                document._send_back_for_changes(request._get_changes_message())

    def _get_decided_texts(self):
        text, summary = super()._get_decided_texts()
        if self.operation == "confirm":
            return text, summary
        summaries = {
            "rejected": self.env._("Rejected"),
            "changes_requested": self.env._("Change the request and submit it again"),
        }
        return text, summaries.get(self.state) or self.env._("Approved")

    def _get_decided_activity(self):
        if self[:1].operation == "confirm":
            return super()._get_decided_activity()
        return DECIDED_ACTIVITY

    def _is_to_be_continued(self):
        if self.operation == "confirm":
            return super()._is_to_be_continued()
        document = self._get_document()
        reached = document._get_guard_transitions().get(document.state)
        return reached != self.operation and self.state != "superseded"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    all_approval_request_ids = fields.One2many(
        "sales.approval.request",
        "sale_order_id",
        string="All Approvals",
        groups="base.group_user",
        help="Requests about the order, its changes, cancellations and returns.",
    )
