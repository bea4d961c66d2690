from odoo import api, fields, models

from .sales_backorder_choice import CHOICES
from .sales_shipment_cost import METHODS

# Answers that need nothing but a decision.
DEFAULTS = [choice for choice in CHOICES if choice[0] != "substitute"]


class ResCompany(models.Model):
    """What a company decides about its backorders; nothing of it is set at first."""

    _inherit = "res.company"

    sales_backorder_notify = fields.Boolean(
        string="Tell Customers About Backorders",
        help="Customers get an e-mail when something is short, when its date moves, "
        "when it is there and when it is cancelled; at most one a day for each order.",
        prefetch="sales_rare",
    )
    sales_backorder_notice_days = fields.Integer(
        string="Days of a New Date",
        default=3,
        help="A new date is told when it differs by as many days from the last one "
        "the customer was told.",
        prefetch="sales_rare",
    )
    sales_backorder_procure = fields.Boolean(
        string="Buy What Is Short",
        help="Once a day, what is short and not on its way is requested from its vendor.",
        prefetch="sales_rare",
    )
    sales_backorder_ask = fields.Boolean(
        string="Let Customers Choose",
        help="On the page of their order customers say whether they wait for what is "
        "short, take a substitute or cancel it.",
        prefetch="sales_rare",
    )
    sales_backorder_undo_hours = fields.Integer(
        string="Hours to Undo",
        default=1,
        help="So long a customer may take his choice back before it is carried out.",
        prefetch="sales_rare",
    )
    sales_backorder_answer_days = fields.Integer(
        string="Days to Answer",
        default=3,
        help="A customer who is to be asked has so many days; then the setting decides.",
        prefetch="sales_rare",
    )
    sales_backorder_default = fields.Selection(
        selection=DEFAULTS,
        string="Without an Answer",
        default="wait",
        help="What happens to what is short if a customer who was asked did not answer.",
        prefetch="sales_rare",
    )
    sales_freight_method = fields.Selection(
        selection=METHODS,
        string="Share Freight By",
        default="weight",
        help="How the cost of a delivery is shared over its lines.",
        prefetch="sales_rare",
    )
    sales_freight_charge = fields.Selection(
        selection=[("each", "Each delivery"), ("first", "Only the first delivery")],
        string="Charge Freight For",
        default="each",
        help="Which deliveries of an order the customer pays the real freight of.",
        prefetch="sales_rare",
    )
    sales_backorder_mail_rest = fields.Boolean(
        string="Say What Remains",
        compute="_compute_sales_backorder_mail_rest",
        inverse="_inverse_sales_backorder_mail_rest",
        help="The e-mail about a delivery lists what was shipped and what is still to "
        "come, with its date.",
    )

    _notice_days_positive = models.Constraint(
        "CHECK(sales_backorder_notice_days >= 0 AND sales_backorder_undo_hours >= 0 "
        "AND sales_backorder_answer_days >= 0)",
        "Backorders: give numbers of days and hours of 0 or more.",
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
    sales_backorder_procure = fields.Boolean(
        related="company_id.sales_backorder_procure", readonly=False
    )
    sales_backorder_ask = fields.Boolean(
        related="company_id.sales_backorder_ask", readonly=False
    )
    sales_backorder_undo_hours = fields.Integer(
        related="company_id.sales_backorder_undo_hours", readonly=False
    )
    sales_backorder_answer_days = fields.Integer(
        related="company_id.sales_backorder_answer_days", readonly=False
    )
    sales_backorder_default = fields.Selection(
        related="company_id.sales_backorder_default", readonly=False
    )
    sales_freight_method = fields.Selection(
        related="company_id.sales_freight_method", readonly=False
    )
    sales_freight_charge = fields.Selection(
        related="company_id.sales_freight_charge", readonly=False
    )
    sales_backorder_mail_rest = fields.Boolean(
        related="company_id.sales_backorder_mail_rest", readonly=False
    )
