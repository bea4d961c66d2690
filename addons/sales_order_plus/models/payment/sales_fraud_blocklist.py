import re

from odoo import api, fields, models
from odoo.tools import email_normalize


class SalesFraudBlocklist(models.Model):
    """Who is known for fraud: an address, a domain, a number."""

    _name = "sales.fraud.blocklist"
    _description = "Blocked Customer Data"
    _order = "kind, value"
    _rec_name = "value"
    _check_company_auto = True

    kind = fields.Selection(
        selection=[
            ("email", "E-mail address"),
            ("domain", "E-mail domain"),
            ("phone", "Telephone"),
            ("vat", "Tax ID"),
        ],
        required=True,
        default="email",
        help="What the value is compared with.",
    )
    value = fields.Char(required=True, help="Compared without case and separators.")
    normalized = fields.Char(
        compute="_compute_normalized",
        store=True,
        index=True,
        help="The value as it is compared.",
    )
    active = fields.Boolean(default=True, help="Archived entries block nobody.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    note = fields.Char(help="Why it is on the list.")

    _value_uniq = models.UniqueIndex(
        "(kind, normalized, COALESCE(company_id, 0))",
        "Value: it is on the list already.",
    )

    @api.depends("kind", "value")
    def _compute_normalized(self):
        for entry in self:
            entry.normalized = self._normalize(entry.kind, entry.value)

    @api.model
    def _normalize(self, kind, value):
        """Return ``value`` as it is compared, or False."""
        value = (value or "").strip().lower()
        if kind == "email":
            return email_normalize(value) or value
        if kind == "domain":
            return value.rpartition("@")[2]
        if kind == "phone":
            # The national part: the same number is written with and without country.
            return re.sub(r"\D", "", value)[-9:] or False
        return re.sub(r"[^0-9a-z]", "", value) or False
