from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..exceptions import ApprovalError, VoteError

OVERRIDERS = "sales_approval_plus.group_approval_override"
AUDITORS = "sales_order_plus.group_sales_auditor"
REVIEW_ACTIVITY = "sales_approval_plus.mail_activity_type_review"
LEAST_REASON = 20
MOST_HOURS = 72
CATEGORIES = [
    ("customer", "Customer in need"),
    ("absence", "Nobody to be reached"),
    ("system", "System failure"),
    ("other", "Other"),
]


class SalesApprovalRequest(models.Model):
    """In an emergency somebody lets an order pass; an auditor looks at it afterwards."""

    _inherit = "sales.approval.request"

    override_until = fields.Datetime(
        string="Overridden Until",
        readonly=True,
        help="An override that was not used by then is worth nothing.",
    )
    override_category = fields.Selection(
        selection=CATEGORIES, readonly=True, help="Kind of emergency."
    )
    override_user_id = fields.Many2one(
        "res.users",
        string="Overridden By",
        readonly=True,
        ondelete="restrict",
        help="Who let the order pass.",
    )
    override_second_id = fields.Many2one(
        "res.users",
        string="Second Person",
        readonly=True,
        ondelete="restrict",
        help="Who agreed that the order passes, where two people are needed.",
    )
    reviewed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Auditor who looked at the override.",
    )
    reviewed_on = fields.Datetime(readonly=True, help="When it was reviewed.")
    review_note = fields.Text(readonly=True, help="What the auditor found.")

    def _is_expired(self):
        """Return whether the time of an override is over."""
        until = self.state == "overridden" and self.override_until
        return bool(until) and until < fields.Datetime.now()

    @api.model
    def _override(self, record, standing, reason, category, hours, asked_by=None):
        """Let ``record`` pass as it is for some hours.

        :param record: guarded document
        :param Standing standing: what stands against it
        :param asked_by: the user to whom the current one agrees, as second person
        :return: the request, as superuser
        """
        id_ = record.id
        measured = self._prepare_measured_vals(record, {id_: standing})[id_]
        # sudo: nobody may write requests; the caller checked who overrides.
        request = standing.request.sudo()
        if standing.state != "pending":
            request = request.create(
                {
                    **self._prepare_asked_vals(
                        record, measured, self._get_next_rounds(record)[id_]
                    ),
                    "operation": "confirm",
                    "origin": "override",
                }
            )
        request._end("overridden", reason)
        request.write(
            {
                **measured,
                "override_until": fields.Datetime.now() + timedelta(hours=hours),
                "override_category": category,
                "override_user_id": asked_by.id if asked_by else self.env.uid,
                "override_second_id": asked_by and self.env.uid,
            }
        )
        request._ask_for_review()
        return request

    def _ask_for_review(self):
        """Put the override on the list of the auditors of the company."""
        self.ensure_one()
        auditors = (
            self.env.ref(AUDITORS)
            .sudo()
            .all_user_ids.filtered(
                lambda user: (
                    user.active
                    and self.company_id in user.company_ids
                    and user not in self._get_overriders()
                )
            )
        )
        for user in auditors:
            self.activity_schedule(
                REVIEW_ACTIVITY,
                user_id=user.id,
                summary=self.env._("Review the override of %s", self.display_name),
                note=self.note,
            )

    def _get_overriders(self):
        return self.override_user_id | self.override_second_id

    def action_review(self, note=None):
        """Note that an auditor has looked at the override.

        :param str note: what he found
        :return: True
        :raise AccessError: for anybody but auditors
        :raise VoteError: for those who overrode it
        """
        self.check_access("read")
        if not self.env.user.has_group(AUDITORS):
            raise AccessError(self.env._("Only sales auditors review overrides."))
        for request in self.filtered(lambda one: one.state == "overridden"):
            if self.env.user in request._get_overriders():
                raise VoteError(
                    self.env._("Nobody reviews his own override: ask another auditor."),
                    "own",
                )
            # sudo: nobody may write requests; checked just now.
            request.sudo().write(
                {
                    "reviewed_by_id": self.env.uid,
                    "reviewed_on": fields.Datetime.now(),
                    "review_note": note or False,
                }
            )
            request.sudo().activity_unlink([REVIEW_ACTIVITY])
            document = request.sudo()._get_document()
            document._log_event(
                "approval.override_reviewed", request=request.id, note=note or None
            )
        return True


