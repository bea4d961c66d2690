from odoo import fields, models


class SalesPlanFamily(models.Model):
    """Plans a customer may choose among: Basic, Pro, Business."""

    _name = "sales.plan.family"
    _description = "Plan Family"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, help="What the plans share.")
    plan_ids = fields.One2many(
        "sales.subscription.plan", "family_id", string="Plans", help="Its plans."
    )
