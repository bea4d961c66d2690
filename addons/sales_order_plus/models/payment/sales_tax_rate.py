from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesTaxRate(models.Model):
    """One tax of one jurisdiction; those of all levels are added up on a line."""

    _name = "sales.tax.rate"
    _description = "Tax of a Jurisdiction"
    _order = "country_id, state_id, level, zip_from, date_from desc"
    _check_company_auto = True
    _rec_name = "tax_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company that charges the tax.",
    )
    active = fields.Boolean(default=True, help="Archived rows are not used.")
    level = fields.Selection(
        selection=[
            ("1_country", "Country"),
            ("2_state", "State"),
            ("3_county", "County"),
            ("4_city", "City"),
            ("5_special", "Special district"),
        ],
        required=True,
        default="2_state",
        help="One tax of each level is charged: the one that fits best.",
    )
    country_id = fields.Many2one(
        "res.country", required=True, help="Country the goods are shipped to."
    )
    state_id = fields.Many2one(
        "res.country.state",
        domain="[('country_id', '=', country_id)]",
        help="State the goods are shipped to; empty: all.",
    )
    zip_from = fields.Char(string="ZIP From", help="First ZIP code; empty: all.")
    zip_to = fields.Char(
        string="ZIP To", help="Last ZIP code; empty: only the first one."
    )
    rate = fields.Float(
        string="Rate (%)",
        digits=(16, 4),
        compute="_compute_rate",
        store=True,
        readonly=False,
        precompute=True,
        help="Percentage. Without a tax, the one of this jurisdiction and rate is "
        "taken, or made with the accounts of the usual sales tax.",
    )
    jurisdiction = fields.Char(
        help="Authority that levies it, such as San Mateo County; empty: the state or "
        "country."
    )
    tax_id = fields.Many2one(
        "account.tax",
        required=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id)]",
        help="Sales tax with rate and accounts; empty: found or made from the rate.",
    )
    date_from = fields.Date(help="First day it is charged; empty: always.")
    date_to = fields.Date(help="Last day it is charged; empty: no end.")

    _dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "Date To must not be before Date From.",
    )

    @api.depends("tax_id.amount")
    def _compute_rate(self):
        for rate in self:
            rate.rate = rate.tax_id.amount or rate.rate

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not vals.get("tax_id") and "rate" in vals:
                draft = self.new(vals)
                vals["tax_id"] = draft._get_tax(vals["rate"]).id
        return super().create(vals_list)

    def write(self, vals):
        """A new rate is a new tax: orders keep the one they were sold with."""
        if "rate" not in vals or vals.get("tax_id"):
            return super().write(vals)
        others = {key: value for key, value in vals.items() if key != "rate"}
        result = super().write(others) if others else True
        for one in self:
            super(SalesTaxRate, one).write({"tax_id": one._get_tax(vals["rate"]).id})
        return result

    def _get_tax(self, rate):
        """Return the tax of this jurisdiction with ``rate`` percent."""
        self.ensure_one()
        place = self.jurisdiction or self.state_id.name or self.country_id.name
        level = self.level.partition("_")[2]
        company = self.company_id or self.env.company
        return self.env["account.tax"]._get_jurisdiction_tax(
            company, level, place, rate
        )

    @api.constrains("zip_from", "zip_to")
    def _check_zips(self):
        for rate in self.filtered("zip_to"):
            if not rate.zip_from or rate.zip_from.upper() > rate.zip_to.upper():
                raise ValidationError(
                    self.env._("ZIP To: enter one that is not before ZIP From.")
                )

    @api.constrains("tax_id")
    def _check_tax(self):
        for rate in self:
            if rate.tax_id.type_tax_use != "sale" or rate.tax_id.price_include:
                raise ValidationError(
                    self.env._(
                        "Tax: %(tax)s must be a sales tax that is not included in "
                        "the price.",
                        tax=rate.tax_id.display_name,
                    )
                )

    @api.model
    def _get_taxes(self, company, partner, day):
        """Return the taxes of the place of ``partner`` on ``day``."""
        rates = self.search(
            [
                ("company_id", "=", company.id),
                ("country_id", "=", partner.country_id.id),
                ("state_id", "in", (False, partner.state_id.id)),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        fitting = rates.filtered(lambda rate: rate._fits_zip(partner.zip))
        best = [
            max(group, key=lambda rate: rate._get_precision())
            for group in fitting.grouped("level").values()
        ]
        return self.env["account.tax"].union(*(rate.tax_id for rate in best))

    def _fits_zip(self, zip_code):
        self.ensure_one()
        first = (self.zip_from or "").upper()
        if not first:
            return True
        # Only as many characters as the table has: 94016-1234 lies in 94016.
        own = (zip_code or "").strip().upper()[: len(first)]
        return first <= own <= (self.zip_to or self.zip_from).upper()

    def _get_precision(self):
        """Return what says that one row fits better than another of its level."""
        self.ensure_one()
        start = self.date_from or fields.Date.to_date("1900-01-01")
        return bool(self.zip_from), bool(self.state_id), start, self.id
