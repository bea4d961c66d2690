from odoo import fields, models

from ...models.quotation.quotation_snapshot import compare


class SalesOrderVersionCompare(models.TransientModel):
    _name = "sales.order.version.compare"
    _inherit = ["sales.compare.mixin"]
    _description = "Compare Versions"

    old_id = fields.Many2one(
        "sales.order.version",
        string="Version",
        required=True,
        domain="[('order_id', '=', order_id)]",
        help="The version on the left.",
    )
    new_id = fields.Many2one(
        "sales.order.version",
        string="With",
        domain="[('order_id', '=', order_id)]",
        help="The version on the right; empty: the order as it is now.",
    )

    def _get_difference(self):
        self.ensure_one()
        for version in self.old_id | self.new_id:
            version.check_access("read")
        new = self.new_id.snapshot or self.order_id._get_version_snapshot()
        return compare(self.old_id.snapshot or new, new)
