from odoo import fields, models


class AccountPayment(models.Model):
    """Advances that were received on a proforma otherwise than online."""

    _inherit = "account.payment"

    proforma_id = fields.Many2one(
        "sales.proforma",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        help="The proforma it was received for.",
    )

    def action_post(self):
        result = super().action_post()
        # sudo: who books payments need not see the orders.
        self.sudo().proforma_id._process_received()
        return result
