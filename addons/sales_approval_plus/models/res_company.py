from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    approval_customer_status = fields.Boolean(
        string="Tell Customers of Reviews",
        default=True,
        help="Customers whose accepted order waits for approval see on its page and by "
        "e-mail that it is being reviewed, or that changes are needed. They never read "
        "why, nor who decides.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    approval_customer_status = fields.Boolean(
        related="company_id.approval_customer_status",
        readonly=False,
        help="Whether customers are told that their order is being reviewed.",
    )
