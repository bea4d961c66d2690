from odoo import fields, models


class ResCompany(models.Model):
    """How strict a company is about cancelling confirmed orders."""

    _inherit = "res.company"

    sales_cancel_control = fields.Boolean(
        string="Cancellation Control",
        help="Confirmed orders are cancelled only with a reason, through a cancellation "
        "that shows its consequences, credits what is invoiced and can need approval; "
        "what is delivered is not cancelled but returned.",
        prefetch="sales_rare",
    )
    sales_cancel_reason_id = fields.Many2one(
        "sales.cancel.reason",
        string="Usual Cancellation Reason",
        help="Taken where orders are cancelled without one, as by programs. Empty: a "
        "reason is asked for where cancellations are controlled.",
        prefetch="sales_rare",
    )
    sales_cancel_mail = fields.Boolean(
        string="Cancellation Mails",
        default=True,
        help="Customers are told by mail what of their confirmed orders is cancelled, "
        "and what becomes of their wishes to cancel.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_cancel_control = fields.Boolean(
        related="company_id.sales_cancel_control", readonly=False
    )
    sales_cancel_reason_id = fields.Many2one(
        related="company_id.sales_cancel_reason_id", readonly=False
    )
    sales_cancel_mail = fields.Boolean(
        related="company_id.sales_cancel_mail", readonly=False
    )
