from odoo import models


class AccountMove(models.Model):
    """Draft invoices of periods that are deleted: the period is not billed."""

    _inherit = "account.move"

    def unlink(self):
        rows = self.env["sales.subscription.period"]
        if rows._has_records():
            # sudo: nobody may write the ledger; whoever may delete the invoice decides.
            rows = self.sudo().line_ids.sales_period_id
            rows._waive()
        return super().unlink()
