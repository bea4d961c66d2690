from odoo import api, fields, models


class SalesQuotationLost(models.TransientModel):
    _name = "sales.quotation.lost"
    _description = "Mark Quotation Lost"

    order_ids = fields.Many2many(
        "sale.order",
        string="Quotations",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        help="Quotations that were lost; they are cancelled.",
    )
    reason_id = fields.Many2one(
        "crm.lost.reason",
        required=True,
        help="Why; the same reasons as of opportunities.",
    )
    competitor_id = fields.Many2one(
        "res.partner", string="Lost To", help="The competitor who got the order."
    )
    note = fields.Text(help="What else is known.")
    opportunity = fields.Boolean(
        string="Opportunity Too",
        default=True,
        help="Mark the opportunities lost for the same reason, unless another quotation "
        "of theirs is alive.",
    )
    has_opportunity = fields.Boolean(
        compute="_compute_has_opportunity", help="Whether one of them has any."
    )

    @api.depends("order_ids")
    def _compute_has_opportunity(self):
        for wizard in self:
            wizard.has_opportunity = bool(wizard.order_ids.opportunity_id)

    def action_lose(self):
        """Mark the quotations lost.

        :return: action that closes the dialog
        """
        self.order_ids.action_mark_lost(
            reason_id=self.reason_id.id,
            competitor_id=self.competitor_id.id or 0,
            note=self.note or "",
            opportunity=self.opportunity,
        )
        return {"type": "ir.actions.act_window_close"}
