from odoo import api, fields, models


class SalesPartyClearanceWizard(models.TransientModel):
    """Ask for the reason why contacts of an order are not the listed parties."""

    _name = "sales.party.clearance.wizard"
    _description = "Clear Contacts of an Order"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order."
    )
    finding = fields.Text(
        compute="_compute_finding", help="Which names are like a listed one."
    )
    reason = fields.Text(required=True, help="Why it is somebody else; kept for good.")

    @api.depends("order_id")
    def _compute_finding(self):
        for wizard in self:
            order = wizard.order_id
            hits = [order._get_party_hit(one) for one in order._get_party_matches()]
            wizard.finding = "\n".join(hit.detail for hit in hits) or False

    def action_clear(self):
        """Clear the contacts for 90 days.

        :return: window action that closes the dialog
        """
        self.ensure_one()
        self.order_id.action_clear_parties(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
