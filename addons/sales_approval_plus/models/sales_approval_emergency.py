from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..exceptions import ApprovalError, VoteError
from .sales_approval_override import CATEGORIES, OVERRIDERS

ACTIVITY = "sales_approval_plus.mail_activity_type_emergency"


class ResCompany(models.Model):
    _inherit = "res.company"

    approval_override_second = fields.Boolean(
        string="Overrides by Two",
        help="An emergency override counts only when a second person with the role "
        "Emergency Override agrees. A policy may ask for it too.",
        prefetch="sales_rare",
    )
    approval_override_hours = fields.Integer(
        string="Second Person Within (hours)",
        default=4,
        help="What nobody agreed to within so many hours must be asked for again.",
        prefetch="sales_rare",
    )

    _approval_override_hours_positive = models.Constraint(
        "CHECK(approval_override_hours > 0)",
        "Second Person Within (hours): give 1 or more.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    approval_override_second = fields.Boolean(
        related="company_id.approval_override_second",
        readonly=False,
        help="Whether two people must agree to let an order pass in an emergency.",
    )
    approval_override_hours = fields.Integer(
        related="company_id.approval_override_hours",
        readonly=False,
        help="How long the second person has.",
    )


class SalesApprovalPolicy(models.Model):
    _inherit = "sales.approval.policy"

    override_second = fields.Boolean(
        string="Override by Two",
        help="In an emergency two people must agree to let an order of this policy pass.",
    )


class SalesApprovalEmergency(models.Model):
    """Somebody asks to let an order pass in an emergency; a second person agrees.

    Until then the order waits for its approvers as before.
    """

    _name = "sales.approval.emergency"
    _inherit = ["sales.presence.mixin"]
    _description = "Emergency Override Asked For"
    _order = "id desc"
    _rec_name = "sale_order_id"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Order that should pass.",
    )
    company_id = fields.Many2one(
        related="sale_order_id.company_id", store=True, help="Company of the order."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who asks; cannot agree.",
    )
    category = fields.Selection(
        selection=CATEGORIES, required=True, readonly=True, help="Kind of emergency."
    )
    reason = fields.Text(required=True, readonly=True, help="Why it cannot wait.")
    hours = fields.Integer(
        string="Holds (hours)", readonly=True, help="How long the override will hold."
    )
    fingerprint = fields.Char(
        readonly=True, help="SHA-256 of the order for which it was asked."
    )
    expires_at = fields.Datetime(
        string="Agree Until",
        required=True,
        readonly=True,
        help="Afterwards nobody can agree to it any more.",
    )
    second_user_id = fields.Many2one(
        "res.users",
        string="Second Person",
        readonly=True,
        ondelete="restrict",
        help="Who agreed.",
    )
    agreed_on = fields.Datetime(readonly=True, help="When it was agreed to.")
    state = fields.Selection(
        selection=[("open", "Waiting"), ("agreed", "Agreed"), ("lapsed", "Lapsed")],
        string="Status",
        compute="_compute_state",
        help="Lapsed: nobody agreed in time.",
    )

    @api.depends("agreed_on", "expires_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for one in self:
            running = "open" if one.expires_at and one.expires_at > now else "lapsed"
            one.state = "agreed" if one.agreed_on else running

    @api.model
    def _get_open(self, orders):
        """Return what is asked for ``orders`` and may still be agreed to."""
        if not self._has_records():
            return self
        domain = Domain("sale_order_id", "in", orders._origin.ids)
        domain &= Domain("agreed_on", "=", False)
        domain &= Domain("expires_at", ">", fields.Datetime.now())
        # sudo: who may agree is checked when he does.
        return self.sudo().search(domain)

    @api.model
    def _ask(self, order, reason, category, hours):
        """Ask for a second person; the first one was checked.

        :raise ApprovalError: if it was asked for already
        """
        if asked := self._get_open(order):
            raise ApprovalError(
                self.env._(
                    "%(order)s: %(name)s has asked for an override already. Another "
                    "person with the role Emergency Override agrees to it, on the order.",
                    order=order.display_name,
                    name=asked[0].user_id.name,
                )
            )
        limit = timedelta(hours=order.sudo().company_id.approval_override_hours)
        # sudo: nobody may create them; the caller was checked.
        emergency = self.sudo().create(
            {
                "sale_order_id": order.id,
                "user_id": self.env.uid,
                "category": category,
                "reason": reason,
                "hours": hours,
                "fingerprint": self._get_fingerprint(order),
                "expires_at": fields.Datetime.now() + limit,
            }
        )
        order._log_event("approval.override_asked", category=category, note=reason)
        emergency._ask_second_people()

    @api.model
    def _get_fingerprint(self, order):
        return order._get_approval_fingerprint(order._get_approval_snapshot())

    def _ask_second_people(self):
        """Put it on the lists of those who may agree."""
        order = self.sale_order_id
        involved = order._get_interested_users() | self.user_id
        users = self.env.ref(OVERRIDERS).all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        for user in users - involved:
            order.with_context(lang=user.lang).activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=self.env._("Emergency override needs a second person"),
                note=self.reason,
            )

    def _agree(self):
        """Let the order pass, as the second person; the current user was checked."""
        order = self.sale_order_id.sudo(False)
        if self.fingerprint != self._get_fingerprint(order):
            raise ApprovalError(
                self.env._(
                    "%s was changed since the override was asked for. Ask for it again.",
                    order.display_name,
                )
            )
        standing = order._get_standing_to_override()
        self.write({"second_user_id": self.env.uid, "agreed_on": fields.Datetime.now()})
        order.sudo().activity_unlink([ACTIVITY])
        order._log_event("approval.override_agreed", asked_by=self.user_id.name)
        order._override_approval(
            standing, self.reason, self.category, self.hours, asked_by=self.user_id
        )


