"""What follows from the answer of the carrier."""

from odoo import fields, models
from odoo.exceptions import AccessError

from ...exceptions import InterceptError


class SalesDeliveryIntercept(models.Model):
    _inherit = "sales.delivery.intercept"

    # === Buttons: what the carrier said by phone or e-mail === #

    def action_accept(self):
        """Record that the carrier brings the parcel back.

        :return: True
        :raise InterceptError: if there is an answer already
        """
        return self._record("accepted")

    def action_refuse(self):
        """Record that the carrier does not bring the parcel back.

        :return: True
        :raise InterceptError: if there is an answer already
        """
        return self._record("refused")

    def _record(self, answer):
        for one in self:
            one._ensure_may_answer()
            # sudo: nobody has the right to write them; see above.
            one.sudo()._answer(answer)
        return True

    def _ensure_may_answer(self):
        self.check_access("read")
        stock = self.env.user.has_group("stock.group_stock_user")
        if not stock and not self.order_id.has_access("write"):
            raise AccessError(
                self.env._("The warehouse, or who sells the order, records the answer.")
            )
        if self.state != "requested":
            raise InterceptError(
                self.env._(
                    "%s: the carrier has answered already.", self.picking_id.name
                ),
                field="state",
                rule="state",
            )

    # === As superuser === #

    def _answer(self, answer):
        """Keep the answer, and prepare how the goods come back."""
        self.ensure_one()
        self.write(
            {
                "state": answer,
                "answered_on": fields.Datetime.now(),
                "answered_by_id": self.env.uid,
            }
        )
        self.order_id._log_event(
            f"intercept.{answer}", transfer=self.picking_id.name, kind=self.kind
        )
        if self.kind == "parcel":
            self.return_id = self._make_return(answer)

    def _make_return(self, answer):
        """Return how the goods come back: by the carrier, or sent by the customer."""
        quantities = self._get_goods()
        if not quantities:
            return self.env["sales.order.return"]
        one = self.order_id._create_return(
            quantities,
            self.env.ref("sales_order_plus.sales_return_reason_cancelled"),
            self.note or self.env._("Called back on its way."),
            "refund",
            "staff",
        )
        if answer == "accepted":
            # The customer never has the goods: he is told when they are credited.
            one._write_own({"mails_sent": ["requested", "authorised", "received"]})
        one._request("user")
        if answer == "accepted" and not one._get_guard_stops("return"):
            one._authorise()
        elif answer == "refused":
            one._tell_customer("requested")
        return one

    def _get_goods(self):
        """Return {order line id: quantity} of the parcel that can still come back."""
        left = self.order_id._get_returnable_quantities()
        quantities = {}
        for move in self.picking_id.move_ids.filtered("sale_line_id"):
            line = move.sale_line_id
            moved = move.product_uom._compute_quantity(
                move.quantity, line.product_uom_id, rounding_method="HALF-UP"
            )
            quantities[line.id] = quantities.get(line.id, 0.0) + moved
        wanted = {
            id_: min(quantity, left.get(id_, 0.0))
            for id_, quantity in quantities.items()
        }
        return {id_: quantity for id_, quantity in wanted.items() if quantity > 0}
