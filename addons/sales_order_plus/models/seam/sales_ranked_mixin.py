from odoo import api, fields, models, tools


class SalesRankedMixin(models.AbstractModel):
    """What a company sets for its orders in a row, of which the first that fits holds."""

    _name = "sales.ranked.mixin"
    _description = "First That Fits"
    _inherit = ["sales.cached.mixin"]

    sequence = fields.Integer(default=10, help="The first that fits holds.")
    active = fields.Boolean(default=True, help="Archived ones hold for no order.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Its orders; amounts are in its currency.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the amounts."
    )

    @api.model
    @tools.ormcache("company_id", "self._get_version()")
    def _get_active_ids(self, company_id):
        """Return the ids of the active ones of a company, in their order."""
        return self.sudo().search([("company_id", "=", company_id)])._ids
