from odoo import models


class SaleOrder(models.Model):
    """What happens to a confirmed order by request alone."""

    _inherit = "sale.order"

    def _is_under_control(self, operation):
        """Return whether this order is changed, or cancelled, only by a request.

        By a setting of the company, or because somebody has to decide; extended by
        those who know. Whether it is confirmed is asked by the caller.

        :param str operation: ``change`` or ``cancel``
        """
        self.ensure_one()
        return False
