from odoo import fields, models


class PaymentTransaction(models.Model):
    """Online payments of a proforma: payments of its order, that name it too."""

    _inherit = "payment.transaction"

    proforma_id = fields.Many2one(
        "sales.proforma",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The proforma the customer paid.",
    )

    def _post_process(self):
        result = super()._post_process()
        self.sudo().proforma_id._process_received()
        return result

    def _get_order_amount(self):
        """Return the amount in the currency of the order."""
        self.ensure_one()
        if self.proforma_id:
            return self.proforma_id._get_order_amount(self.amount)
        return self.amount
