from odoo import api, fields, models


class SalesEmbargo(models.Model):
    """Goods the law keeps out of a country, or a country nothing goes to."""

    _name = "sales.embargo"
    _description = "Embargo"
    _inherit = [
        "mail.thread",
        "sales.restriction.mixin",
        "sales.goods.mixin",
        "sales.area.mixin",
    ]
    _order = "name, id"
    _check_key = "embargo"

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    legal_reference = fields.Char(required=True, tracking=True)
    country_ids = fields.Many2many(
        tracking=True,
        help="Neither delivered nor invoiced to addresses in these countries.",
    )
    jurisdiction = fields.Char(help="Where the law holds, such as European Union.")

    @api.constrains("country_ids")
    def _check_country_ids(self):
        for embargo in self:
            if not embargo.country_ids:
                embargo._refuse("country_ids", self.env._("give at least one."))

    def _get_law(self):
        return (
            f" ({', '.join(filter(None, (self.legal_reference, self.jurisdiction)))})"
        )
