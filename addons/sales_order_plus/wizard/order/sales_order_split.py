from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SalesOrderSplit(models.TransientModel):
    """Ask what goes to other orders, and show the amounts before it is done."""

    _name = "sales.order.split"
    _description = "Split an Order"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
        help="The order that is split.",
    )
    mode = fields.Selection(
        selection=[
            ("lines", "Lines and quantities"),
            ("warehouse", "Warehouse"),
            ("date", "Requested date"),
            ("category", "Product category"),
            ("temperature", "Temperature class"),
        ],
        string="Split By",
        required=True,
        default="lines",
        help="What tells the parts apart. The first line's warehouse, date, category or "
        "class stays in this order, each other one becomes an order of its own.",
    )
    numbering = fields.Selection(
        selection=[("suffix", "This number with -01"), ("sequence", "New numbers")],
        string="Numbers",
        required=True,
        default="suffix",
        help="Which numbers the new orders get.",
    )
    line_ids = fields.One2many(
        "sales.order.split.line",
        "wizard_id",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="What of each line goes to the new order.",
    )
    preview = fields.Html(
        compute="_compute_preview", help="The orders there will be, and their amounts."
    )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.order_id.check_access("read")
        return wizards

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard.order_id._get_plain_lines().filtered(
                lambda line: (
                    not line.display_type
                    and not line.combo_item_id
                    and not line._is_global_discount()
                )
            )
            wizard.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id}) for line in lines
            ]

    @api.depends("order_id", "mode", "numbering", "line_ids.quantity")
    def _compute_preview(self):
        for wizard in self:
            try:
                wizard.preview = wizard._get_preview()
            except UserError as error:
                # What stands against it, before anything is done.
                wizard.preview = Markup("<p class='text-muted'>%s</p>") % error.args[0]

    def _get_preview(self):
        order = self.order_id
        order._check_can_split()
        quantities = [order._complete_quantities(q) for q in self._get_quantities()]
        order._check_quantities(quantities)
        parts = order._get_split_parts([order._get_rest(quantities), *quantities])
        names = [order.name, *order._get_part_names(len(quantities), self.numbering)]
        rows = Markup("").join(
            self._get_preview_row(name, part)
            for name, part in zip(names, parts, strict=True)
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Order"),
            self.env._("Lines"),
            self.env._("Untaxed Amount"),
            self.env._("Total"),
        )
        return Markup("<table class='table table-sm'>%s%s</table>") % (head, rows)

    def _get_preview_row(self, name, part):
        money = self.order_id.currency_id.format
        lines = [share for share in part.shares if share.quantity]
        return Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>") % (
            name or self.env._("New"),
            len(lines),
            money(part.totals[0]),
            money(part.totals[2]),
        )

    def _get_quantities(self):
        """Return {line: quantity} for each new order."""
        if self.mode == "lines":
            rows = self.line_ids.filtered("quantity")
            return [{row.line_id: row.quantity for row in rows}]
        return [w for _value, w in self.order_id._get_moving_groups(self.mode)]

    def action_split(self):
        """Split the order and open what came of it.

        :return: window action of this order's new orders
        :raise SplitError: names the field, the rule and the next step
        """
        self.ensure_one()
        order = self.order_id
        if self.mode == "lines":
            new = order._split(self._get_quantities(), self.numbering)
        else:
            new = order._split_by(self.mode, self.numbering)
        orders = order | new
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Parts of %s", order.name),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", orders.ids)],
            "context": {"create": False},
        }
