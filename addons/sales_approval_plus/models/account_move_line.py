from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self):
        """Let costs reach the order: they are no promise of the salesperson.

        Who posts a bill could neither change nor submit the order.
        """
        orders = self.env["sale.order"].union(*self._sale_determine_order().values())
        with orders._check_amend_later():
            return super()._sale_create_reinvoice_sale_line()
