from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        """However an invoice is paid, the dunning of its periods ends."""
        result = super()._invoice_paid_hook()
        periods = self.env["sales.subscription.period"]
        if periods._has_records():
            # sudo: whoever books the payment need not see subscriptions.
            found = periods.sudo().search([("move_id", "in", self.ids)])
            found._settle()
        return result
