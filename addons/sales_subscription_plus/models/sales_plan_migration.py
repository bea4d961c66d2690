from odoo import api, fields, models
from odoo.fields import Domain

from ..exceptions import SubscriptionChangeError
from .sales_subscription_state import LIVE_STATES


class SalesPlanMigration(models.Model):
    """All subscriptions of a plan go on with another one, and can be taken back."""

    _name = "sales.plan.migration"
    _inherit = ["mail.thread", "sales.audit.mixin"]
    _description = "Plan Migration"
    _order = "id desc"
    _rec_name = "display_name"

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="From Plan",
        required=True,
        ondelete="restrict",
        help="Plan they have.",
    )
    new_plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="To Plan",
        required=True,
        ondelete="restrict",
        help="Plan they go on with; of the same rhythm, so that each keeps its days.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Company whose subscriptions are moved.",
    )
    effective = fields.Selection(
        selection=[
            ("next_period", "With the next period"),
            ("renewal", "When the term ends"),
        ],
        required=True,
        default="next_period",
        help="When each one is moved. Those without an end: with the next period.",
    )
    keep_price = fields.Boolean(
        string="Nobody Pays More",
        help="Those that would become dearer keep their prices.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail",
        domain="[('model', '=', 'sales.subscription')]",
        ondelete="restrict",
        help="Sent to each customer when it is arranged.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("running", "Being arranged"),
            ("arranged", "Arranged"),
            ("cancelled", "Taken back"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        help="Taken back, what is not made yet is undone.",
    )
    change_ids = fields.One2many(
        "sales.subscription.change",
        "migration_id",
        string="Changes",
        readonly=True,
        help="One for each subscription.",
    )
    subscription_count = fields.Integer(
        compute="_compute_preview", help="Subscriptions that would be moved."
    )
    mrr_delta = fields.Monetary(
        string="MRR Difference",
        compute="_compute_preview",
        help="By how much the monthly recurring revenue changes.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    change_count = fields.Integer(
        compute="_compute_change_count", help="Changes that are arranged or made."
    )

    @api.depends("plan_id", "new_plan_id")
    def _compute_display_name(self):
        for migration in self:
            migration.display_name = (
                f"{migration.plan_id.name} → {migration.new_plan_id.name}"
            )

    @api.depends("change_ids.state")
    def _compute_change_count(self):
        for migration in self:
            migration.change_count = len(
                migration.change_ids.filtered(lambda one: one.state != "undone")
            )

    @api.depends("plan_id", "new_plan_id", "company_id", "keep_price")
    def _compute_preview(self):
        for migration in self:
            found = migration._get_subscriptions()
            migration.subscription_count = len(found)
            migration.mrr_delta = sum(map(migration._get_mrr_delta, found))

    def _get_subscriptions(self):
        """Return the subscriptions that are not moved, or about to be, already."""
        self.ensure_one()
        if not (self.plan_id and self.new_plan_id):
            return self.env["sales.subscription"]
        moved = self.change_ids.filtered(lambda one: one.state != "undone")
        return self.env["sales.subscription"].search(
            Domain("plan_id", "=", self.plan_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", LIVE_STATES)
            & Domain("cancel_on", "=", False)
            & Domain("id", "not in", moved.subscription_id.ids),
            order="id",
        )

    def _get_mrr_delta(self, subscription):
        if subscription.state not in ("active", "past_due"):
            return 0.0
        months = self.new_plan_id._get_months()
        new = subscription._get_amount_on_plan(self.new_plan_id) / months
        delta = new - subscription.amount_untaxed / self.plan_id._get_months()
        if self.keep_price and delta > 0:
            return 0.0
        return subscription.currency_id._convert(
            delta, self.currency_id, self.company_id, subscription._get_today()
        )

    # === Actions === #

    def action_start(self):
        """Have the changes arranged by the scheduler, some at a time.

        :raise SubscriptionChangeError: if the plans have other rhythms
        """
        for migration in self:
            migration._check_plans()
            migration.sudo().state = "running"
            migration._log_event("subscription.migration_started")
        # sudo: only wakes the scheduler.
        self.env.ref("sales_subscription_plus.ir_cron_migrate").sudo()._trigger()

    def action_take_back(self):
        """Undo all changes that are not made yet."""
        for migration in self:
            migration.check_access("write")
            arranged = migration.change_ids.filtered(
                lambda one: one.state == "scheduled"
            )
            arranged.action_undo()
            migration.sudo().state = "cancelled"
            migration._log_event(
                "subscription.migration_cancelled", undone=len(arranged)
            )

    def _check_plans(self):
        self.ensure_one()
        old, new = self.plan_id, self.new_plan_id
        if self.state != "draft" or old == new:
            raise SubscriptionChangeError(
                self.env._("To Plan: choose another plan on a draft.")
            )
        if any(old[name] != new[name] for name in old._get_calendar_fields()):
            raise SubscriptionChangeError(
                self.env._(
                    "To Plan: %(plan)s has another calendar, so the days would move. "
                    "Choose one with the same.",
                    plan=new.name,
                )
            )

    # === Scheduler === #

    @api.model
    def _cron_migrate(self, limit=50):
        """Arrange the change of some subscriptions; the next pass goes on.

        :param int limit: subscriptions a pass
        """
        cron = self.env["ir.cron"]
        for migration in self.search([("state", "=", "running")], order="id"):
            found = migration._get_subscriptions()
            cron._commit_progress(remaining=len(found))
            for subscription in found[:limit]:
                migration._arrange(subscription)
                if not cron._commit_progress(1):
                    return
            if len(found) <= limit:
                migration.state = "arranged"

    def _arrange(self, subscription):
        """Arrange the change of one subscription and tell the customer."""
        at_end = self.effective == "renewal" and subscription.end_date
        change = self.env["sales.subscription.change"].create(
            {
                "subscription_id": subscription.id,
                "kind": "plan",
                "plan_id": self.new_plan_id.id,
                "source": "auto",
                "proration": "none",
                "migration_id": self.id,
                "keep_price": self.keep_price,
                "effective": "date" if at_end else "next_period",
                "date": (
                    fields.Date.add(subscription.end_date, days=1) if at_end else False
                ),
            }
        )
        change.action_confirm()
        if self.template_id:
            self.template_id.send_mail(subscription.id)
