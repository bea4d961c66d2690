from odoo import fields, models


class ResCompany(models.Model):
    """From when on somebody is told that a product is cancelled too often."""

    _inherit = "res.company"

    sales_cancel_alert_rate = fields.Float(
        string="Cancelled Too Often (%)",
        help="Somebody looks at a product when more of its order lines are cancelled. "
        "0: nobody is told.",
        prefetch="sales_rare",
    )
    sales_cancel_alert_days = fields.Integer(
        string="Within (days)",
        default=30,
        help="Orders of the last so many days count.",
        prefetch="sales_rare",
    )
    sales_cancel_alert_lines = fields.Integer(
        string="Of At Least",
        default=5,
        help="Products ordered less often are not looked at.",
        prefetch="sales_rare",
    )
    sales_cancel_alert_user_id = fields.Many2one(
        "res.users",
        string="Who Is Told",
        help="Empty: the responsible of the product.",
        prefetch="sales_rare",
    )

    _sales_cancel_alert = models.Constraint(
        "CHECK (sales_cancel_alert_rate BETWEEN 0 AND 100)",
        "Cancelled Too Often: enter 0 to 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_cancel_alert_rate = fields.Float(
        related="company_id.sales_cancel_alert_rate", readonly=False
    )
    sales_cancel_alert_days = fields.Integer(
        related="company_id.sales_cancel_alert_days", readonly=False
    )
    sales_cancel_alert_lines = fields.Integer(
        related="company_id.sales_cancel_alert_lines", readonly=False
    )
    sales_cancel_alert_user_id = fields.Many2one(
        related="company_id.sales_cancel_alert_user_id", readonly=False
    )
