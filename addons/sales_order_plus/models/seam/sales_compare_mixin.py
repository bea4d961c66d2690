from odoo import api, fields, models


class SalesCompareMixin(models.AbstractModel):
    """Dialogs that show two states of an order side by side.

    A dialog has the fields ``old_id`` and ``new_id`` and says what is different.
    """

    _name = "sales.compare.mixin"
    _description = "Comparison of an Order"

    order_id = fields.Many2one("sale.order", required=True, help="The order.")
    only_changes = fields.Boolean(default=True, help="Hide lines that are the same.")
    comparison = fields.Html(
        compute="_compute_comparison",
        sanitize=False,
        help="What was added, removed and changed.",
    )

    @api.model
    def _open(self, order, old, new=None):
        """Open the comparison of two states of an order.

        :return: window action
        """
        order.check_access("read")
        wizard = self.create(
            {"order_id": order.id, "old_id": old.id, "new_id": new.id if new else False}
        )
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
            wizard.comparison = wizard.order_id._render_comparison(
                wizard._get_difference(), wizard.only_changes
            )

    def _get_difference(self):
        """Return what ``_render_comparison`` of the order shows."""
        raise NotImplementedError
