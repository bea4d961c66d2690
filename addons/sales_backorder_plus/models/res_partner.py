from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    backorder_mail_off = fields.Boolean(
        string="No E-Mails About Backorders",
        groups="base.group_user",
        help="The customer does not want to be told what is short, and when it comes.",
        prefetch="sales_rare",
    )
