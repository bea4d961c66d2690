from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Credit notes of returns are set off, and paid back, as soon as they count."""
        posted = super()._post(soft)
        # sudo: who posts need not see the order.
        for move in posted.sudo().filtered("sales_return_id"):
            move.sales_return_id._pay_back(move)
        return posted


class SalesOrderReturn(models.Model):
    """What was really paid for the goods goes back, as soon as it is committed."""

    _name = "sales.order.return"
    _inherit = ["sales.order.return", "sales.refund.source.mixin"]

    @api.model
    def _get_refund_field(self):
        return "return_id"

    def _tells_customer(self):
        return self.company_id.sales_return_mail

    def _settle(self):
        result = super()._settle()
        if not self.credit_note_ids:
            # Paid in advance and never invoiced.
            self._pay_back(self.credit_note_ids)
        return result

    def _pay_back(self, credit_note):
        """Set the credit note off, and plan what the customer gets back."""
        self.ensure_one()
        self.order_id._set_off(credit_note)
        self._plan_refunds(credit_note, self.order_id._get_money_back(credit_note))
