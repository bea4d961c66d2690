from odoo import api, fields, models

from odoo.addons.sales_order_plus.exceptions import ServiceUnavailableError
from odoo.addons.sales_order_plus.models.seam.service import (
    call_service,
    check_status,
)

from ...exceptions import ExchangeError


class SalesEndpointMixin(models.AbstractModel):
    """A party outside that messages are handed to: by file, or posted to its address.

    Another kind of party extends ``kind`` and overrides :meth:`_hand_over`, the only
    method that talks to it.
    """

    _name = "sales.endpoint.mixin"
    _description = "Party Messages Are Handed To"

    kind = fields.Selection(
        selection=[("file", "File"), ("http", "JSON service")],
        required=True,
        default="file",
        help="File: messages wait to be fetched. JSON service: they are posted to its "
        "address.",
    )
    url = fields.Char(
        string="Address",
        groups="base.group_system",
        help="Whole address that messages are posted to.",
    )
    token = fields.Char(
        copy=False, groups="base.group_system", help="Sent as bearer token."
    )
    timeout = fields.Integer(default=10, help="Seconds to wait for an answer.")

    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 60)", "Timeout: enter 1 to 60 seconds."
    )

    @api.constrains("kind", "url")
    def _check_url(self):
        for party in self.sudo().filtered(lambda one: one.kind == "http"):
            if not (party.url or "").startswith(("https://", "http://")):
                raise ExchangeError(
                    self.env._(
                        "Address: enter the whole address of the service of %(party)s, "
                        "beginning with https://.",
                        party=party.display_name,
                    ),
                    field="url",
                )

    def _hand_over(self, body, key):
        """Give one message to the party; the same key may come twice.

        :raise ServiceUnavailableError: if it is worth trying again
        :raise ExchangeError: if the party refuses the message
        """
        self.ensure_one()
        # sudo: address and token are the administrator's.
        party = self.sudo()
        try:
            response = call_service(
                self.env,
                "POST",
                party.url,
                json=body,
                token=party.token or "",
                headers={"Idempotency-Key": key},
                timeout=party.timeout,
            )
        except ServiceUnavailableError as error:
            raise ServiceUnavailableError(
                self.env._(
                    "%(party)s: %(problem)s.", party=party.display_name, problem=error
                )
            ) from None
        status = response.status_code
        text = self.env._(
            "%(party)s answered %(status)s.", party=party.display_name, status=status
        )
        check_status(status, text, ExchangeError)
