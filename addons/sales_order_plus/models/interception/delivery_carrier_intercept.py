from odoo import fields, models

from ...exceptions import CarrierError, ServiceUnavailableError

# What a carrier may answer; anything else is no answer.
ANSWERS = ("accepted", "refused", "pending")


class DeliveryCarrier(models.Model):
    """How parcels are called back: a method of the provider, or an e-mail.

    As Odoo's carriers do it: where there is a method ``<delivery_type>_intercept_shipment``
    it is called with the transfer and returns ``accepted``, ``refused`` or ``pending``.
    """

    _inherit = "delivery.carrier"

    intercept_email = fields.Char(
        string="E-mail for Calling Back",
        groups="base.group_user",
        help="Where parcels are called back by e-mail, for carriers without a service "
        "for it. Empty: somebody is asked to phone.",
    )

    def _can_intercept(self):
        """Return whether the carrier has a service for it."""
        self.ensure_one()
        return hasattr(self, f"{self.delivery_type}_intercept_shipment")

    def _intercept_shipment(self, picking):
        """Call a parcel back.

        :return: accepted, refused or pending
        :raise ServiceUnavailableError: if it is worth trying again
        """
        self.ensure_one()
        answer = getattr(self, f"{self.delivery_type}_intercept_shipment")(picking)
        if answer not in ANSWERS:
            raise CarrierError(
                self.env._(
                    "%(carrier)s gave no answer to calling the parcel back: %(answer)s",
                    carrier=self.name,
                    answer=answer,
                ),
                carrier=self.name,
            )
        return answer

    def sales_http_intercept_shipment(self, picking):
        """Ask the JSON service; the same key each time, so that it is asked once."""
        path = f"shipments/{picking.http_shipment_ref}/intercept"
        key = f"{self.env.cr.dbname}-intercept-{picking.id}"
        try:
            answer = self._call_http("POST", path, {}, key=key)
        except CarrierError as error:
            raise ServiceUnavailableError(str(error)) from error
        return answer.get("state")
