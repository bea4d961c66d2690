from odoo import fields, models


class SalesAreaMixin(models.AbstractModel):
    """Records for a part of the world, told from an address."""

    _name = "sales.area.mixin"
    _description = "Area"

    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty: any country."
    )
    state_ids = fields.Many2many(
        "res.country.state", string="States", help="Empty: any state."
    )
    zip_prefixes = fields.Char(
        string="ZIP Begins With",
        help="Beginnings of ZIP codes, separated by commas, such as 10, 11; empty: any.",
    )

    def _covers(self, address):
        """Return whether ``address``, a contact, lies in the area."""
        self.ensure_one()
        prefixes = [one.strip() for one in (self.zip_prefixes or "").split(",")]
        prefixes = tuple(one for one in prefixes if one)
        return (
            bool(address)
            and (not self.country_ids or address.country_id in self.country_ids)
            and (not self.state_ids or address.state_id in self.state_ids)
            and (not prefixes or (address.zip or "").strip().startswith(prefixes))
        )
