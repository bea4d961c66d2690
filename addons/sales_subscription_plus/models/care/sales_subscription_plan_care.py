from odoo import fields, models


class SalesSubscriptionPlan(models.Model):
    """What customers of the plan are told, and who else."""

    _inherit = "sales.subscription.plan"

    reminder_ids = fields.One2many(
        "sales.subscription.reminder",
        "plan_id",
        string="Reminders",
        copy=True,
        help="What customers are told before it happens.",
    )
    alert_customers = fields.Boolean(
        string="Tell of Changes",
        default=True,
        help="Customers get an e-mail when their subscription is changed, paused, "
        "resumed or cancelled, by whomever.",
    )
    webhook_action_ids = fields.Many2many(
        "ir.actions.server",
        string="Webhooks",
        domain=[
            ("model_id.model", "=", "sales.subscription"),
            ("state", "=", "webhook"),
        ],
        groups="base.group_system",
        help="Server actions that tell other systems of the same, after it is saved.",
    )
    low_rating = fields.Selection(
        selection=[("0", "Never"), ("1", "Unhappy"), ("3", "Unhappy or neutral")],
        string="Follow Up Ratings",
        required=True,
        default="1",
        help="From which rating on the salesperson gets an activity.",
    )
    auto_reward = fields.Boolean(
        string="Claim Rewards",
        help="Loyalty rewards a customer has the points for are put on the order of the "
        "period by themselves.",
    )
