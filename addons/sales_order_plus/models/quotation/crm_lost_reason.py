from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    customer_choice = fields.Boolean(
        string="Shown to Customers",
        help="Customers may choose this reason when they decline a quotation online.",
    )
