import re

from odoo import api, fields, models
from odoo.tools import ormcache

from ...exceptions import ValidationRuleError


class SalesAddressRule(models.Model):
    """How addresses of a country look, beyond what Odoo knows of it."""

    _name = "sales.address.rule"
    _inherit = ["sales.cached.mixin"]
    _description = "Address Format"
    _order = "country_id, id"
    _rec_name = "country_id"

    country_id = fields.Many2one(
        "res.country",
        required=True,
        ondelete="cascade",
        help="Whether ZIP and state are needed is set on the country itself.",
    )
    zip_regex = fields.Char(
        string="Pattern of ZIP",
        required=True,
        help="Regular expression the whole ZIP has to fit, such as \\d{5}.",
    )
    zip_example = fields.Char(
        string="Example", required=True, help="A good ZIP; shown when one is wrong."
    )

    _country_uniq = models.UniqueIndex(
        "(country_id)", "Country: there is a format for it already."
    )

    @api.constrains("zip_regex", "zip_example")
    def _check_pattern(self):
        """The example proves the pattern."""
        for rule in self:
            try:
                fits = re.fullmatch(rule.zip_regex, rule.zip_example)
            except re.error:
                fits = None
            if not fits:
                raise ValidationRuleError(
                    self.env._(
                        "Pattern of ZIP: %(pattern)s does not fit the example "
                        "%(example)s. Correct one of the two.",
                        pattern=rule.zip_regex,
                        example=rule.zip_example,
                    ),
                    field="zip_regex",
                )

    @api.model
    @ormcache("self._get_version()")
    def _get_formats(self):
        """Return {country id: (pattern, example)}, read once."""
        # sudo: customers fill in addresses too.
        rules = self.sudo().search([("country_id", "!=", False)])
        return {one.country_id.id: (one.zip_regex, one.zip_example) for one in rules}
