from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    sales_channel_id = fields.Many2one(
        "sales.channel",
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Where the invoiced order came from.",
    )
    project_code = fields.Char(
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Project of the customer that the invoiced order is for.",
    )
