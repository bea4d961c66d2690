from odoo import models

from ...exceptions import QuotationTemplateError


class SaleOrder(models.Model):
    """Descriptions in the language of the customer, also when he comes later."""

    _inherit = "sale.order"

    def action_translate_lines(self):
        """Write the descriptions that nobody edited in the customer's language.

        :return: True
        :raise QuotationTemplateError: if an order is no quotation
        """
        for order in self:
            if order.state not in ("draft", "sent"):
                raise QuotationTemplateError(
                    self.env._(
                        "%(order)s: only quotations are translated; what was confirmed "
                        "stays as it was agreed.",
                        order=order.display_name,
                    )
                )
            order.order_line._translate_untouched()
            order._compute_note()
        return True
