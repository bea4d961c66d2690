from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    quotation_expired_policy = fields.Selection(
        related="company_id.quotation_expired_policy",
        readonly=False,
        help="What happens when somebody confirms a quotation past its validity.",
    )
    quotation_auto_cancel_days = fields.Integer(
        related="company_id.quotation_auto_cancel_days",
        readonly=False,
        help="Days after which expired quotations are cancelled; 0: never.",
    )
    portal_negotiation = fields.Boolean(
        related="company_id.portal_negotiation",
        readonly=False,
        help="Customers may propose other quantities and prices online.",
    )
    counter_offer_limit = fields.Integer(
        related="company_id.counter_offer_limit",
        readonly=False,
        help="How many counter-offers a customer may make to one revision; 0: any.",
    )
