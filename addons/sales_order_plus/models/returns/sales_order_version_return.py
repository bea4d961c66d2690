from odoo import fields, models


class SalesOrderVersion(models.Model):
    _inherit = "sales.order.version"

    cause = fields.Selection(
        selection_add=[("return", "Goods came back")], ondelete={"return": "cascade"}
    )
