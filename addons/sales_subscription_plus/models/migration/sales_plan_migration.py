from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import PlanMigrationError
from ..care.alerting import holding_alerts
from ..sales_subscription_state import LIVE_STATES


class SalesPlanMigration(models.Model):
    """Many subscriptions move to another plan; until they have moved it can be undone."""

    _name = "sales.plan.migration"
    _description = "Migration of a Plan"
    _order = "id desc"
    _rec_name = "display_name"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="From Plan",
        required=True,
        check_company=True,
        ondelete="restrict",
        index=True,
        help="Plan whose subscriptions move.",
    )
    new_plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="To Plan",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('id', '!=', plan_id)]",
        help="Plan they go on with. Its calendar has to be the same.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Only subscriptions of this company move.",
    )
    domain = fields.Char(
        string="Which",
        default="[]",
        help="Only those of the plan's subscriptions that match; empty: all.",
    )
    effective = fields.Selection(
        selection=[
            ("next_period", "With the next period"),
            ("renewal", "With the next term"),
            ("date", "On a day"),
        ],
        required=True,
        default="renewal",
        help="When each of them moves; without a term, with the next period.",
    )
    date = fields.Date(help="First day on the new plan.")
    keep_prices = fields.Boolean(
        string="Protect Prices",
        help="Lines keep the unit prices they have; otherwise those of the new plan hold.",
    )
    notify = fields.Boolean(
        string="Tell the Customers",
        default=True,
        help="Each customer gets an e-mail when the move is arranged.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("running", "Being arranged"),
            ("done", "Arranged"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        help="Until its day each move can be undone; cancelling undoes all that have "
        "not been made.",
    )
    change_ids = fields.One2many(
        "sales.subscription.change",
        "migration_id",
        string="Moves",
        readonly=True,
        help="What is arranged for each subscription.",
    )
    subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_preview", help="How many would move."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    mrr_delta = fields.Monetary(
        string="Change of MRR",
        compute="_compute_preview",
        help="What the move makes of the monthly recurring revenue.",
    )
    made_count = fields.Integer(
        compute="_compute_counts", help="Subscriptions that have moved."
    )
    arranged_count = fields.Integer(
        compute="_compute_counts", help="Subscriptions whose move is arranged."
    )
    failed_count = fields.Integer(
        string="Left Out",
        readonly=True,
        copy=False,
        help="Subscriptions whose move was refused; the reason is on their chatter.",
    )

    _check_plans = models.Constraint(
        "CHECK(plan_id != new_plan_id)", "To Plan: choose another plan than From Plan."
    )

    @api.depends("plan_id", "new_plan_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.plan_id.name} → {one.new_plan_id.name}"

    # === Preview === #

    @api.depends(
        "plan_id", "new_plan_id", "domain", "keep_prices", "company_id", "state"
    )
    def _compute_preview(self):
        for migration in self:
            found = migration._get_subscriptions()
            migration.subscription_count = len(found)
            migration.mrr_delta = sum(
                migration._get_mrr_delta(one) for one in found if migration.new_plan_id
            )

    @api.depends("change_ids.state")
    def _compute_counts(self):
        for migration in self:
            states = migration.change_ids.mapped("state")
            migration.made_count = states.count("applied")
            migration.arranged_count = states.count("scheduled")

    def _get_subscriptions(self):
        """Return those that would move and have no move arranged yet."""
        self.ensure_one()
        if not self.plan_id:
            return self.env["sales.subscription"]
        domain = (
            Domain("plan_id", "=", self.plan_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", LIVE_STATES)
            & Domain(self.env["sales.subscription"]._parse_domain(self.domain))
        )
        known = self.change_ids.subscription_id
        return self.env["sales.subscription"].search(domain, order="id") - known

    def _get_mrr_delta(self, subscription):
        """Return what the move makes of the revenue, in the company's currency."""
        before = subscription.amount_untaxed
        if self.keep_prices or not before:
            return 0.0
        after = sum(
            self._get_amount_after(line)
            for line in subscription.line_ids.filtered(lambda one: not one.is_usage)
        )
        # Discounts granted, and what a month is, weigh on both alike.
        delta = subscription.mrr_currency * (after - before) / before
        return subscription._get_company_amount(subscription.currency_id.round(delta))

    def _get_amount_after(self, line):
        """Return what a period of the line costs on the new plan, without taxes."""
        subscription, quantity = line.subscription_id, line.quantity
        price = self.new_plan_id.price_ids._find(
            self.new_plan_id, line.product_id, line.currency_id
        )
        if price:
            unit = price._rate(quantity) / quantity
        else:
            unit = subscription.pricelist_id._get_product_price(
                line.product_id,
                quantity,
                uom=line.product_uom_id,
                currency=line.currency_id,
            )
        if not line.price_unit:
            return unit * quantity * (1 - line.discount / 100)
        return line.price_subtotal * unit / line.price_unit

    def action_view_subscriptions(self):
        """Open the subscriptions that would move, or have.

        :return: window action
        """
        self.ensure_one()
        found = self._get_subscriptions() | self.change_ids.subscription_id
        return found._get_view_action()

    # === Run === #

    def action_start(self):
        """Have the moves arranged in the background.

        :raise PlanMigrationError: if the calendars differ, or nothing would move
        """
        for migration in self:
            migration.check_access("write")
            migration._check_start()
            migration.state = "running"
        # sudo: only wakes the scheduler.
        self.env.ref("sales_subscription_plus.ir_cron_migrate").sudo()._trigger()

    def _check_start(self):
        old, new = self.plan_id, self.new_plan_id
        reason = False
        if self.state != "draft":
            reason = self.env._("Status: it is started already.")
        elif any(old[name] != new[name] for name in old._get_calendar_fields()):
            reason = self.env._(
                "To Plan: it is billed on other days. Choose one with the same calendar."
            )
        elif self.effective == "date" and not self.date:
            reason = self.env._("Date: say from which day on.")
        elif not self._get_subscriptions():
            reason = self.env._("Which: no running subscription matches.")
        if reason:
            raise PlanMigrationError(f"{self.display_name}: {reason}")

    def action_cancel(self):
        """Undo the moves that have not been made yet."""
        for migration in self:
            migration.check_access("write")
            arranged = migration.change_ids.filtered(
                lambda one: one.state == "scheduled"
            )
            arranged.action_undo()
            migration.state = "cancelled"

    @api.model
    def _cron_migrate(self, limit=100):
        """Arrange the moves of the migrations that run, each in its own transaction.

        :param int limit: subscriptions a pass
        """
        cron = self.env["ir.cron"]
        for migration in self.search([("state", "=", "running")], order="id"):
            left = migration._get_subscriptions()
            cron._commit_progress(remaining=len(left))
            for subscription in left[:limit]:
                locked = subscription.try_lock_for_update()
                if locked and locked.plan_id == migration.plan_id:
                    migration._arrange(locked)
                if not cron._commit_progress(1):
                    return
            if len(left) <= limit:
                migration.state = "done"
            cron._commit_progress(remaining=max(len(left) - limit, 0))

    def _arrange(self, subscription):
        """Arrange the move of one; what is refused is told and stops no other."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                change = self.env["sales.subscription.change"].create(
                    self._prepare_change_vals(subscription)
                )
                if self.notify:
                    change.action_confirm()
                else:
                    with holding_alerts():
                        change.action_confirm()
        except Exception as error:  # noqa: BLE001 one refusal must not stop the others
            self.failed_count += 1
            self.env["sales.subscription.change"].create(
                {
                    **self._prepare_change_vals(subscription),
                    "reason": str(error)[:500],
                    "state": "draft",
                }
            ).sudo().state = "undone"
            subscription._tell(self.env._("Migration left out"), str(error))

    def _prepare_change_vals(self, subscription):
        effective, date = self.effective, self.date
        if effective == "renewal":
            end = subscription.end_date
            effective = "date" if end else "next_period"
            date = end and end + timedelta(days=1)
        return {
            "subscription_id": subscription.id,
            "migration_id": self.id,
            "kind": "plan",
            "plan_id": self.new_plan_id.id,
            "effective": effective,
            "date": date,
            "source": "auto",
            "reason": self.display_name,
        }
