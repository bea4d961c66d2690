from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..seam.moments import get_local


class SalesReminderRule(models.Model):
    """When customers are reminded of their quotations, and salespeople of customers.

    Each rule gives each quotation days on which it is due. A run acts on the latest of
    them that has come, once: a log row per quotation, rule and day is the memory.
    """

    _name = "sales.reminder.rule"
    _description = "Quotation Reminder"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="Shown in the log.")
    active = fields.Boolean(default=True, help="Archived rules remind nobody.")
    sequence = fields.Integer(default=10, help="Order in which the rules are applied.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Quotations of this company.",
    )
    kind = fields.Selection(
        selection=[
            ("before_expiry", "Before it expires"),
            ("after_send", "After it was sent"),
            ("after_view", "After it was viewed"),
        ],
        required=True,
        default="before_expiry",
        help="What the days are counted from.",
    )
    days = fields.Integer(
        default=3,
        required=True,
        help="Days before the validity ends, or after it was sent or viewed last.",
    )
    max_count = fields.Integer(
        string="At Most",
        default=1,
        required=True,
        help="How many reminders of this rule a revision gets; the next ones follow "
        "after the same number of days. Before expiry there is only one.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail to the Customer",
        domain=[("model", "=", "sale.order")],
        help="Sent in the language of the customer; empty: no e-mail.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        domain="['|', ('res_model', '=', False), ('res_model', '=', 'sale.order')]",
        help="Put on the desk of the salesperson; empty: no activity.",
    )
    activity_note = fields.Char(translate=True, help="What the salesperson should do.")
    sms_text = fields.Char(
        string="SMS to the Customer",
        translate=True,
        size=480,
        help="Sent in the language of the customer; empty: no SMS. {number}, {date} "
        "and {link} stand for the quotation, the end of its validity and its page.",
    )
    exclude_partner_ids = fields.Many2many(
        "res.partner",
        string="Except Customers",
        help="These and their contacts are never reminded by this rule.",
    )
    exclude_tag_ids = fields.Many2many(
        "res.partner.category",
        string="Except Tags",
        help="Customers with one of these tags are never reminded by this rule.",
    )
    log_count = fields.Integer(
        compute="_compute_log_count", help="How often the rule has reminded."
    )

    _days_positive = models.Constraint(
        "CHECK (days >= 0)", "Days: give 0 or more, the kind says before or after."
    )
    _max_count_positive = models.Constraint(
        "CHECK (max_count BETWEEN 1 AND 20)", "At Most: give a number from 1 to 20."
    )
    _does_something = models.Constraint(
        "CHECK (mail_template_id IS NOT NULL OR activity_type_id IS NOT NULL "
        "OR sms_text IS NOT NULL)",
        "E-mail to the Customer, SMS to the Customer, Activity: choose at least one.",
    )

    def _compute_log_count(self):
        groups = self.env["sales.reminder.log"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
        )
        counts = {rule.id: count for rule, count in groups}
        for rule in self:
            rule.log_count = counts.get(rule.id, 0)

    def action_view_log(self):
        """Open what this rule has done.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_reminder_log_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action

    # === What is due === #

    def _get_candidates_domain(self):
        """Quotations that wait for the customer: no answer, no signature, no hold."""
        self.ensure_one()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "sent")
            & Domain("quotation_status", "!=", "expired")
            & Domain("customer_response", "in", ("none", "question"))
            & Domain("signed_on", "=", False)
            & Domain("hold_since", "=", False)
            & Domain("sent_on", "!=", False)
        )
        if self.exclude_partner_ids:
            domain &= ~Domain("partner_id", "child_of", self.exclude_partner_ids.ids)
        if self.exclude_tag_ids:
            domain &= ~Domain("partner_id.category_id", "in", self.exclude_tag_ids.ids)
        return domain

    def _get_due_date(self, order, today):
        """Return the latest day the quotation was due on, or None."""
        self.ensure_one()
        if order.validity_date and order.validity_date < today:
            return None
        if self.kind == "before_expiry":
            return self._get_due_before_expiry(order, today)
        base = self._get_base_date(order)
        if not base or today < base + timedelta(max(self.days, 0)):
            return None
        count = (today - base).days // self.days if self.days else 1
        return base + timedelta(self.days * min(count, self.max_count))

    def _get_due_before_expiry(self, order, today):
        if not order.validity_date:
            return None
        due = order.validity_date - timedelta(self.days)
        return due if due <= today else None

    def _get_base_date(self, order):
        moment = order.sent_on
        if self.kind == "after_view":
            if not order._is_viewed():
                return None
            moment = order.last_viewed_on
        return get_local(moment, order.company_id.partner_id.tz).date()

    # === Cron === #

    @api.model
    def _cron_send_reminders(self):
        """Remind of each quotation that is due, each in a transaction of its own."""
        cron = self.env["ir.cron"]
        due = self.search([("active", "=", True)])._get_due()
        cron._commit_progress(remaining=len(due))
        for rule, order, date in due:
            # First query of the transaction: sees what other workers committed.
            locked = order.try_lock_for_update(allow_referencing=True)
            if locked and not rule._is_logged(order, date):
                rule._remind(order, date)
            if not cron._commit_progress(1):
                return

    def _get_due(self):
        """Return [(rule, order, date)] of the reminders that are due and not done."""
        due = []
        for rule in self:
            today = self.env["sale.order"]._get_document_today(rule.company_id)
            orders = self.env["sale.order"].search(rule._get_candidates_domain())
            done = rule._get_done(orders)
            for order in orders:
                date = rule._get_due_date(order, today)
                if date and (order.id, date) not in done:
                    due.append((rule, order, date))
        return due

    def _get_done(self, orders):
        logs = self.env["sales.reminder.log"].search_fetch(
            self._get_done_domain(orders), ["order_id", "due_date"]
        )
        return {(log.order_id.id, log.due_date) for log in logs}

    def _get_done_domain(self, orders):
        return (
            Domain("rule_id", "in", self.ids)
            & Domain("order_id", "in", orders.ids)
            & Domain("state", "=", "done")
        )

    def _is_logged(self, order, date):
        domain = self._get_done_domain(order) & Domain("due_date", "=", date)
        return bool(self.env["sales.reminder.log"].search_count(domain, limit=1))

    def _remind(self, order, date):
        """Remind once; a failure is logged, tried again, and stops nobody else."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._log_reminder(order, date, "done", "")
                self._send_reminder(order)
        except Exception as error:  # noqa: BLE001 one order must not stop the others
            self._log_reminder(order, date, "failed", str(error))

    def _send_reminder(self, order):
        if self.mail_template_id:
            order.message_post_with_source(
                self.mail_template_id,
                email_layout_xmlid=(
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                subtype_xmlid="mail.mt_comment",
            )
        if self.sms_text:
            self._send_sms(order)
        if self.activity_type_id:
            user = order.user_id or order.team_id.user_id or order.create_uid
            order.activity_schedule(
                activity_type_id=self.activity_type_id.id,
                summary=self.name,
                note=self.activity_note or "",
                user_id=user.id,
            )

    def _log_reminder(self, order, date, state, error):
        """Write the log row; a second one for the same day only replaces a failure."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_reminder_log
                    (order_id, rule_id, company_id, revision, due_date, date, state,
                     error, create_uid, create_date)
                VALUES (%(order)s, %(rule)s, %(company)s, %(revision)s, %(due)s, %(now)s,
                        %(state)s, %(error)s, %(uid)s, %(now)s)
                ON CONFLICT (order_id, rule_id, due_date) DO UPDATE
                SET state = EXCLUDED.state, error = EXCLUDED.error, date = EXCLUDED.date
                WHERE sales_reminder_log.state = 'failed'
                RETURNING id
                """,
                order=order.id,
                rule=self.id,
                company=order.company_id.id,
                revision=order.revision_number,
                due=date,
                now=fields.Datetime.now(),
                state=state,
                error=error[:500] or None,
                uid=self.env.uid,
            )
        )
        self.env["sales.reminder.log"].invalidate_model()
