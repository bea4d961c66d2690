from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sales_subscription_plan import CALENDAR_FIELDS


class SalesSubscriptionPlan(models.Model):
    """What products cost on the plan, and which plans may follow it."""

    _inherit = "sales.subscription.plan"

    family_id = fields.Many2one(
        "sales.plan.family",
        index="btree_not_null",
        ondelete="restrict",
        help="Customers change between plans of one family.",
    )
    tier_rank = fields.Integer(
        string="Rank",
        help="Higher ranks are upgrades and made at once; lower ones are made with the "
        "next period where the customer chooses.",
    )
    allowed_plan_ids = fields.Many2many(
        "sales.subscription.plan",
        "sales_plan_switch_rel",
        "plan_id",
        "other_id",
        string="May Change To",
        domain="[('family_id', '=', family_id), ('id', '!=', id)]",
        help="Plans of the family that may follow; empty: all of them.",
    )
    features = fields.Html(
        translate=True, help="What is in the plan, as customers read it."
    )
    proration_mode = fields.Selection(
        selection=[
            ("immediate", "At once, on an order of its own"),
            ("next_invoice", "With the next period"),
            ("none", "Not at all"),
        ],
        string="Changes Within a Period",
        required=True,
        default="immediate",
        help="How the days left of a period billed already are settled when something "
        "changes: the old price is credited, the new one charged, to the day.",
    )
    price_ids = fields.One2many(
        "sales.plan.price",
        "plan_id",
        string="Prices",
        copy=True,
        help="Prices of products on the plan; others cost what the pricelist says.",
    )
    season_ids = fields.One2many(
        "sales.subscription.season",
        "plan_id",
        string="Seasons",
        copy=True,
        help="Months in which more, less or nothing is sold.",
    )

    @api.constrains("allowed_plan_ids", "family_id")
    def _check_allowed_plans(self):
        for plan in self:
            strangers = plan.allowed_plan_ids.filtered(
                lambda other, family=plan.family_id: other.family_id != family
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "May Change To: %(plan)s is of another family.",
                        plan=strangers[0].display_name,
                    )
                )

    def _get_switch_plans(self):
        """Return the plans that may follow this one."""
        self.ensure_one()
        if not self.family_id:
            return self.browse()
        return (self.allowed_plan_ids or self.family_id.plan_ids) - self

    @api.model
    def _get_calendar_fields(self):
        """Return the names of what makes the rhythm."""
        return CALENDAR_FIELDS
