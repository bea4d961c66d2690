from odoo import fields, models


class SalesBackorderScopeMixin(models.AbstractModel):
    """Policies of this addon that hold for some customers and orders.

    The lists are named once more, so that their tables belong to this addon and go
    with it.
    """

    _name = "sales.backorder.scope.mixin"
    _description = "Backorder Policy for Some Orders"
    _inherit = ["sales.order.scope.mixin"]

    order_type_ids = fields.Many2many()
    sales_channel_ids = fields.Many2many()
    grade_ids = fields.Many2many()
    partner_category_ids = fields.Many2many()
