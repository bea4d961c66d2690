from odoo import fields, models

from ...exceptions import InterceptError


class StockPicking(models.Model):
    """Parcels that are called back while the carrier has them."""

    _inherit = "stock.picking"

    intercept_ids = fields.One2many(
        "sales.delivery.intercept",
        "picking_id",
        string="Called Back",
        groups="stock.group_stock_user,sales_team.group_sale_salesman",
        help="How often the parcel was called back, and what the carrier said.",
    )

    def action_intercept(self):
        """Call these parcels back.

        :return: True
        :raise InterceptError: if one is not on its way
        """
        for picking in self:
            picking.check_access("write")
            # sudo: the warehouse need not read the order.
            picking.sudo()._intercept()
        return True

    def _intercept(self, note="", cancellation=None):
        """Have the carrier asked after the commit, as superuser.

        :return: the ``sales.delivery.intercept``
        """
        self.ensure_one()
        self._ensure_on_its_way()
        return self._create_intercept("parcel", note, cancellation)

    def _ensure_on_its_way(self):
        delivered = "delivered" in self.tracking_event_ids.mapped("status")
        outgoing = self.location_dest_id.usage == "customer" and self.sale_id
        if self.state != "done" or not outgoing or delivered:
            raise InterceptError(
                self.env._(
                    "Transfer: %s is not on its way to a customer. Cancel what is not "
                    "shipped, and return what has arrived.",
                    self.name,
                ),
                field="picking_id",
                rule="on_its_way",
            )
        if self.intercept_ids.filtered(lambda one: one.state != "refused"):
            raise InterceptError(
                self.env._("Transfer: %s is called back already.", self.name),
                field="picking_id",
                rule="again",
            )

    def _create_intercept(self, kind, note="", cancellation=None):
        one = self.env["sales.delivery.intercept"].create(
            {
                "kind": kind,
                "picking_id": self.id,
                "order_id": self.sale_id.id,
                "carrier_id": self.carrier_id.id,
                "tracking_ref": self.carrier_tracking_ref,
                "cancellation_id": cancellation and cancellation.id,
                "note": note or False,
            }
        )
        self.sale_id._log_event(
            "intercept.requested", transfer=self.name, kind=kind, note=note
        )
        self.env["sales.retry.job"]._add(one, "_send")
        return one

    def _has_unused_label(self):
        """Return whether there is a label of a carrier for what is not shipped."""
        self.ensure_one()
        return bool(self.state == "cancel" and self.carrier_id and self._has_label())

    def _has_label(self):
        return self.carrier_tracking_ref or self.http_shipment_state in (
            "to_send",
            "sent",
        )
