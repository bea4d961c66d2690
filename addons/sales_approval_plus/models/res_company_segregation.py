from odoo import fields, models


class ResCompany(models.Model):
    """Segregation of duties, and the monthly report, are chosen by each company."""

    _inherit = "res.company"

    approval_segregation = fields.Boolean(
        string="Who Changes Policies Does Not Approve",
        help="Users who may change approval policies and roles are not asked, and their "
        "votes do not count. Name approvers who are no sales administrators first.",
        prefetch="sales_rare",
    )
    approval_report_monthly = fields.Boolean(
        string="Mail the Compliance Report",
        help="Auditors of the company get the compliance report of the last month on "
        "the first days of each month.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    approval_segregation = fields.Boolean(
        related="company_id.approval_segregation",
        readonly=False,
    )
    approval_report_monthly = fields.Boolean(
        related="company_id.approval_report_monthly",
        readonly=False,
    )