class SaleOrder(models.Model):
    """Orders whose approval was overridden."""

    _inherit = "sale.order"

    can_override_approval = fields.Boolean(
        compute="_compute_can_override_approval",
        groups="base.group_user",
        help="Whether you may let the order pass in an emergency.",
    )

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_can_override_approval(self):
        may = self.env.user.has_group(OVERRIDERS)
        for order in self:
            waits = order.approval_state in ("to_submit", "pending")
            order.can_override_approval = may and waits

    def action_open_override(self):
        """Open the dialog of an emergency.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Emergency Override"),
            "res_model": "sales.approval.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_override_approval(self, *, reason: str, category: str, hours: int = 24):
        """Let this quotation pass as it is, in an emergency.

        Nobody overrides for his own order. An auditor reviews it afterwards.

        :param str reason: why it cannot wait, at least 20 characters
        :param str category: customer, absence, system or other
        :param int hours: how long it holds, at most 72
        :return: True; False where a second person has to agree first
        :raise AccessError: without the group Emergency Override
        :raise VoteError: on one's own order
        :raise ApprovalError: if a value is wrong, or nothing is to be overridden
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_override()
        reason = (reason or "").strip()
        self._check_override_values(reason, category, hours)
        standing = self._get_standing_to_override()
        if self._needs_second_person(standing):
            emergencies = self.env["sales.approval.emergency"]
            emergencies._ask(self, reason, category, hours)
            return False
        self._override_approval(standing, reason, category, hours)
        return True

    def _get_standing_to_override(self):
        standing = self._get_approval_standings("confirm").get(self.id)
        if not standing or standing.state not in ("to_submit", "pending"):
            raise ApprovalError(
                self.env._(
                    "%s waits for no approval: there is nothing to override.",
                    self.display_name,
                )
            )
        return standing

    def _override_approval(self, standing, reason, category, hours, asked_by=None):
        requests = self.env["sales.approval.request"]
        requests._override(self, standing, reason, category, hours, asked_by)
        # sudo: who overrides need not write orders; it confirms what a customer
        # waits for.
        self.sudo()._guard_release("confirm")

    def _check_may_override(self):
        if not self.env.user.has_group(OVERRIDERS):
            self._refuse_override("no_right")
            raise AccessError(
                self.env._(
                    "Only users with the role Emergency Override let orders pass "
                    "without approval."
                )
            )
        if self.env.user in self._get_interested_users():
            self._refuse_override("own")
            raise VoteError(
                self.env._(
                    "%s: nobody overrides for his own order. Ask somebody else with "
                    "the role Emergency Override.",
                    self.display_name,
                ),
                "own",
            )

    def _refuse_override(self, reason):
        events = self.env["sales.audit.event"]
        events._log_refused(
            self, "approval.override_refused", {self.id: {"reason": reason}}
        )

    def _check_override_values(self, reason, category, hours):
        if len(reason) < LEAST_REASON:
            raise ApprovalError(
                self.env._(
                    "Reason: say in at least %s characters why it cannot wait.",
                    LEAST_REASON,
                )
            )
        if category not in dict(CATEGORIES):
            raise ApprovalError(
                self.env._("Category: use one of %s.", ", ".join(dict(CATEGORIES)))
            )
        if not 0 < hours <= MOST_HOURS:
            raise ApprovalError(
                self.env._("Hours: give a number from 1 to %s.", MOST_HOURS)
            )
