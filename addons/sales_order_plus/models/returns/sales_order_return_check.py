from math import isfinite

from odoo import models

from ...exceptions import ReturnError


class SalesOrderReturn(models.Model):
    """What stands against a return, whoever asks for it."""

    _inherit = "sales.order.return"

    def _get_error(self, field, rule, message, **details):
        label = self._fields[field]._description_string(self.env)
        return ReturnError(f"{label}: {message}", field=field, rule=rule, **details)

    def _check_complete(self):
        """Refuse a return that says too little, or asks for too much.

        :raise ReturnError: names the field and what to do
        """
        self.ensure_one()
        if not self.line_ids:
            raise self._get_error(
                "line_ids",
                "empty",
                self.env._("say what comes back, and how much of it."),
            )
        self._check_reason()
        for line in self.line_ids:
            line._check_complete()
        self._check_quantities()

    def _check_reason(self):
        if not self.reason_id:
            raise self._get_error(
                "reason_id", "required", self.env._("choose why the goods come back.")
            )
        if self.reason_id.requires_note and not (self.note or "").strip():
            raise self._get_error(
                "note",
                "required",
                self.env._("“%s” needs a few words more.", self.reason_id.name),
            )

    def _check_quantities(self, within=None):
        """Refuse more than was delivered and has not come back.

        :param int within: only what was delivered at most so many days ago
        """
        for line in self.line_ids:
            line._check_not_over(within)


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _get_error(self, field, rule, why, **details):
        self.ensure_one()
        label = self._fields[field]._description_string(self.env)
        return ReturnError(
            # sudo: the name of what the order itself shows.
            f"{self.order_line_id.sudo().product_id.display_name}, {label}: {why}",
            field=field,
            rule=rule,
            line_id=self.order_line_id.id,
            **details,
        )

    def _check_complete(self):
        line = self.order_line_id
        if line.order_id != self.return_id.order_id or line.display_type:
            raise self._get_error(
                "order_line_id",
                "other_order",
                self.env._("choose a line of this order."),
            )
        if not isfinite(self.quantity) or self.quantity <= 0:
            raise self._get_error(
                "quantity", "range", self.env._("enter how much comes back.")
            )
        if self.uom_id.compare(self.quantity, self.uom_id.round(self.quantity)):
            raise self._get_error(
                "quantity",
                "rounding",
                self.env._("%s cannot be divided like this.", self.uom_id.name),
            )
        self._check_lots()

    def _check_not_over(self, within=None):
        # sudo: who asks need not read transfers.
        order_line = self.order_line_id.sudo()
        free = order_line._get_returnable_quantity(within, but=self.sudo())
        if self.uom_id.compare(self.quantity, free) <= 0:
            return
        if within is not None and free < order_line._get_returnable_quantity(
            but=self.sudo()
        ):
            raise self._get_error(
                "quantity",
                "window",
                self.env._(
                    "the %(days)s days for returns are over, except for %(free)s "
                    "%(unit)s. Please ask your salesperson.",
                    days=within,
                    free=f"{free:g}",
                    unit=self.uom_id.name,
                ),
                returnable=free,
            )
        raise self._get_error(
            "quantity",
            "over_return",
            self.env._(
                "%(free)s %(unit)s can come back: what was delivered, less what came "
                "back or is on its way. Ask for at most as much.",
                free=f"{free:g}",
                unit=self.uom_id.name,
            ),
            returnable=free,
        )

    def _check_lots(self):
        """Refuse lots that were not delivered, and another number of serial numbers."""
        # sudo: who asks need not read transfers.
        lots = self.sudo().lot_ids
        if not lots:
            return
        delivered = self.order_line_id.sudo()._get_delivered_moves().lot_ids
        if foreign := lots - delivered:
            raise self._get_error(
                "lot_ids",
                "lot",
                self.env._("%s was not delivered with this line.", foreign[0].name),
            )
        serial = self.product_id.tracking == "serial"
        if serial and len(lots) != self.quantity:
            raise self._get_error(
                "lot_ids",
                "lot",
                self.env._("choose as many serial numbers as come back."),
            )
