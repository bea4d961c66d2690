from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_hold = fields.Selection(
        selection=[
            ("auto", "By limit and overdue items"),
            ("on", "Always hold"),
            ("off", "Never hold"),
        ],
        company_dependent=True,
        groups="account.group_account_invoice,sales_order_plus.group_credit_controller",
        help="Whether orders of this customer are held for credit; empty: by limit and "
        "overdue items.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "credit_hold"]
