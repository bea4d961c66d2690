from odoo import models

from ...exceptions import ReturnError
from ..change.sales_order_change_impact import rolled_back

# What a customer may choose; the rest is for staff.
CUSTOMER_RESOLUTIONS = ("refund", "replacement", "repair")


class SaleOrder(models.Model):
    """Returns asked for by customers on their page; the order comes in sudo."""

    _inherit = "sale.order"

    def _request_return_as_customer(
        self, quantities, reason, note=None, resolution="refund"
    ):
        """Ask for a return, and authorise it where the policy says so.

        :param dict quantities: {id of an order line: quantity in its unit}
        :param reason: a ``sales.return.reason`` that customers may choose, or its id
        :param str note: what the customer says
        :param str resolution: refund, replacement or repair
        :return: the return, as superuser
        :raise ReturnError: names the ``field`` and the ``rule`` that stands against it
        """
        self.ensure_one()
        one = self._create_customer_return(quantities, reason, note, resolution)
        one._request("portal")
        if one._is_auto_authorised() and not one._get_guard_stops("return"):
            one._authorise()
        else:
            one._tell_customer("requested")
        return one

    def _create_customer_return(self, quantities, reason, note, resolution):
        window = self._get_return_window()
        if not window["open"]:
            raise ReturnError(window["text"], field="order_id", rule="window")
        if resolution not in CUSTOMER_RESOLUTIONS:
            raise ReturnError(
                self.env._(
                    "Choose whether you want it credited, replaced or repaired."
                ),
                field="resolution",
                rule="unknown",
            )
        reason = self._get_customer_return_reason(reason)
        # sudo: the controller has checked that the order is the customer's.
        order = self.sudo()
        one = order._create_return(quantities, reason, note, resolution, "portal")
        one._check_complete()
        one._check_quantities(order._get_return_days())
        return one

    def _get_customer_return_reason(self, reason):
        id_ = reason.id if isinstance(reason, models.BaseModel) else reason
        found = self._get_customer_return_reasons().filtered(lambda one: one.id == id_)
        if not found:
            raise ReturnError(
                self.env._("Reason: choose why you return it."),
                field="reason_id",
                rule="required",
            )
        return found

    def _preview_return_as_customer(self, quantities, reason=None, resolution="refund"):
        """Return what a return would bring the customer; nothing is kept.

        :return: dict with ``lines`` (``id``, ``product``, ``quantity``, ``unit``,
            ``amount`` with taxes), ``fee`` (without taxes), ``refund`` (with taxes, at
            most what was invoiced), ``currency`` and ``text``, translated sentences
        :raise ReturnError: as :meth:`_request_return_as_customer`
        """
        self.ensure_one()
        with rolled_back(self.env.cr):
            one = self._create_customer_return(quantities, reason, "-", resolution)
            data = one._prepare_preview()
        self.env.invalidate_all()
        return data

    def _get_customer_return_reasons(self):
        """Return the reasons that customers may choose, as superuser."""
        # sudo: customers have no rights to the reasons.
        return (
            self.env["sales.return.reason"]
            .sudo()
            .search([("portal_visible", "=", True)])
        )

    def _get_portal_returns(self):
        """Return what a customer sees of his returns, as superuser, the newest first."""
        self.ensure_one()
        # sudo: the page is also open to who has the token of the order.
        return self.sudo().return_ids.filtered(lambda one: one.state != "draft")


class SalesOrderReturn(models.Model):
    _inherit = "sales.order.return"

    def _prepare_preview(self):
        """Return what the return would credit if all of it came back and was good."""
        rows, given = [], {}
        for line in self.line_ids:
            order_line = line.order_line_id
            share = line.quantity / (order_line.product_uom_qty or 1.0)
            given[line] = min(line.quantity, max(order_line.qty_invoiced, 0.0))
            rows.append(
                {
                    "id": order_line.id,
                    "product": order_line.product_id.display_name,
                    "quantity": line.quantity,
                    "unit": line.uom_id.name,
                    "amount": self.currency_id.round(order_line.price_total * share),
                    "resolution": line.resolution,
                }
            )
        refund = self._get_preview_refund(given)
        fees = self._get_return_fees(given).values() if refund else ()
        fee = sum(sum(by_line.values()) for by_line in fees)
        return {
            "lines": rows,
            "fee": fee,
            "refund": refund,
            "currency": self.currency_id.name,
            "text": self._get_preview_text(refund, fee),
        }

    def _get_preview_refund(self, given):
        refund = 0.0
        for line, quantity in given.items():
            if line.resolution == "refund":
                whole = line.order_line_id
                refund += whole.price_total * quantity / (whole.product_uom_qty or 1.0)
        return self.currency_id.round(refund)

    def _get_preview_text(self, refund, fee):
        texts = []
        if refund:
            money = self.currency_id.format(refund)
            texts.append(self.env._("You get %s back when the goods are here.", money))
        elif "refund" in self.line_ids.mapped("resolution"):
            texts.append(self.env._("Nothing of it was invoiced: you owe less."))
        if fee:
            money = self.currency_id.format(fee)
            texts.append(self.env._("A restocking fee of %s is kept back.", money))
        if "replacement" in self.line_ids.mapped("resolution"):
            texts.append(self.env._("You get new goods when the old ones are here."))
        return " ".join(texts)
