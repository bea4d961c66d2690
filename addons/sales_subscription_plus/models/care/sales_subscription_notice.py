from odoo import fields, models

from .sales_subscription_reminder import EVENTS


class SalesSubscriptionNotice(models.Model):
    """That a customer is told of a day, once."""

    _name = "sales.subscription.notice"
    _inherit = ["sales.reminded.mixin"]
    _description = "Subscription Notice"
    _order = "id desc"
    _rec_name = "subscription_id"

    reminder_id = fields.Many2one(
        "sales.subscription.reminder",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="What is told.",
    )
    event = fields.Selection(related="reminder_id.event")
    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Whose customer is told.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    due_date = fields.Date(required=True, readonly=True, help="The day it is about.")
    sent_at = fields.Datetime(
        string="Sent",
        readonly=True,
        index=True,
        help="When it was sent; empty: it failed and is tried again until its day.",
    )

    _due_uniq = models.UniqueIndex(
        "(reminder_id, subscription_id, due_date)", "This was told already."
    )

    def _is_late(self):
        """Return whether it is of no use any more, or not true."""
        self.ensure_one()
        subscription, event = self.subscription_id, self.reminder_id.event
        if subscription.state not in EVENTS[event][1]:
            return True
        return event != "feedback" and self.due_date < subscription._get_today()

    def _remind(self):
        """Send it, unless somebody else does so just now or has done it."""
        self.ensure_one()
        if not self.try_lock_for_update() or self.sent_at:
            return
        self.sent_at = fields.Datetime.now()
        self.reminder_id._send(self.subscription_id, self.due_date)
