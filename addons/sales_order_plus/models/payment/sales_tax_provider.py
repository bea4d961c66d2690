import hashlib
import json
import math

from odoo import api, fields, models

from ...exceptions import ServiceUnavailableError, TaxProviderError
from ..seam.service import call_service, read_json

LEVELS = frozenset({"country", "state", "county", "city", "special"})


class SalesTaxProvider(models.Model):
    """Where the taxes of a place come from; docs/taxes.md has the service's contract.

    Another kind of service extends ``kind`` and overrides :meth:`_send`, the only
    method that talks to it.
    """

    _name = "sales.tax.provider"
    _description = "Tax Provider"
    _order = "name, id"

    name = fields.Char(required=True, help="Such as Table of our accountant.")
    active = fields.Boolean(default=True, help="Archived providers cannot be chosen.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company that charges the taxes.",
    )
    kind = fields.Selection(
        selection=[("table", "Table of taxes by jurisdiction"), ("http", "Service")],
        required=True,
        default="table",
        help="The table decides on each line at once. A service is asked when somebody "
        "updates the taxes, sends or confirms the quotation.",
    )
    url = fields.Char(
        string="Address",
        groups="base.group_system",
        help="Whole address that quotations are posted to.",
    )
    token = fields.Char(
        copy=False, groups="base.group_system", help="Sent as bearer token."
    )
    timeout = fields.Integer(
        default=5, help="Seconds the user waits for the service before going on."
    )
    cache_hours = fields.Integer(
        string="Keep Answers (hours)",
        default=12,
        help="Equal lines to the same place are not asked for again; 0: always ask.",
    )

    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 60)", "Timeout: enter 1 to 60 seconds."
    )
    _cache_hours_positive = models.Constraint(
        "CHECK (cache_hours >= 0)", "Keep Answers: enter 0 or more hours."
    )

    @api.constrains("kind", "url")
    def _check_url(self):
        for provider in self.sudo().filtered(lambda one: one.kind == "http"):
            if not (provider.url or "").startswith(("https://", "http://")):
                raise TaxProviderError(
                    self.env._(
                        "Address: enter the whole address of the service of "
                        "%(provider)s, beginning with https://.",
                        provider=provider.name,
                    ),
                    field="url",
                )

    def _get_key(self, payload):
        """Return the hash of a question; another service is another question."""
        content = json.dumps([self.id, self.sudo().url, payload], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def _ask(self, payload):
        """Return [[{level, jurisdiction, rate}]], one list a line asked for.

        :raise TaxProviderError: if the service does not answer as agreed
        """
        self.ensure_one()
        answer = self._send(payload)
        lines = answer.get("lines")
        if not isinstance(lines, list) or len(lines) != len(payload["lines"]):
            raise self._get_error(self.env._("“lines” of its answer does not fit"))
        return [self._read_line(line) for line in lines]

    def _read_line(self, line):
        taxes = line.get("taxes") if isinstance(line, dict) else None
        if not isinstance(taxes, list) or not all(map(self._is_tax, taxes)):
            raise self._get_error(self.env._("“taxes” of its answer is wrong"))
        keys = ("level", "jurisdiction", "rate")
        return [{key: tax[key] for key in keys} for tax in taxes]

    @api.model
    def _is_tax(self, tax):
        if not isinstance(tax, dict):
            return False
        rate, place = tax.get("rate"), tax.get("jurisdiction")
        return (
            tax.get("level") in LEVELS
            and isinstance(place, str)
            and 0 < len(place.strip()) <= 100
            and isinstance(rate, int | float)
            and not isinstance(rate, bool)
            and math.isfinite(rate)
            and 0 <= rate <= 100
        )

    # === The wire === #

    def _send(self, payload):
        """Return the JSON object the service answers with.

        :raise TaxProviderError: names the provider and what went wrong
        """
        self.ensure_one()
        # sudo: address and token are the administrator's.
        provider = self.sudo()
        try:
            response = call_service(
                self.env,
                "POST",
                provider.url,
                json=payload,
                token=provider.token or "",
                timeout=provider.timeout,
            )
        except ServiceUnavailableError as error:
            raise self._get_error(error) from None
        answer = read_json(response)
        if answer is None:
            raise self._get_error(self.env._("the answer is no JSON"))
        if response.status_code != 200 or not isinstance(answer, dict):
            status = response.status_code
            raise self._get_error(self.env._("it answered %(status)s", status=status))
        return answer

    def _get_error(self, problem):
        return TaxProviderError(
            self.env._(
                "%(provider)s: no taxes, %(problem)s.",
                provider=self.name,
                problem=problem,
            ),
            provider=self.name,
        )
