from odoo import api, fields, models

from ...exceptions import SubscriptionLockedError
from ..grants import may_bill
from ..res_partner import SUBSCRIPTION_GROUPS

BILLING_FIELDS = (
    "sales_period_id",
    "sales_period_no",
    "sales_period_price",
    "sales_subscription_line_id",
)


class AccountMoveLine(models.Model):
    """Invoice lines that bill a period without an order, as order lines do."""

    _inherit = "account.move.line"

    sales_period_id = fields.Many2one(
        "sales.subscription.period",
        string="Billed Period",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=SUBSCRIPTION_GROUPS,
        help="Period of a subscription that is billed here without an order.",
    )
    sales_subscription_line_id = fields.Many2one(
        "sales.subscription.line",
        string="Subscription Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=SUBSCRIPTION_GROUPS,
        help="Line of a subscription that is billed here.",
    )
    sales_period_no = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        groups=SUBSCRIPTION_GROUPS,
        help="Number of the period that is billed here.",
    )
    sales_period_price = fields.Float(
        readonly=True,
        copy=False,
        aggregator=None,
        groups=SUBSCRIPTION_GROUPS,
        help="Price of the full period, of which this may be a part.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_billed_by_code(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_billed_by_code(vals)
        return super().write(vals)

    @api.model
    def _check_billed_by_code(self, vals):
        """What an invoice line bills of a subscription is no matter of opinion."""
        if not may_bill() and any(vals.get(name) for name in BILLING_FIELDS):
            raise SubscriptionLockedError(
                self.env._(
                    "Billed Period: set when a period is billed, cannot be set by "
                    "hand. Change the subscription instead."
                )
            )
