from odoo import fields, models


class SalesOrderColumnsMixin(models.AbstractModel):
    """What reports on orders are grouped by; the query of the report selects it."""

    _name = "sales.order.columns.mixin"
    _description = "Columns of Reports on Orders"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Customer."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Salesperson."
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, help="Sales team."
    )
    company_id = fields.Many2one("res.company", readonly=True, help="Company.")
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
