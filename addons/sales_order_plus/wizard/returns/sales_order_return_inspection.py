from odoo import api, fields, models
from odoo.fields import Command

from ...models.returns.sales_order_return_line import INSPECTIONS, RESOLUTIONS


class SalesOrderReturnInspection(models.TransientModel):
    """What somebody sees when the parcel is opened."""

    _name = "sales.order.return.inspection"
    _description = "Inspect a Return"

    return_id = fields.Many2one(
        "sales.order.return",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The return.",
    )
    line_ids = fields.One2many(
        "sales.order.return.inspection.line",
        "inspection_id",
        string="Goods",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="What came, and what it looks like.",
    )

    @api.depends("return_id")
    def _compute_line_ids(self):
        for inspection in self:
            rows = [
                Command.create(line._prepare_inspection_vals())
                for line in inspection.return_id.line_ids
            ]
            inspection.line_ids = [Command.clear(), *rows]

    def action_settle(self):
        """Keep what was found, and settle the return.

        :return: action that closes the dialog
        """
        self.ensure_one()
        results = [line._prepare_result() for line in self.line_ids]
        self.return_id.action_inspect(results=results)
        return {"type": "ir.actions.act_window_close"}


class SalesOrderReturnInspectionLine(models.TransientModel):
    _name = "sales.order.return.inspection.line"
    _description = "Inspect Goods"

    inspection_id = fields.Many2one(
        "sales.order.return.inspection",
        string="Dialog",
        required=True,
        ondelete="cascade",
        help="The inspection.",
    )
    line_id = fields.Many2one(
        "sales.order.return.line", required=True, help="The returned goods."
    )
    product_id = fields.Many2one(related="line_id.product_id", help="What came.")
    received_quantity = fields.Float(
        related="line_id.received_quantity", help="How much of it came."
    )
    inspection = fields.Selection(
        selection=INSPECTIONS,
        string="Found",
        required=True,
        default="good",
        help="What it looks like.",
    )
    accepted_quantity = fields.Float(
        string="Accepted",
        digits="Product Unit",
        compute="_compute_accepted_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="What is credited or replaced; the rest goes back to the customer.",
    )
    resolution = fields.Selection(
        selection=RESOLUTIONS,
        required=True,
        default="refund",
        help="What the customer gets for it.",
    )
    note = fields.Char(help="What was seen; the customer reads it.")

    @api.depends("inspection", "line_id")
    def _compute_accepted_quantity(self):
        for line in self:
            taken = line.inspection in ("good", "damaged")
            line.accepted_quantity = line.received_quantity if taken else 0.0

    def _prepare_result(self):
        return {
            "line": self.line_id.id,
            "inspection": self.inspection,
            "accepted": self.accepted_quantity,
            "resolution": self.resolution,
            "note": self.note,
        }


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _prepare_inspection_vals(self):
        return {
            "line_id": self.id,
            "inspection": "good" if self.received_quantity else "missing",
            "resolution": self.resolution,
        }
