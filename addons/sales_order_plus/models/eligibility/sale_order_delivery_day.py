from odoo import fields, models

from ..seam.moments import get_local


class SaleOrder(models.Model):
    """The day on which the customer has to be entitled to the goods."""

    _inherit = "sale.order"

    def _get_delivery_day(self):
        """Return the day of delivery in the time zone of the order.

        Promised before requested before what lead times give before today.
        """
        self.ensure_one()
        if not self.commitment_date and self.requested_date:
            return self.requested_date
        moment = self.commitment_date or self.expected_date or fields.Datetime.now()
        return self._get_local_day(moment)

    def _get_local_day(self, moment=None):
        """Return the day of a naive UTC ``moment`` (now) where the order is made."""
        self.ensure_one()
        return get_local(moment or fields.Datetime.now(), self.order_tz).date()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_delivery_day(self):
        """Return the day of delivery of this line, which may have one of its own."""
        self.ensure_one()
        return self.requested_date or self.order_id._get_delivery_day()