class SaleOrder(models.Model):
    """Orders that pass in an emergency when two people agree."""

    _inherit = "sale.order"

    override_asked = fields.Char(
        compute="_compute_override_asked",
        groups="base.group_user",
        help="Who asks to let the order pass in an emergency, and why.",
    )
    can_agree_override = fields.Boolean(
        compute="_compute_override_asked",
        groups="base.group_user",
        help="Whether you may agree, as the second person.",
    )

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_override_asked(self):
        emergencies = self.env["sales.approval.emergency"]
        waiting = self.filtered(
            lambda one: one.approval_state in ("to_submit", "pending")
        )
        found = emergencies._get_open(waiting).grouped("sale_order_id")
        may = bool(found) and self.env.user.has_group(OVERRIDERS)
        for order in self:
            asked = found.get(order._origin, emergencies)
            own = (
                asked.user_id | order._get_interested_users()
                if asked
                else asked.user_id
            )
            order.can_agree_override = bool(asked) and may and self.env.user not in own
            order.override_asked = bool(asked) and self.env._(
                "%(name)s asks to let the order pass without its approval: %(reason)s. "
                "A second person may agree until %(date)s.",
                name=asked.user_id.name,
                reason=asked.reason.rstrip("."),
                date=self.env["sales.approval.request"]._format_date(asked.expires_at),
            )

    def _needs_second_person(self, standing):
        company = self.sudo().company_id
        policies = standing.policies.sudo()
        return company.approval_override_second or any(
            policies.mapped("override_second")
        )

    def action_agree_override(self):
        """Agree, as the second person, that this quotation passes in an emergency.

        :return: True
        :raise AccessError: without the group Emergency Override
        :raise VoteError: on one's own order, or for who asked for it
        :raise ApprovalError: if nobody asks for it, or the order was changed since
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_override()
        asked = self.env["sales.approval.emergency"]._get_open(self)
        if not asked:
            raise ApprovalError(
                self.env._(
                    "%s: nobody asks for an override, or the time to agree is over. Ask "
                    "for it with Emergency Override.",
                    self.display_name,
                )
            )
        if asked.user_id == self.env.user:
            self._refuse_override("own")
            raise VoteError(
                self.env._(
                    "%s: you asked for the override, somebody else has to agree.",
                    self.display_name,
                ),
                "own",
            )
        asked._agree()
        return True
