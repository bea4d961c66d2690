from odoo import api, fields, models

from ..exceptions import SubscriptionLockedError
from .grants import may_bill
from .res_partner import SUBSCRIPTION_GROUPS


class SalesBillingLineMixin(models.AbstractModel):
    """Lines of orders and of invoices: what they bill of a subscription.

    It is set when a period is billed, by code alone.
    """

    _name = "sales.billing.line.mixin"
    _description = "Line That Bills a Subscription"

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
        string="Billed Period No.",
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
        help="Number of the period that is billed here.",
    )
    sales_period_price = fields.Float(
        string="Price of the Period",
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
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
    def _get_billing_fields(self):
        """Return the names of the fields that say what is billed."""
        return {"sales_subscription_line_id", "sales_period_no", "sales_period_price"}

    @api.model
    def _check_billed_by_code(self, vals):
        """What a line bills of a subscription is no matter of opinion."""
        if may_bill():
            return
        for name in self._get_billing_fields():
            if vals.get(name):
                raise SubscriptionLockedError(
                    self.env._(
                        "%(field)s: set when a period is billed, cannot be set by "
                        "hand. Change the subscription instead.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
