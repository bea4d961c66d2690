import base64
import logging
import math
from datetime import date
from http import HTTPStatus

import requests
from lxml import etree

from odoo import api, fields, models

from ...exceptions import CurrencyRateError, ServiceUnavailableError

_logger = logging.getLogger(__name__)

ECB_URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
MAX_BYTES = 5 * 1024 * 1024


class SalesCurrencyRateProvider(models.Model):
    """Where the rates of foreign currencies come from.

    Rates are fetched by a cron only: a slow server must not stop somebody who
    quotes. When fetching fails, the old rates stay and somebody is told.
    """

    _name = "sales.currency.rate.provider"
    _description = "Currency Rate Provider"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, help="Such as European Central Bank.")
    sequence = fields.Integer(default=10, help="Order in lists; the last one wins.")
    active = fields.Boolean(default=True, help="Archived providers are not asked.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company whose rates are kept.",
    )
    kind = fields.Selection(
        selection=[("ecb", "Download (ECB format)"), ("file", "File (ECB format)")],
        required=True,
        default="ecb",
        help="Download fetches the file every day; a file is given by hand.",
    )
    url = fields.Char(
        string="Address",
        default=ECB_URL,
        groups="base.group_system",
        help="Where the file is. It has to have the format of the European Central "
        "Bank.",
    )
    timeout = fields.Integer(
        default=10, help="Seconds to wait for the server before giving up."
    )
    rates_file = fields.Binary(
        attachment=False, help="The file with the rates, for providers of kind file."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        help="Gets an activity when the rates could not be updated.",
    )
    last_success = fields.Datetime(
        readonly=True, copy=False, help="When rates were last taken over."
    )
    rates_date = fields.Date(
        readonly=True, copy=False, help="Day of the rates that were taken over last."
    )
    last_error = fields.Char(
        readonly=True, copy=False, help="Why the last update failed; empty: it did not."
    )
    entity_tag = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Version of the file fetched last; the same file is not sent again.",
    )

    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 120)", "Timeout: give 1 to 120 seconds."
    )

    @api.constrains("url", "kind")
    def _check_url(self):
        for provider in self.sudo().filtered(lambda one: one.kind == "ecb"):
            if not (provider.url or "").startswith(("https://", "http://")):
                raise CurrencyRateError(
                    self.env._(
                        "Address: give the whole web address of the file, beginning "
                        "with https://."
                    )
                )

    def action_update_rates(self):
        """Update now: a file at once, a download within a minute in the background.

        :return: notification for the web client
        :raise CurrencyRateError: if a file cannot be taken over
        """
        self.check_access("write")
        files = self.filtered(lambda provider: provider.kind == "file")
        for provider in files:
            provider._take_over(base64.b64decode(provider.rates_file or b""))
        if self - files:
            # sudo: who may update rates need not administrate crons.
            cron = self.env.ref("sales_order_plus.ir_cron_currency_rates").sudo()
            cron._trigger()
        message = self.env._("Rates are taken over.")
        if self - files:
            message = self.env._("Rates are being fetched. Reload in a minute.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }

    @api.model
    def _cron_update_rates(self):
        providers = self.search([("kind", "=", "ecb")])
        self.env["ir.cron"]._commit_progress(remaining=len(providers))
        for provider in providers:
            provider._update_or_tell()
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    def _update_or_tell(self):
        """Fetch the rates; keep the old ones and tell somebody if that fails."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._update_from_server()
        except ServiceUnavailableError as error:
            self._tell_failure(str(error))
            self.env["sales.retry.job"]._add(self, "_update_from_server", error)
        except Exception as error:  # noqa: BLE001 whatever it is, the old rates stay
            _logger.warning("Currency rates of %s: %s", self.name, error)
            self._tell_failure(str(error))

    def _tell_failure(self, reason):
        self.ensure_one()
        self.last_error = reason
        if self.activity_ids:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Currency rates could not be updated"),
            note=self.env._(
                "%(reason)s. Quotations use the rates of %(date)s until then.",
                reason=reason,
                date=self.rates_date or self.env._("before"),
            ),
            user_id=self.user_id.id or self.env.uid,
        )

    def _update_from_server(self):
        content = self._fetch()
        if content is None:
            # Not changed since: the rates there are still the newest.
            self.write({"last_success": fields.Datetime.now(), "last_error": False})
        else:
            self._take_over(content)

    def _fetch(self):
        """Return the file, or None if it is the one fetched last.

        :raise CurrencyRateError: if the server does not give it
        :raise ServiceUnavailableError: if it may do so later
        """
        headers = {"If-None-Match": self.entity_tag} if self.entity_tag else {}
        try:
            response = requests.get(
                self.url, headers=headers, timeout=self.timeout, stream=True
            )
            content = response.raw.read(MAX_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise ServiceUnavailableError(
                self.env._("Address: no answer (%(error)s)", error=error)
            ) from error
        if response.status_code == 304:
            return None
        if response.status_code != 200 or len(content) > MAX_BYTES:
            # Its own trouble may pass; that it does not want us will not.
            passing = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise (ServiceUnavailableError if passing else CurrencyRateError)(
                self.env._(
                    "Address: the server answered %(status)s with %(size)s bytes",
                    status=response.status_code,
                    size=len(content),
                )
            )
        self.entity_tag = response.headers.get("ETag")
        return content

    # === Rates === #

    def _take_over(self, content):
        """Write the rates of a file in the format of the European Central Bank.

        :raise CurrencyRateError: if it is no such file, or lacks our currency
        """
        self.ensure_one()
        day, rates = self._parse(content)
        own = self.company_id.currency_id.name
        if own not in rates:
            raise CurrencyRateError(
                self.env._(
                    "The file has no rate of %(currency)s, the currency of %(company)s",
                    currency=own,
                    company=self.company_id.name,
                )
            )
        relative = {code: rate / rates[own] for code, rate in rates.items()}
        self._write_rates(day, relative)
        self.write(
            {
                "last_success": fields.Datetime.now(),
                "rates_date": day,
                "last_error": False,
            }
        )
        self.activity_ids.action_feedback(feedback=self.env._("Rates are up to date."))

    @api.model
    def _parse(self, content):
        """Return (day, {currency code: units per euro})."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(content, parser=parser)
            [cube, *_older] = root.xpath("//*[local-name()='Cube'][@time]")
            rates = {one.get("currency"): float(one.get("rate")) for one in cube}
            day = date.fromisoformat(cube.get("time"))
        except (ValueError, TypeError, etree.XMLSyntaxError) as error:
            raise CurrencyRateError(
                self.env._("The file is not in the format of the ECB: %s", error)
            ) from error
        if not all(math.isfinite(rate) and rate > 0 for rate in rates.values()):
            raise CurrencyRateError(
                self.env._("The file has a rate that is not above zero")
            )
        return day, {**rates, "EUR": 1.0}

    def _write_rates(self, day, rates):
        """Write the rates of active currencies; a day is never written twice."""
        company = self.company_id.root_id
        # sudo: rates are for accountants to write, these come from the provider.
        model = self.env["res.currency.rate"].sudo().with_company(company)
        currencies = self.env["res.currency"].search([("name", "in", list(rates))])
        currencies -= company.currency_id
        known = {
            rate.currency_id: rate
            for rate in model.search(
                [("name", "=", day), ("company_id", "=", company.id)]
            )
        }
        for currency in currencies:
            value = rates[currency.name]
            if currency in known:
                known[currency].company_rate = value
            else:
                model.create(
                    {
                        "name": day,
                        "currency_id": currency.id,
                        "company_id": company.id,
                        "company_rate": value,
                    }
                )


class SalesRetryJob(models.Model):
    _inherit = "sales.retry.job"

    @api.model
    def _get_retry_methods(self):
        return {
            **super()._get_retry_methods(),
            ("sales.currency.rate.provider", "_update_from_server"): self.env._(
                "Fetch currency rates"
            ),
        }
