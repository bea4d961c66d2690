from odoo import fields, models


class ResCompany(models.Model):
    """Whether customers are told how far their returns are."""

    _inherit = "res.company"

    sales_return_mail = fields.Boolean(
        string="Tell Customers about Returns",
        default=True,
        help="A customer gets an e-mail when his return is requested, authorised, "
        "received, credited or refused.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_return_mail = fields.Boolean(
        related="company_id.sales_return_mail", readonly=False
    )
