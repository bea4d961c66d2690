from odoo import fields, models
from odoo.fields import Command


class SalesOrderTag(models.TransientModel):
    """Tag many orders at once."""

    _name = "sales.order.tag"
    _description = "Tag Orders"

    order_ids = fields.Many2many(
        "sale.order",
        default=lambda self: self.env.context.get("active_ids"),
        help="Orders to tag.",
    )
    tag_ids = fields.Many2many("crm.tag", string="Tags", help="Tags to add or remove.")
    mode = fields.Selection(
        selection=[("add", "Add"), ("remove", "Remove")],
        required=True,
        default="add",
        help="Whether the orders get the tags or lose them.",
    )

    def action_apply(self):
        """Add or remove the tags.

        :return: action that closes the window
        """
        self.ensure_one()
        command = Command.link if self.mode == "add" else Command.unlink
        self.order_ids.write({"tag_ids": [command(tag.id) for tag in self.tag_ids]})
        return {"type": "ir.actions.act_window_close"}
