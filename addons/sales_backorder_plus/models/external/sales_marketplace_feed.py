import secrets

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq


class SalesMarketplaceFeed(models.Model):
    """What a marketplace is told to have in stock; see docs/marketplaces.md.

    Only what changed is told. Each change has a number, so that a reader who missed
    some asks for all since the last number he knows.
    """

    _name = "sales.marketplace.feed"
    _description = "Marketplace Feed"
    _inherit = ["sales.endpoint.mixin", "sales.presence.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Such as the name of the marketplace.")
    active = fields.Boolean(
        default=True, help="Archived feeds are not brought up to date nor given out."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Whose goods are offered.",
    )
    channel_id = fields.Many2one(
        "sales.channel",
        check_company=True,
        help="Channel of its orders: the quotas of the channel limit what is offered.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Whose stock is offered; empty: all warehouses of the company.",
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Products of these and their subcategories; empty: all. Only products "
        "that can be sold and have a reference are offered.",
    )
    qty_buffer = fields.Float(
        string="Buffer",
        digits="Product Unit",
        help="So much of each product is never offered.",
    )
    with_date = fields.Boolean(
        string="Tell When",
        default=True,
        help="Tell when more arrives, by the next planned receipt.",
    )
    sell_short = fields.Boolean(
        string="Sold Without Stock",
        help="The marketplace may sell what is not in stock.",
    )
    pull_token = fields.Char(
        string="Token for Reading",
        copy=False,
        groups="base.group_system",
        default=lambda self: secrets.token_urlsafe(32),
        help="Last part of the address the feed is read from; whoever knows it reads.",
    )
    pull_url = fields.Char(
        string="Address for Reading",
        compute="_compute_pull_url",
        groups="base.group_system",
        help="Where the feed can be read; add ?after=<number> for later changes only.",
    )
    version = fields.Integer(
        string="Last Change",
        readonly=True,
        copy=False,
        help="Number of the last change.",
    )
    item_ids = fields.One2many(
        "sales.marketplace.item",
        "feed_id",
        string="Offered",
        help="What was told last.",
    )
    batch_ids = fields.One2many(
        "sales.marketplace.batch", "feed_id", string="Changes", help="What was told."
    )

    _token_uniq = models.UniqueIndex(
        "(pull_token) WHERE pull_token IS NOT NULL", "Another feed has this token."
    )
    _buffer_positive = models.Constraint(
        "CHECK (qty_buffer >= 0)", "Buffer: enter 0 or more."
    )

    @api.depends("pull_token")
    def _compute_pull_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for feed in self:
            token = feed.pull_token
            feed.pull_url = token and f"{base}/sales_backorder_plus/feed/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the feed that ``token`` opens, as superuser; empty: none."""
        # sudo: who reads has no user, the token is all he shows.
        feed = self.sudo().search([("pull_token", "=", token)], limit=1)
        known = bool(feed) and consteq(feed.pull_token.encode(), token.encode())
        return feed if known else feed.browse()

    def _get_products(self):
        domain = (
            Domain("sale_ok", "=", True)
            & Domain("is_storable", "=", True)
            & Domain("default_code", "!=", False)
            & Domain("company_id", "in", (False, self.company_id.id))
        )
        if self.categ_ids:
            domain &= Domain("categ_id", "child_of", self.categ_ids.ids)
        return self.env["product.product"].search(domain, order="default_code, id")

    def _read(self, after=0):
        """Return what changed after a number.

        :return: dict with ``version`` (number to ask for next) and ``items``
        """
        items = self.item_ids.filtered(lambda item: item.version > after)
        return {"version": self.version, "items": [item._get_row() for item in items]}
