from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ..sales_subscription_state import BILLED_STATES, LIVE_STATES

# {event: (field with its day, states in which it is told)}
EVENTS = {
    "billing": ("next_billing_date", ("trial", *BILLED_STATES)),
    "renewal": ("end_date", (*BILLED_STATES, "paused")),
    "trial": ("trial_until", ("trial",)),
    "change": ("next_change_date", LIVE_STATES),
    "feedback": ("current_start", BILLED_STATES),
}
# Days in which a question for feedback is still asked.
FEEDBACK_DAYS = 30


class SalesSubscriptionReminder(models.Model):
    """What customers of a plan are told before it happens, each time once."""

    _name = "sales.subscription.reminder"
    _description = "Subscription Reminder"
    _order = "plan_id, event, days desc, id"
    _rec_name = "event"

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="Plan whose customers are reminded.",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    active = fields.Boolean(default=True, help="Archived reminders remind nobody.")
    event = fields.Selection(
        selection=[
            ("billing", "Next delivery or billing"),
            ("renewal", "End of the term"),
            ("trial", "End of the trial"),
            ("change", "A change that is arranged"),
            ("feedback", "Feedback after a period began"),
        ],
        required=True,
        default="billing",
        help="What is told.",
    )
    days = fields.Integer(
        required=True,
        default=7,
        help="Days before, for feedback days after; counted where the customer lives.",
    )
    every_periods = fields.Integer(
        required=True,
        default=3,
        help="Feedback is asked for in each such period: 3 asks in the third, the "
        "sixth, and so on.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        required=True,
        compute="_compute_mail_template_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("model", "=", "sales.subscription")],
        ondelete="restrict",
        help="Sent in the language of the customer.",
    )
    sms_text = fields.Char(
        string="SMS",
        translate=True,
        size=480,
        help="Sent besides, to customers with a phone number. {number}, {date} and "
        "{link} stand for the subscription, the day and its page.",
    )
    notice_ids = fields.One2many(
        "sales.subscription.notice",
        "reminder_id",
        readonly=True,
        help="What was sent.",
    )

    _days_positive = models.Constraint(
        "CHECK(days BETWEEN 0 AND 365 AND every_periods > 0)",
        "Days: give 0 to 365. Every Periods: give 1 or more.",
    )

    @api.depends("event")
    def _compute_mail_template_id(self):
        for reminder in self:
            name = f"sales_subscription_plus.mail_template_{reminder.event}"
            reminder.mail_template_id = self.env.ref(name, raise_if_not_found=False)

    @api.constrains("sms_text")
    def _check_sms(self):
        if any(self.mapped("sms_text")) and "sms.sms" not in self.env:
            raise ValidationError(
                self.env._("SMS: this database cannot send any. Leave it empty.")
            )

    # === Cron === #

    @api.model
    def _cron_reminders(self):
        """Enter what is due, then send what is entered: each once, whoever fails."""
        for reminder in self.search([("active", "=", True)]):
            reminder._enter_due()
        notices = self.env["sales.subscription.notice"]
        waiting = notices.search([("sent_at", "=", False)], order="id")
        waiting.filtered(lambda notice: not notice._is_late())._remind_each()

    def _enter_due(self):
        """Enter the notices that are due and not entered yet."""
        self.ensure_one()
        found = self.env["sales.subscription"].search(self._get_due_domain())
        if self.event == "feedback":
            found = found.filtered(self._is_feedback_due)
        known = {
            (notice.subscription_id, notice.due_date)
            for notice in self.env["sales.subscription.notice"].search(
                [("reminder_id", "=", self.id), ("subscription_id", "in", found.ids)]
            )
        }
        field = EVENTS[self.event][0]
        self.env["sales.subscription.notice"].create(
            [
                {
                    "reminder_id": self.id,
                    "subscription_id": subscription.id,
                    "due_date": subscription[field],
                }
                for subscription in found
                if (subscription, subscription[field]) not in known
            ]
        )

    def _get_due_domain(self):
        """Return the subscriptions whose day is near, where each customer lives."""
        field, states = EVENTS[self.event]
        domain = (
            Domain("plan_id", "=", self.plan_id.id)
            & Domain("state", "in", states)
            & self._get_days_domain(field)
        )
        if self.event == "renewal":
            domain &= Domain("cancel_on", "=", False)
        return domain

    def _get_days_domain(self, field):
        """Return where ``field`` lies in the days that count, zone by zone."""
        after = self.event == "feedback"
        early = -FEEDBACK_DAYS - self.days if after else 0
        late = -self.days if after else self.days
        now, zones_by_date = fields.Datetime.now(), defaultdict(list)
        for [tz] in self.env["sales.subscription"]._read_group(
            [("plan_id", "=", self.plan_id.id)], groupby=["tz"]
        ):
            zones_by_date[get_local(now, tz).date()].append(tz)
        return Domain.OR(
            Domain("tz", "in", zones)
            & Domain(field, ">=", today + timedelta(days=early))
            & Domain(field, "<=", today + timedelta(days=late))
            for today, zones in zones_by_date.items()
        )

    def _is_feedback_due(self, subscription):
        """Return whether it is the turn of the period, and its goods have arrived."""
        number = subscription.period_no
        if not number or number % self.every_periods:
            return False
        period = subscription.period_ids.filtered(
            lambda row: row.kind == "regular" and row.period_no == number
        )
        return period.order_id.delivery_status in (False, "full")

    # === Sending === #

    def _send(self, subscription, due_date):
        """Send the e-mail, and the SMS if there is one."""
        self.ensure_one()
        subscription.message_post_with_source(
            self.mail_template_id,
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
        )
        partner = subscription.partner_id
        if self.sms_text and partner.phone:
            text = self.with_context(lang=partner.lang)._get_sms_text(
                subscription, due_date
            )
            subscription._message_sms(text, partner_ids=partner.ids, put_in_queue=True)

    def _get_sms_text(self, subscription, due_date):
        """Return the text for one subscription; only these three words are replaced."""
        text = self.sms_text
        for word, value in {
            "{number}": subscription.name,
            "{date}": fields.Date.to_string(due_date),
            "{link}": subscription.get_base_url() + subscription.get_portal_url(),
        }.items():
            text = text.replace(word, value)
        return text
