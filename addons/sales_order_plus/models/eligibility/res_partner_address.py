import logging
import re

from odoo import api, fields, models

from ...exceptions import ServiceUnavailableError

_logger = logging.getLogger(__name__)

STATES = [
    ("unchecked", "No address"),
    ("incomplete", "Incomplete"),
    ("complete", "Complete"),
    ("geocoded", "Found on the map"),
    ("failed", "Not found on the map"),
]
ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id")
DAILY_CAP = "sales_order_plus.geocode_daily_cap"


class ResPartner(models.Model):
    """Whether an address is good enough to ship to.

    The map is a help only: what stops an order is what is missing in the address.
    """

    _inherit = "res.partner"

    address_state = fields.Selection(
        selection=STATES,
        string="Address Check",
        compute="_compute_address_state",
        groups="base.group_user",
        help="Whether the address has all its country asks for, and was found.",
    )
    address_issues = fields.Char(
        compute="_compute_address_state",
        groups="base.group_user",
        help="What is missing or wrong in the address.",
    )
    geocode_state = fields.Selection(
        selection=[("geocoded", "Found"), ("failed", "Not found")],
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the map said of this address; empty: not asked yet.",
        prefetch="sales_rare",
    )
    geocoded_address = fields.Char(
        readonly=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="Address the map was asked for last; it is not asked for the same again.",
        prefetch="sales_rare",
    )
    geocoded_on = fields.Date(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the map was asked.",
        prefetch="sales_rare",
    )

    @api.depends(
        *ADDRESS,
        "geocode_state",
        "country_id.zip_required",
        "country_id.state_required",
    )
    def _compute_address_state(self):
        for partner in self:
            gaps = partner._get_address_gaps()
            state = "incomplete" if gaps else partner.geocode_state or "complete"
            if not any(partner[name] for name in ADDRESS):
                state, gaps = "unchecked", []
            partner.address_state = state
            partner.address_issues = ", ".join(gaps) or False

    def _get_address_gaps(self):
        """Add a ZIP that does not look like one of its country."""
        gaps = super()._get_address_gaps()
        formats = self.env["sales.address.rule"]._get_formats()
        pattern, example = formats.get(self.country_id.id, ("", ""))
        if pattern and self.zip and not re.fullmatch(pattern, self.zip.strip()):
            gaps.append(self.env._("ZIP (such as %s)", example))
        return gaps

    def write(self, vals):
        if not vals.keys().isdisjoint(ADDRESS):
            vals = {**vals, "geocode_state": False}
        return super().write(vals)

    # === The map === #

    @api.model
    def _get_geocoder(self):
        """Return who finds addresses: Odoo's geolocation where installed, or None.

        It has ``geo_query_address(**address)`` and ``geo_find(text, **options)``.
        """
        return self.env["base.geocoder"] if "base.geocoder" in self.env else None

    @api.model
    def _cron_geocode(self):
        """Find addresses nobody has looked for, at most so many a day."""
        coder, left = self._get_geocoder(), self._get_geocode_allowance()
        if coder is None or left <= 0:
            return
        for partner in self.search(self._get_geocode_domain(), order="id desc"):
            if partner._get_address_gaps() or partner._reuse_location():
                continue
            if not partner._geocode_safely(coder):
                return
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1) or left <= 0:
                return

    @api.model
    def _get_geocode_allowance(self):
        """Return how many addresses may still be asked for today; 0: never any."""
        # sudo: a setting of the system.
        cap = self.env["ir.config_parameter"].sudo().get_param(DAILY_CAP)
        today = [("geocoded_on", "=", fields.Date.context_today(self))]
        asked = self.with_context(active_test=False).search_count(today) if cap else 0
        return int(cap or 0) - asked

    @api.model
    def _get_geocode_domain(self):
        return [
            ("geocode_state", "=", False),
            ("street", "!=", False),
            ("city", "!=", False),
            ("country_id", "!=", False),
        ]

    def _prepare_geocode_query(self):
        self.ensure_one()
        # Names in English: maps know them best.
        partner = self.with_context(lang="en_US")
        return {
            "street": partner.street,
            "zip": partner.zip,
            "city": partner.city,
            "state": partner.state_id.name,
            "country": partner.country_id.name,
        }

    def _get_geocode_text(self):
        query = self._prepare_geocode_query()
        return ", ".join(value for value in query.values() if value)

    def _reuse_location(self):
        """Return whether this address was found before, for whichever contact."""
        self.ensure_one()
        text = self._get_geocode_text()
        found = [("geocoded_address", "=", text), ("partner_latitude", "!=", 0)]
        known = self.with_context(active_test=False).search(found, limit=1)
        if known:
            self._keep_location(text, known.partner_latitude, known.partner_longitude)
        return bool(known)

    def _keep_location(self, text, latitude, longitude, **values):
        self.write(
            {
                "geocode_state": "geocoded" if latitude or longitude else "failed",
                "geocoded_address": text,
                "partner_latitude": latitude,
                "partner_longitude": longitude,
                **values,
            }
        )

    def _geocode_safely(self, coder):
        """Ask the map; return False if it does not answer.

        Then nothing is written: the address stays as good as it was.
        """
        try:
            with self.env.cr.savepoint():
                self._geocode(coder)
        except Exception as error:
            _logger.warning("Addresses cannot be looked up", exc_info=True)
            self.env["sales.retry.job"]._add(self, "_geocode_again", error)
            return False
        return True

    def _geocode_again(self):
        """Ask the map once more.

        :raise ServiceUnavailableError: if it does not answer
        """
        self.ensure_one()
        coder = self._get_geocoder()
        if coder is None or self._get_geocode_allowance() <= 0 or self.geocode_state:
            return
        try:
            self._geocode(coder)
        except Exception as error:
            raise ServiceUnavailableError(str(error)) from error

    def _geocode(self, coder):
        self.ensure_one()
        query = self._prepare_geocode_query()
        asked = coder.geo_query_address(**query)
        found = coder.geo_find(asked, force_country=query["country"]) or (0.0, 0.0)
        today = fields.Date.context_today(self)
        self._keep_location(self._get_geocode_text(), *found, geocoded_on=today)


class SalesRetryJob(models.Model):
    _inherit = "sales.retry.job"

    @api.model
    def _get_retry_methods(self):
        return {
            **super()._get_retry_methods(),
            ("res.partner", "_geocode_again"): self.env._("Find an address"),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    geocode_daily_cap = fields.Integer(
        string="Look Up Addresses",
        config_parameter=DAILY_CAP,
        help="Most addresses a day that are looked up on the map; 0: none. Needs "
        "Odoo's Geo Localization.",
    )
