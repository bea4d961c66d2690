from odoo import models


class SaleOrder(models.Model):
    """A signature holds for what was signed, and for nothing else."""

    _inherit = "sale.order"

    def _void_signature(self, reason):
        """Take the customer's signature off orders that are no longer what he signed.

        :param str reason: translated; kept in the audit event and told in the chatter
        """
        signed = self.filtered(lambda o: o.signature and o.state in ("draft", "sent"))
        for order in signed:
            order._log_event(
                "order.signature_voided",
                signed_by=order.signed_by,
                signed_on=str(order.signed_on),
                reason=reason,
            )
            order.message_post(body=reason)
        signed.write({"signature": False, "signed_by": False, "signed_on": False})
