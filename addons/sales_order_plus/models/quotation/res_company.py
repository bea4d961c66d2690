from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    quotation_expired_policy = fields.Selection(
        selection=[
            ("info", "Confirm them"),
            ("warn", "Confirm them with a remark"),
            ("block", "Refuse until the validity is extended"),
        ],
        string="Expired Quotations",
        default="warn",
        required=True,
        help="What happens when somebody confirms a quotation past its validity. What "
        "the customer signed or paid in time is confirmed in any case.",
    )
    quotation_auto_cancel_days = fields.Integer(
        string="Cancel Expired After",
        help="Days after which expired quotations are cancelled; 0: never.",
        prefetch="sales_rare",
    )
    portal_negotiation = fields.Boolean(
        string="Counter-Offers Online",
        help="Customers may propose other quantities and prices on the page of their "
        "quotation, and ask questions. Nothing changes until a salesperson accepts.",
    )
    counter_offer_limit = fields.Integer(
        string="Offers per Revision",
        default=3,
        help="How many counter-offers a customer may make to one revision; 0: any.",
        prefetch="sales_rare",
    )

    _counter_offer_limit_positive = models.Constraint(
        "CHECK (counter_offer_limit >= 0)", "Offers per Revision: give 0 or more."
    )
    _quotation_auto_cancel_days_positive = models.Constraint(
        "CHECK (quotation_auto_cancel_days >= 0)",
        "Cancel Expired After: give 0 or more.",
    )
