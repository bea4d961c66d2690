from odoo import api, fields, models

from ..res_partner import SUBSCRIPTION_GROUPS


class AccountMoveLine(models.Model):
    """Invoice lines that bill a period without an order, as order lines do."""

    _name = "account.move.line"
    # The mixin first: it looks at values before Odoo leaves out what is the same.
    _inherit = ["sales.billing.line.mixin", "account.move.line"]

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

    @api.model
    def _get_billing_fields(self):
        return super()._get_billing_fields() | {"sales_period_id"}
