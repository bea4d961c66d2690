from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SalesApprovalDelegation(models.Model):
    """Who decides for an approver while he is away.

    It is looked at when a vote is cast, in the days of the absent one's time zone. It
    reaches one person far: who stands in for somebody hands nothing on. What the
    absent one may not decide on, his delegate may not either, and the other way round.
    """

    _name = "sales.approval.delegation"
    _inherit = ["sales.presence.mixin"]
    _description = "Approval Delegation"
    _order = "date_from desc, id desc"
    _rec_name = "delegate_id"

    user_id = fields.Many2one(
        "res.users",
        string="Absent",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="cascade",
        index=True,
        help="Whose decisions are delegated.",
    )
    delegate_id = fields.Many2one(
        "res.users",
        required=True,
        domain="[('share', '=', False)]",
        ondelete="cascade",
        index=True,
        help="Decides for the absent one; must be an approver himself.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="First day, in the time zone of the absent one.",
    )
    date_to = fields.Date(
        string="To", required=True, help="Last day, in the time zone of the absent one."
    )
    role_ids = fields.Many2many(
        "sales.approval.role",
        string="Only Roles",
        help="Only where he decides in one of these roles; empty: everywhere.",
    )
    policy_ids = fields.Many2many(
        "sales.approval.policy",
        string="Only Policies",
        help="Only requests of these policies; empty: all.",
    )
    max_amount = fields.Float(
        string="Up to",
        digits=(16, 2),
        help="Highest untaxed amount in the currency of the company; 0: any.",
    )
    reason = fields.Char(help="Why, such as holidays.")
    state = fields.Selection(
        selection=[("planned", "Planned"), ("active", "Active"), ("ended", "Ended")],
        string="Status",
        compute="_compute_state",
        store=True,
        help="Whether the delegate may decide today; brought up to date every hour.",
    )

    _dates_sane = models.Constraint(
        "CHECK (date_from <= date_to)", "To: give a day not before the first one."
    )
    _amount_positive = models.Constraint(
        "CHECK (max_amount >= 0)", "Up to: give an amount of 0 or more."
    )
    _other_person = models.Constraint(
        "CHECK (user_id != delegate_id)", "Delegate: choose somebody else."
    )

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        for delegation in self:
            delegation.state = delegation._get_state()

    def _get_state(self):
        self.ensure_one()
        zone = self.user_id.sudo().tz or "UTC"
        local = self.with_context(tz=zone)
        today = fields.Date.context_today(local)
        if not self.date_from or today < self.date_from:
            return "planned"
        return "ended" if today > self.date_to else "active"

    @api.constrains("user_id", "delegate_id", "date_from", "date_to")
    def _check_people(self):
        self.env["sales.approval.role"]._check_are_approvers(self.delegate_id)
        for delegation in self:
            if back := delegation._find_way_back():
                raise ValidationError(
                    self.env._(
                        "Delegate: %(delegate)s has delegated to %(user)s from %(first)s "
                        "to %(last)s. Choose somebody who is there.",
                        delegate=delegation.delegate_id.name,
                        user=delegation.user_id.name,
                        first=back.date_from,
                        last=back.date_to,
                    )
                )

    def _find_way_back(self):
        """Return a delegation of the delegate to the absent one in the same days."""
        self.ensure_one()
        # sudo: one does not see what others delegate.
        return self.sudo().search(
            Domain("user_id", "=", self.delegate_id.id)
            & Domain("delegate_id", "=", self.user_id.id)
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from),
            limit=1,
        )

    # === Who stands in for whom === #

    @api.model
    def _get_current(self, delegates=None, users=None):
        """Return what holds at this moment, whatever the cron has seen.

        :param delegates: only those in which these users stand in
        :param users: only those of these absent users
        """
        if not self._has_records():
            return self.sudo().browse()
        # A day around: no time zone is further away.
        today = fields.Datetime.now().date()
        domain = Domain("date_from", "<=", today + timedelta(days=1)) & Domain(
            "date_to", ">=", today - timedelta(days=1)
        )
        if delegates is not None:
            domain &= Domain("delegate_id", "in", delegates.ids)
        if users is not None:
            domain &= Domain("user_id", "in", users.ids)
        # sudo: who may decide does not depend on who asks.
        found = self.sudo().search(domain)
        return found.filtered(lambda one: one._get_state() == "active")

    def _covers(self, line):
        """Return whether the delegation reaches this step of a request."""
        self.ensure_one()
        request = line.request_id
        return (
            self.user_id in line.approver_ids
            and (not self.role_ids or line.role_id in self.role_ids)
            and (not self.policy_ids or request.policy_ids <= self.policy_ids)
            and (
                not self.max_amount
                or request.currency_id.compare_amounts(request.amount, self.max_amount)
                <= 0
            )
        )

    def _get_line_domain(self):
        """Return the open steps that the delegations reach, as a domain of steps."""
        domain = Domain.FALSE
        for one in self:
            own = Domain("approver_ids", "in", one.user_id.ids)
            if one.role_ids:
                own &= Domain("role_id", "in", one.role_ids.ids)
            if one.policy_ids:
                others = [("id", "not in", one.policy_ids.ids)]
                own &= Domain("request_id.policy_ids", "not any!", others)
            if one.max_amount:
                own &= Domain("request_id.amount", "<=", one.max_amount)
            domain |= own
        return domain

    # === Days pass === #

    @api.model
    def _cron_update_states(self):
        """Begin and end delegations, and ask those who stand in from now on."""
        changed = self.search([("state", "!=", "ended")]).filtered(
            lambda one: one.state != one._get_state()
        )
        for delegation in changed:
            delegation.state = delegation._get_state()
        started = changed.filtered(lambda one: one.state == "active")
        started._ask_delegates()

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        for one in delegations:
            one._log_change("approval.delegated")
        delegations.filtered(lambda one: one.state == "active")._ask_delegates()
        return delegations

    def unlink(self):
        for one in self:
            one._log_change("approval.delegation_removed")
        return super().unlink()

    def _log_change(self, code):
        # sudo: the event is about a user whom the approver need not read.
        self.env["sales.audit.event"]._log(
            self.user_id.sudo(),
            code,
            delegate=self.delegate_id.name,
            days=f"{self.date_from} - {self.date_to}",
            reason=self.reason or None,
        )

    def _ask_delegates(self):
        """Put what waits for the absent ones on the lists of their delegates."""
        if not self:
            return
        requests = self.env["sales.approval.request"].sudo()
        waiting = requests.search(
            [
                ("state", "=", "pending"),
                (
                    "line_ids",
                    "any",
                    [
                        ("state", "=", "open"),
                        ("approver_ids", "in", self.user_id.ids),
                    ],
                ),
            ]
        )
        waiting.invalidate_recordset(["open_approver_ids"])
        for request in waiting:
            request._ask_approvers()


class ResUsers(models.Model):
    _inherit = "res.users"

    approval_delegation_ids = fields.One2many(
        "sales.approval.delegation",
        "user_id",
        string="Approval Delegations",
        groups="base.group_user",
        help="Who decides for this user while he is away.",
    )
