from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import ChangeError
from .sales_order_change import OPEN


class SalesOrderChange(models.Model):
    """Special requests: a team answers in its time, and says what came of it.

    What is to be changed of the order because of it is one more request, made from
    this one.
    """

    _inherit = "sales.order.change"

    request_team_id = fields.Many2one(
        "crm.team",
        string="Asked Team",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The team that looks at the special request.",
    )
    request_due = fields.Datetime(
        string="To Be Answered By",
        readonly=True,
        copy=False,
        help="When the special request is to be answered.",
    )
    outcome = fields.Text(
        readonly=True, copy=False, help="What came of the special request."
    )
    origin_id = fields.Many2one(
        "sales.order.change",
        string="Because Of",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('order_id', '=', order_id)]",
        help="The special request that led to this change.",
    )
    spawned_ids = fields.One2many(
        "sales.order.change",
        "origin_id",
        string="Led To",
        help="Changes of the order that the special request led to.",
    )
    is_special = fields.Boolean(
        compute="_compute_is_special", help="Something special is asked for."
    )

    @api.depends("line_ids.request_type_id")
    def _compute_is_special(self):
        for change in self:
            change.is_special = bool(change._get_request_types())

    def _get_request_types(self):
        # sudo: a customer need not read types.
        return self.sudo().line_ids.request_type_id

    def _lacks_outcome(self):
        """Return whether the team has not said yet what came of it."""
        self.ensure_one()
        return self.is_special and not (self.outcome or "").strip()

    # === Asked === #

    def _prepare_submit_vals(self):
        types = self._get_request_types()
        if not types:
            return super()._prepare_submit_vals()
        return {
            **super()._prepare_submit_vals(),
            "outcome": False,
            "request_team_id": types.team_id[:1].id,
            "request_due": min(one._get_due(self.company_id) for one in types),
        }

    def action_submit(self):
        result = super().action_submit()
        for change in self.filtered(lambda one: one.is_special and one.state in OPEN):
            change._ask_team()
        return result

    def _ask_team(self):
        """Ask the leader of the team, else the salesperson, to see to it in time."""
        self.ensure_one()
        # sudo: the customer may be the one who asks.
        change = self.sudo()
        team = change.request_team_id
        user = team.user_id or team.member_ids[:1] or change._get_responsible()
        special = change.line_ids.filtered("request_type_id")
        change.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Datetime.context_timestamp(
                change.with_context(tz=user.tz), change.request_due
            ).date(),
            summary=", ".join(special.request_type_id.mapped("name")),
            note="; ".join(special.mapped("new_value")),
            user_id=user.id,
        )

    # === Answered === #

    def action_answer(self, *, outcome: str):
        """Say what came of special requests; those about nothing else are done then.

        Members of the asked team may do so without a right to the order.

        :param str outcome: what was done or agreed; the salesperson reads it
        :return: True
        :raise ChangeError: if nothing special waits, or nothing is said
        """
        for change in self:
            change.check_access("write")
            change._ensure_turn(("submitted", "acceptance"))
            change._ensure_answer(outcome)
            change._write_own({"outcome": outcome.strip()})
            change._log_event(
                "change.answered",
                # sudo: a member of the team need not read the order.
                order=change.sudo().order_id.name,
                outcome=outcome.strip(),
            )
            change._go_on_answered()
        return True

    def _ensure_answer(self, outcome):
        if not self.is_special:
            raise ChangeError(
                self.env._("Outcome: nothing special is asked for. Apply it instead."),
                field="outcome",
                rule="special",
            )
        if not (outcome or "").strip():
            raise self._get_no_outcome_error()

    def _get_no_outcome_error(self):
        return ChangeError(
            self.env._(
                "Outcome: say what came of the special request first, with Answer."
            ),
            field="outcome",
            rule="required",
        )

    def _go_on_answered(self):
        # sudo: a member of the team need not write the order. Of it nothing changes, or
        # only what its policy, or somebody, lets pass.
        change = self.sudo()
        if {*change.line_ids.mapped("kind")} != {"special"}:
            change._apply_by_itself()
        elif change.state == "submitted" and not change._get_guard_stops("change"):
            change._try_apply()

    def _is_automatic(self):
        return super()._is_automatic() and not self._lacks_outcome()

    def _try_apply(self):
        # Approved, but not done yet: it goes on when it is answered.
        return None if self._lacks_outcome() else super()._try_apply()

    def _apply(self):
        if self._lacks_outcome():
            raise self._get_no_outcome_error()
        return super()._apply()

    def action_follow_up(self):
        """Open a new change request that this special request leads to.

        :return: window action
        """
        self.ensure_one()
        action = self.order_id.action_open_change()
        action["context"]["default_origin_id"] = self.id
        return action


class SalesChangeRequestType(models.Model):
    _inherit = "sales.change.request.type"

    def _get_due(self, company):
        """Return when a request of now is to be answered, in working hours."""
        self.ensure_one()
        now = fields.Datetime.now()
        # sudo: a calendar is not for customers.
        calendar = company.sudo().resource_calendar_id
        due = calendar and calendar.plan_hours(self.sla_hours, now, compute_leaves=True)
        return due or now + timedelta(hours=self.sla_hours)
