from odoo import api, fields, models


class SalesQuotationCompare(models.TransientModel):
    _name = "sales.quotation.compare"
    _description = "Compare Revisions"

    order_id = fields.Many2one(
        "sale.order", string="Quotation", required=True, help="The quotation."
    )
    old_id = fields.Many2one(
        "sales.quotation.revision",
        string="Revision",
        required=True,
        domain="[('order_id', '=', order_id)]",
        help="The revision on the left.",
    )
    new_id = fields.Many2one(
        "sales.quotation.revision",
        string="With",
        domain="[('order_id', '=', order_id)]",
        help="The revision on the right; empty: the quotation as it is now.",
    )
    only_changes = fields.Boolean(default=True, help="Hide lines that are the same.")
    comparison = fields.Html(
        compute="_compute_comparison",
        sanitize=False,
        help="What was added, removed and changed.",
    )

    @api.model
    def _open(self, order, old, new=None):
        """Open the comparison of two revisions of an order.

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
            difference = wizard.order_id._compare_revisions(
                wizard.old_id.number, wizard.new_id.number
            )
            wizard.comparison = wizard.order_id._render_comparison(
                difference, wizard.only_changes
            )
