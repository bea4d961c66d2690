import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class SalesDunningCase(models.Model):
    """A period whose payment failed, until it is paid or given up."""

    _name = "sales.dunning.case"
    _inherit = ["mail.thread", "sales.audit.mixin"]
    _description = "Dunning Case"
    _order = "id desc"
    _rec_name = "display_name"

    period_id = fields.Many2one(
        "sales.subscription.period",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Period that is not paid.",
    )
    subscription_id = fields.Many2one(
        related="period_id.subscription_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, precompute=True
    )
    move_id = fields.Many2one(related="period_id.move_id", string="Invoice")
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", string="Customer", store=True
    )
    policy_id = fields.Many2one(
        "sales.dunning.policy",
        readonly=True,
        ondelete="restrict",
        help="What is done day by day.",
    )
    opened_on = fields.Date(
        required=True, readonly=True, help="The day the first payment failed."
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("paid", "Paid"),
            ("given_up", "Given up"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
        help="Given up when the subscription ends unpaid.",
    )
    is_open = fields.Boolean(
        compute="_compute_is_open", help="It is still waited for the payment."
    )
    new_token = fields.Boolean(
        readonly=True, help="The customer gave another payment method: charged next."
    )
    action_ids = fields.One2many(
        "sales.dunning.action",
        "case_id",
        string="Done",
        readonly=True,
        help="Steps that are done, each once.",
    )
    next_step_date = fields.Date(
        compute="_compute_next_step_date",
        store=True,
        index="btree_not_null",
        help="Day of the next step.",
    )
    amount_due = fields.Monetary(
        related="period_id.move_id.amount_residual", string="Amount Due"
    )
    currency_id = fields.Many2one(related="period_id.move_id.currency_id")

    # One case a period, also where two workers see the failure.
    _period_uniq = models.UniqueIndex(
        "(period_id) WHERE state = 'open'", "There is a case for this period already."
    )

    @api.depends("period_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = case.period_id.display_name

    @api.depends("state")
    def _compute_is_open(self):
        for case in self:
            case.is_open = case.state == "open"

    @api.depends("state", "opened_on", "policy_id.step_ids.day", "action_ids.step_id")
    def _compute_next_step_date(self):
        for case in self:
            left = case.policy_id.step_ids - case.action_ids.step_id
            days = left.mapped("day")
            case.next_step_date = (
                case.opened_on + timedelta(days=min(days))
                if case.state == "open" and days
                else False
            )

    # === From and to the charges === #

    @api.model
    def _open(self, period):
        """Open the case of a failed period, if there is none, and do today's steps."""
        case = self.search([("period_id", "=", period.id), ("state", "=", "open")])
        if not case:
            subscription = period.subscription_id
            policy = subscription.plan_id.dunning_policy_id
            policy = policy or policy._get_default(subscription.company_id)
            case = self.create(
                {
                    "period_id": period.id,
                    "policy_id": policy.id,
                    "opened_on": subscription._get_today(),
                }
            )
            case._log_event("subscription.dunning_opened")
            # sudo: only wakes the scheduler.
            self.env.ref("sales_subscription_plus.ir_cron_dunning").sudo()._trigger()
        return case

    @api.model
    def _close(self, period):
        """The period is paid: nothing more is sent."""
        cases = self.search([("period_id", "in", period.ids), ("state", "=", "open")])
        if cases:
            cases.write({"state": "paid"})
            cases._log_event("subscription.dunning_paid")

    def _retry_with_new_token(self):
        """Charge with the payment method the customer gave, without waiting."""
        cases = self.filtered("is_open")
        if cases:
            cases.write({"new_token": True})
            # sudo: only wakes the scheduler.
            self.env.ref("sales_subscription_plus.ir_cron_dunning").sudo()._trigger()

    # === Steps === #

    @api.model
    def _get_due_domain(self):
        subscriptions = self.env["sales.subscription"]
        due = Domain.OR(
            Domain("subscription_id.tz", "in", zones)
            & Domain("next_step_date", "<=", today)
            for today, zones in subscriptions._get_zones_by_date().items()
        )
        return Domain("state", "=", "open") & (due | Domain("new_token", "=", True))

    @api.model
    def _cron_dunning(self, limit=50):
        """Do the steps that are due, each once; one case stops none of the others.

        :param int limit: cases a pass
        """
        domain = self._get_due_domain()
        cron = self.env["ir.cron"]
        cases = self.search(domain, limit=limit, order="id")
        cron._commit_progress(remaining=self.search_count(domain))
        for case in cases:
            case._work_safely(domain)
            if not cron._commit_progress(1):
                return

    def _work_safely(self, domain):
        self.ensure_one()
        try:
            case = self.try_lock_for_update().filtered_domain(domain)
            if case:
                case._work()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Dunning %s failed", self)

    def _work(self):
        """Do all steps of today; a payment in between ends it."""
        if not self.period_id.is_owed:
            self.period_id._settle()
            return
        if self.new_token:
            self.new_token = False
            self.env["ir.cron"]._commit_progress()
            self.period_id._charge_safely()
        today = self.subscription_id._get_today()
        steps = self.policy_id.step_ids - self.action_ids.step_id
        for step in steps.sorted():
            due = self.opened_on + timedelta(days=step.day)
            if self.state == "open" and due <= today:
                self._do(step)

    def _do(self, step):
        """Enter that the step is done, then do it; the unique index lets one do it."""
        self.env["sales.dunning.action"].create(
            {"case_id": self.id, "step_id": step.id}
        )
        self.env.flush_all()
        getattr(self, f"_do_{step.action}")(step)
        # What is sent stays sent: not again because a later step breaks.
        self.env["ir.cron"]._commit_progress()

    def _do_retry(self, _step):
        period = self.period_id
        attempts = period.transaction_ids
        if len(attempts) >= self.policy_id.max_attempts:
            return
        last = attempts.sorted("sales_attempt_no")[-1:]
        tokens = self.subscription_id._get_tokens()
        if last.sales_decline_class == "hard" and not tokens - last.token_id:
            # No use until the customer gives another payment method.
            return
        self.env["ir.cron"]._commit_progress()
        period._charge_safely()

    def _do_mail(self, step):
        step.template_id.send_mail(self.id)

    def _do_activity(self, _step):
        self.subscription_id._tell(
            self.env._("%(period)s is not paid", period=self.period_id.display_name),
            self.env._("Call the customer."),
        )

    def _do_pause(self, _step):
        if self.subscription_id.state in ("active", "past_due"):
            self.subscription_id._pause_unpaid()

    def _do_cancel(self, _step):
        if self.subscription_id.state in ("active", "past_due", "paused"):
            self.subscription_id.write({"state": "cancelled"})
        self.state = "given_up"

    def _get_pay_url(self):
        """Return the link to pay the invoice, for mails."""
        self.ensure_one()
        return self.get_base_url() + self.move_id.get_portal_url()
