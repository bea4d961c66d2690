from http import HTTPStatus

import requests

from odoo import api, fields, models

from odoo.addons.sales_order_plus.exceptions import ServiceUnavailableError

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
        headers = {
            "Authorization": f"Bearer {party.token or ''}",
            "Idempotency-Key": key,
        }
        try:
            response = requests.post(
                party.url,
                json=body,
                headers=headers,
                timeout=party.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise ServiceUnavailableError(
                self.env._(
                    "%(party)s: no answer (%(error)s).",
                    party=party.display_name,
                    error=type(error).__name__,
                )
            ) from None
        self._check_answer(response.status_code)

    def _check_answer(self, status):
        if status < HTTPStatus.MULTIPLE_CHOICES:
            return
        text = self.env._(
            "%(party)s answered %(status)s.", party=self.display_name, status=status
        )
        passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if passing or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ServiceUnavailableError(text)
        raise ExchangeError(text, status=status)
