from odoo import fields, models


class ResCompany(models.Model):
    """Where revenue that is not earned yet is booked; nothing is deferred without."""

    _inherit = "res.company"

    sales_deferred_account_id = fields.Many2one(
        "account.account",
        string="Deferred Revenue Account",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', "
        "'liability_non_current'))]",
        help="Revenue of days after the month of the invoice waits here until it is "
        "earned. Empty: invoices are income at once.",
    )
    sales_deferred_journal_id = fields.Many2one(
        "account.journal",
        string="Deferred Revenue Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Journal of the entries that defer and release revenue.",
        prefetch="sales_rare",
    )

    def _defers_revenue(self):
        """Return whether both account and journal are chosen."""
        self.ensure_one()
        return bool(self.sales_deferred_account_id and self.sales_deferred_journal_id)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_deferred_account_id = fields.Many2one(
        related="company_id.sales_deferred_account_id", readonly=False
    )
    sales_deferred_journal_id = fields.Many2one(
        related="company_id.sales_deferred_journal_id", readonly=False
    )
