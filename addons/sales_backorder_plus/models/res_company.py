from odoo import api, fields, models


class ResCompany(models.Model):
    """What a company decides about its backorders; nothing of it is set at first."""

    _inherit = "res.company"

    sales_backorder_notify = fields.Boolean(
        string="Tell Customers About Backorders",
        help="Customers get an e-mail when something is short, when its date moves, "
        "when it is there and when it is cancelled; at most one a day for each order.",
    )
    sales_backorder_notice_days = fields.Integer(
        string="Days of a New Date",
        default=3,
        help="A new date is told when it differs by as many days from the last one "
        "the customer was told.",
    )
    sales_backorder_mail_rest = fields.Boolean(
        string="Say What Remains",
        compute="_compute_sales_backorder_mail_rest",
        inverse="_inverse_sales_backorder_mail_rest",
        help="The e-mail about a delivery lists what was shipped and what is still to "
        "come, with its date.",
    )

    _notice_days_positive = models.Constraint(
        "CHECK(sales_backorder_notice_days >= 0)",
        "Days of a New Date: give a number of 0 or more.",
    )

    @api.depends("stock_move_email_validation", "stock_mail_confirmation_template_id")
    def _compute_sales_backorder_mail_rest(self):
        ours = self._get_rest_template()
        for company in self:
            company.sales_backorder_mail_rest = (
                company.stock_move_email_validation
                and company.stock_mail_confirmation_template_id == ours
            )

    def _inverse_sales_backorder_mail_rest(self):
        """Ours is one of Odoo's templates for deliveries: it is chosen like any."""
        ours = self._get_rest_template()
        plain = self.env.ref("stock.mail_template_data_delivery_confirmation")
        for company in self:
            template = company.stock_mail_confirmation_template_id
            if company.sales_backorder_mail_rest:
                company.stock_move_email_validation = True
                company.stock_mail_confirmation_template_id = ours
            elif template == ours:
                company.stock_mail_confirmation_template_id = plain

    @api.model
    def _get_rest_template(self):
        name = "sales_backorder_plus.mail_template_delivery_rest"
        return self.env.ref(name, raise_if_not_found=False)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_backorder_notify = fields.Boolean(
        related="company_id.sales_backorder_notify", readonly=False
    )
    sales_backorder_notice_days = fields.Integer(
        related="company_id.sales_backorder_notice_days", readonly=False
    )
    sales_backorder_mail_rest = fields.Boolean(
        related="company_id.sales_backorder_mail_rest", readonly=False
    )
