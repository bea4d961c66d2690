from odoo import api, fields, models


class SalesOrderReleaseWizard(models.TransientModel):
    """Ask for the reason to let a held order go on."""

    _name = "sales.order.release.wizard"
    _description = "Release an Order"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The order that is held.",
    )
    company_currency_id = fields.Many2one(related="order_id.company_currency_id")
    amount = fields.Monetary(
        string="Up To",
        currency_field="company_currency_id",
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="What the order may add to the debt; enter more to let somebody raise it.",
    )
    finding = fields.Text(
        compute="_compute_finding", help="What stands against the order."
    )
    reason = fields.Text(required=True, help="Why it may go on; kept for good.")

    @api.depends("order_id")
    def _compute_amount(self):
        for wizard in self:
            # sudo: the invoices count, whoever decides.
            order = wizard.order_id.sudo()
            wizard.amount = order._get_credit_amount() if order else 0.0

    @api.depends("order_id")
    def _compute_finding(self):
        for wizard in self:
            findings = wizard.order_id._get_releasable_findings()
            wizard.finding = "\n".join(finding.message for finding in findings)

    def action_release(self):
        """Release the order.

        :return: action that closes the dialog
        """
        self.ensure_one()
        order = self.order_id
        raised = self.amount > order.sudo()._get_credit_amount()
        order._release(self.reason, self.amount if raised else None)
        return {"type": "ir.actions.act_window_close"}
