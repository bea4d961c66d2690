from contextvars import ContextVar

from odoo import api, models

from ...exceptions import ReturnError
from ..seam.granted import granted

# Orders whose goods the running code takes back with an authorised return.
_TAKING_BACK = ContextVar("sales_return_taking_back", default=frozenset())


def taking_back(order):
    """Let the enclosed code make the transfers that bring goods of ``order`` back."""
    return granted(_TAKING_BACK, _TAKING_BACK.get() | frozenset(order.ids))


class StockMove(models.Model):
    """Goods of an order come back as its policy says, whoever asks the warehouse."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        ids = [vals.get("origin_returned_move_id") for vals in vals_list]
        if any(ids):
            places = [vals.get("location_id") for vals in vals_list]
            self._check_return_authorised(zip(ids, places, strict=True))
        return super().create(vals_list)

    @api.model
    def _check_return_authorised(self, pairs):
        """Refuse what comes back from a customer without the return that is asked for.

        :param pairs: (id of the delivered move or empty, id of the place it leaves)
        """
        # sudo: who works in the warehouse need not read orders or places.
        self = self.sudo()
        places = self.env["stock.location"]
        for id_, place in pairs:
            order = self.browse(id_ or ()).sale_line_id.order_id
            if (
                order
                and order.id not in _TAKING_BACK.get()
                and places.browse(place).usage == "customer"
                and self.env["sales.change.policy"]
                ._get_for(order)
                .return_authorised_only
            ):
                raise ReturnError(
                    self.env._(
                        "Return: goods of %s come back with an authorised return alone. "
                        "Ask for one with Return on the order, then receive its transfer.",
                        order.name,
                    ),
                    field="origin_returned_move_id",
                    rule="authorisation",
                )
