from odoo import api, fields, models

from ...models.quotation.quotation_snapshot import compare


class SalesOrderVersionCompare(models.TransientModel):
    _name = "sales.order.version.compare"
    _description = "Compare Versions"

    order_id = fields.Many2one("sale.order", required=True, help="The order.")
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
    only_changes = fields.Boolean(default=True, help="Hide lines that are the same.")
    comparison = fields.Html(
        compute="_compute_comparison",
        sanitize=False,
        help="What was added, removed and changed.",
    )

    @api.model
    def _open(self, order, old, new):
        """Open the comparison of two versions of an order.

        :return: window action
        """
        order.check_access("read")
        wizard = self.create({"order_id": order.id, "old_id": old.id, "new_id": new.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare %(name)s", name=order.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.depends("old_id", "new_id", "only_changes")
    def _compute_comparison(self):
        for wizard in self:
            order = wizard.order_id
            for version in wizard.old_id | wizard.new_id:
                version.check_access("read")
            difference = wizard._get_difference()
            wizard.comparison = order._render_comparison(
                difference, wizard.only_changes
            )

    def _get_difference(self):
        self.ensure_one()
        new = self.new_id.snapshot or self.order_id._get_version_snapshot()
        return compare(self.old_id.snapshot or new, new)
