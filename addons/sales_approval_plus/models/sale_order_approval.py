from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..exceptions import ApprovalError
from .sales_guard_mixin import ASKABLE, LETTING_PASS

# Header fields that change what an order is worth; lines are guarded by the base.
AMENDING_FIELDS = frozenset(
    {"company_id", "currency_id", "date_order", "order_line", "pricelist_id"}
)
DECIDED = ("pending", *LETTING_PASS, "changes_requested", "rejected", "expired")


class SaleOrder(models.Model):
    """Approvals of an order; all state is in ``sales.approval.request``."""

    _inherit = "sale.order"

    approval_request_ids = fields.One2many(
        "sales.approval.request",
        "sale_order_id",
        domain=[("operation", "=", "confirm")],
        string="Approvals",
        groups="base.group_user",
        help="Requests for approval of this order, the newest first.",
    )
    approval_count = fields.Integer(
        string="Number of Approvals",
        compute="_compute_approval_count",
        groups="base.group_user",
        help="Number of requests for approval that you may read.",
    )
    approval_state = fields.Selection(
        selection=[
            ("not_required", "Not required"),
            ("to_submit", "To submit"),
            ("pending", "Waiting for approval"),
            ("approved", "Approved"),
            ("conditional", "Approved on conditions"),
            ("overridden", "Overridden"),
            ("changes_requested", "Changes requested"),
            ("rejected", "Rejected"),
            ("automatic", "Approved automatically"),
            ("forbidden", "Forbidden"),
        ],
        string="Approval",
        compute="_compute_approval_state",
        search="_search_approval_state",
        groups="base.group_user",
        help="Whether a policy asks for approval of this order, and how far it is.",
    )
    can_vote = fields.Boolean(
        string="Waits for My Approval",
        compute="_compute_can_vote",
        search="_search_can_vote",
        groups="base.group_user",
        help="Whether you are asked to approve or reject this order now.",
    )
    can_withdraw_approval = fields.Boolean(
        compute="_compute_can_withdraw_approval",
        groups="base.group_user",
        help="Whether you may take the open request for approval back.",
    )
    approval_summary = fields.Char(
        compute="_compute_approval_state",
        groups="base.group_user",
        help="Who approved what, and when.",
    )

    # === Compute and search === #

    def _compute_approval_count(self):
        for order in self:
            order.approval_count = len(order._get_readable_requests())

    def _get_readable_requests(self):
        """Return the requests of these orders that the user may read."""
        requests = self.env["sales.approval.request"]
        return self.approval_request_ids if requests._has_records() else requests

    @api.depends(
        "state",
        "partner_id",
        "payment_term_id",
        "pricelist_id",
        "order_line.product_id",
        "order_line.product_uom_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "approval_request_ids.state",
    )
    def _compute_approval_state(self):
        # An empty form is nothing to decide on yet.
        quotations = self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and (order._origin or order.order_line)
            )
        )
        standings = quotations._get_approval_standings("confirm")
        for order in self:
            standing = standings.get(order.id)
            request = standing.request if standing else order._get_proof()
            state = standing.state if standing else request.state
            if not standing and state == "conditional":
                # It is confirmed, so the conditions held.
                state = "approved"
            order.approval_state = state or "not_required"
            order.approval_summary = state == "approved" and request._get_summary()

    @api.model
    def _get_later_values(self):
        return {**super()._get_later_values(), "approval_state": "not_required"}

    def _get_proof(self):
        """Return the approved request of a confirmed order."""
        self.ensure_one()
        requests = self.env["sales.approval.request"]
        if self.state != "sale" or not requests._has_records():
            return requests
        # sudo: as for the standings, the answer does not depend on who asks.
        requests = self.sudo().approval_request_ids
        return requests.filtered(lambda request: request.state in LETTING_PASS)[:1]

    @api.model
    def _search_approval_state(self, operator, values):
        if operator != "in":
            return NotImplemented
        # What was approved on conditions is approved once they hold.
        met = {"conditional"} if "approved" in values else set()
        proofs = {"approved", "overridden"} & {*values} | met
        approved = Domain("state", "=", "sale") & Domain(
            "approval_request_ids.state", "in", [*(proofs or LETTING_PASS)]
        )
        quotations = Domain("state", "in", ("draft", "sent"))
        if not {"to_submit", "not_required", "automatic", "forbidden"} & set(values):
            asked = [*{*values} | met]
            quotations &= Domain("approval_request_ids.state", "in", asked)
        states = self.search(quotations).grouped("approval_state")
        found = [
            id_ for state in values for id_ in states.get(state, self.browse())._ids
        ]
        domain = Domain("id", "in", found)
        if proofs:
            domain |= approved
        if "not_required" in values:
            domain |= Domain("state", "not in", ("draft", "sent")) & ~approved
        return domain

    @api.depends("approval_request_ids.state")
    @api.depends_context("uid")
    def _compute_can_vote(self):
        for order in self:
            order.can_vote = any(order._get_readable_requests().mapped("can_vote"))

    @api.model
    def _search_can_vote(self, operator, values):
        if operator != "in":
            return NotImplemented
        mine = self.env["sales.approval.request"]._get_votable_domain()
        domain = Domain("approval_request_ids", "any", mine)
        return domain if True in values else ~domain

    @api.depends("approval_request_ids.state")
    @api.depends_context("uid")
    def _compute_can_withdraw_approval(self):
        for order in self:
            request = order._get_pending_request()
            order.can_withdraw_approval = request._can_withdraw()

    # === Actions === #

    def action_submit_for_approval(self):
        """Ask the approvers of every policy that stops these quotations.

        :return: True
        :raise ApprovalError: if a quotation needs no approval or waits already
        :raise NoApproverError: if nobody may decide; names the step to configure
        """
        self.check_access("write")
        for order in self:
            order._check_can_submit()
        self._guard_submit("confirm", "user")
        return True

    def _check_can_submit(self):
        self.ensure_one()
        state = self.approval_state if self.state in ("draft", "sent") else False
        if state in ASKABLE:
            return
        reasons = {
            "pending": self.env._("it waits for approval already"),
            "approved": self.env._("it is approved: confirm it"),
            "conditional": self.env._("it is approved on conditions: apply them"),
            "overridden": self.env._("its approval is overridden: confirm it"),
            "rejected": self.env._("it was rejected as it is: change it first"),
            "automatic": self.env._("a policy approves it: confirm it"),
            "forbidden": self.env._("a policy forbids it as it is: change it first"),
            "not_required": self.env._("no policy asks for approval: confirm it"),
        }
        raise ApprovalError(
            self.env._(
                "%(order)s cannot be submitted: %(reason)s.",
                order=self.display_name,
                reason=reasons.get(state, self.env._("it is no quotation")),
            )
        )

    def action_view_approvals(self):
        """Open the requests of this order.

        :return: window action, of the form if there is only one
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_approval_plus.sales_approval_request_action"
        )
        action.update(domain=[("sale_order_id", "=", self.id)], context={})
        if len(self.approval_request_ids) == 1:
            action.update(
                res_id=self.approval_request_ids.id, views=[(False, "form")], path=False
            )
        return action

    def _get_pending_request(self):
        self.ensure_one()
        requests = self._get_readable_requests()
        return requests.filtered(lambda request: request.state == "pending")

    def _get_pending_requests(self):
        """Return the open requests of these orders.

        :raise ApprovalError: if one of them has none
        """
        self.check_access("read")
        for order in self:
            if not order._get_pending_request():
                raise ApprovalError(
                    self.env._(
                        "%s: there is no open request for approval.", order.display_name
                    )
                )
        return self.env["sales.approval.request"].union(
            *(order._get_pending_request() for order in self)
        )

    # === Seam === #

    def _get_approval_policies(self, operation):
        # sudo: who ships goods need not read policies; they are measured all the same.
        policies = super()._get_approval_policies(operation).sudo()
        active = policies._get_active(self.company_id)._filter_operation("confirm")
        if operation == "send":
            return policies | active.filtered("before_send")
        return policies | active if operation in ("confirm", "amend") else policies

    def _get_approval_requests(self, operation):
        # One approval, for the confirmation: it lets the order be sent, and what is
        # amended later is measured against it.
        domain = [
            ("sale_order_id", "in", self._origin.ids),
            ("operation", "=", "confirm"),
            ("state", "in", DECIDED),
        ]
        # sudo: the gate does not depend on who asks; oldest first, the newest stays.
        requests = self.env["sales.approval.request"].sudo()
        if not requests._has_records() or not self._has_beside("approval_request_ids"):
            return {}
        requests = requests.search(domain, order="id")
        current = {request.sale_order_id.id: request for request in requests}
        return {
            order.id: current[order._origin.id]
            for order in self
            if order._origin.id in current
        }

    def _is_approved_before_sending(self):
        """Return whether the customer may see this order as far as approvals go."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return True
        standing = self._get_approval_standings("send").get(self.id)
        return not standing or standing.passes

    def _prepare_approval_document_vals(self):
        self.ensure_one()
        return {"sale_order_id": self.id}

    def _get_approval_party(self):
        self.ensure_one()
        return self.sudo().partner_id.commercial_partner_id

    def _get_interested_users(self):
        """Return the salesperson, who created the order, and who last edited a line."""
        # sudo: lines and users may be hidden from an approver.
        order = self.sudo()
        users = order.user_id | order.create_uid | order.order_line.write_uid
        return super()._get_interested_users() | users.with_env(self.env)

    def _tell_responsible(self, text):
        super()._tell_responsible(text)
        for order in self:
            # sudo: the customer's session acts here.
            order.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=order.env._("Accepted by the customer, but approval is stuck"),
                note=text,
                user_id=order._get_responsible().id,
            )

    def _get_responsible(self):
        """Return who looks after this order: salesperson, team leader, or a manager."""
        self.ensure_one()
        order = self.sudo()
        named = order.user_id or order.team_id.user_id
        return named or order._get_sales_managers()[:1] or self.env.user

    def _get_sales_managers(self):
        """Return the managers of sales who work for the company of this order."""
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        return managers.filtered(lambda user: self.company_id in user.company_ids)

    # === Gate === #

    def write(self, vals):
        amended = self._get_amended_by(vals)
        baseline = amended._get_guard_baseline("amend")
        with amended._check_amend_later():
            result = super().write(vals)
        if amended:
            amended._guard_ensure("amend", baseline)
        return result

    def _after_state(self, state):
        super()._after_state(state)
        if state in ("draft", "cancel", "sale"):
            self._close_approvals(state)

    def _get_amended_by(self, vals):
        """Return the confirmed orders whose worth ``vals`` may change."""
        if AMENDING_FIELDS.isdisjoint(vals):
            return self.browse()
        confirmed = self.filtered(lambda order: order.state == "sale")
        return confirmed if confirmed._get_approval_policies("amend") else self.browse()

    def _close_approvals(self, state):
        """End the requests that say nothing about the order any more."""
        if not self.env["sales.approval.request"]._has_records():
            return
        closing = ("pending",) if state == "sale" else DECIDED
        # sudo: nobody may write requests; the order itself was just written.
        requests = self.env["sales.approval.request"].sudo()
        own = Domain("sale_order_id", "in", self.ids) & Domain("state", "in", closing)
        requests.search(own & Domain("operation", "=", "confirm"))._supersede()
        self._close_decision_activities()

    def _close_decision_activities(self):
        # sudo: whoever confirms or cancels ends the reminder of the salesperson.
        self.sudo().activity_unlink(["sales_approval_plus.mail_activity_type_decided"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_approvals(self):
        if self.sudo().approval_request_ids:
            raise UserError(
                self.env._(
                    "An order that was submitted for approval keeps its history: "
                    "cancel it instead of deleting it."
                )
            )
