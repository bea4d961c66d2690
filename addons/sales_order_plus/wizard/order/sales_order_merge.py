from odoo import api, fields, models
from odoo.fields import Command


class SalesOrderMerge(models.TransientModel):
    """Show what stands against merging the chosen quotations, and merge them."""

    _name = "sales.order.merge"
    _description = "Merge Quotations"

    order_ids = fields.Many2many(
        "sale.order",
        string="Quotations",
        default=lambda self: [Command.set(self.env.context.get("active_ids", []))],
        help="The quotations that become one.",
    )
    target_id = fields.Many2one(
        "sale.order",
        string="Kept Quotation",
        compute="_compute_check",
        help="The oldest one; the others are cancelled and linked to it.",
    )
    join_lines = fields.Boolean(
        string="Add Up Equal Lines",
        default=True,
        help="One line for the same product, text, price, discount and taxes.",
    )
    problem = fields.Text(
        compute="_compute_check", help="Why they cannot be merged, and what to do."
    )
    remarks = fields.Text(
        compute="_compute_check", help="What differs and is decided by the oldest."
    )

    @api.depends("order_ids")
    def _compute_check(self):
        for wizard in self:
            orders = wizard.order_ids._origin
            problem, _field, _rule = orders._get_merge_problem()
            wizard.problem = problem or False
            wizard.target_id = orders._get_merge_target()
            wizard.remarks = not problem and orders._get_merge_remarks()

    def action_merge(self):
        """Merge them and open the quotation that is left.

        :return: window action
        :raise MergeError: if they differ in what must be the same
        """
        self.ensure_one()
        target = self.order_ids._merge(self.join_lines)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": target.id,
            "view_mode": "form",
        }
