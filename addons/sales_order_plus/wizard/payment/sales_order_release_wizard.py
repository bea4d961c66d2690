from odoo import api, fields, models


class SalesOrderReleaseWizard(models.TransientModel):
    """Ask for the reason to let a held order go on."""

    _name = "sales.order.release.wizard"
    _description = "Release an Order"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order that is held."
    )
    finding = fields.Text(
        compute="_compute_finding", help="What stands against the order."
    )
    reason = fields.Text(required=True, help="Why it may go on; kept for good.")

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
        self.order_id._release(self.reason)
        return {"type": "ir.actions.act_window_close"}
