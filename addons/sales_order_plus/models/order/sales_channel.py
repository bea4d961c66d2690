from odoo import api, fields, models

from ...exceptions import UnknownCodeError


class SalesChannel(models.Model):
    """Where orders come from: shop, portal, marketplace, phone."""

    _name = "sales.channel"
    _description = "Sales Channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Shown on the order.")
    code = fields.Char(
        required=True, help="Short name for imports and RPC, such as EBAY."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived channels cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    kind = fields.Selection(
        selection=[
            ("online", "Online shop"),
            ("offline", "Offline"),
            ("b2b_portal", "B2B portal"),
            ("mobile", "Mobile"),
            ("social", "Social media"),
            ("marketplace", "Marketplace"),
        ],
        required=True,
        default="offline",
        help="What the channel means to rules and analyses.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        help="Team of orders of this channel; empty: that of the salesperson.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        help="Pricelist of orders of this channel; empty: that of the customer.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        help="Warehouse that delivers; empty: that of the salesperson.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another channel has this code."
    )

    @api.model
    def _get_by_kind(self, kind, company):
        """Return the first channel of ``kind`` that ``company`` may use."""
        # sudo: the customer who orders may not read channels.
        return self.sudo().search(
            [("kind", "=", kind), ("company_id", "in", (company.id, False))], limit=1
        )

    @api.model
    def _get_by_code(self, code, company):
        """Return the channel with ``code``; one of the company goes before.

        :raise UnknownCodeError: names the field and the codes there are
        """
        channels = self.search(
            [("company_id", "in", (company.id, False))], order="company_id, id"
        )
        found = channels.filtered(lambda one: one.code.lower() == code.strip().lower())
        if not found:
            raise UnknownCodeError(
                self.env._(
                    "Sales Channel: there is no channel with the code “%(code)s”. "
                    "Use one of: %(codes)s.",
                    code=code,
                    codes=", ".join(channels.mapped("code")) or "-",
                ),
                field="sales_channel_code",
                codes=channels.mapped("code"),
            )
        return found[0]
