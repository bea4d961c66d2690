import secrets

from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 1000


class SalesStockFeed(models.Model):
    """What a marketplace may sell: quantities with a cursor, so that none is missed.

    A marketplace asks with the number of the last row it has; it gets what changed
    since. Asking twice gives the same rows twice: nothing is used up by reading.
    """

    _name = "sales.stock.feed"
    _description = "Stock Feed"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Which marketplace, or shop.")
    active = fields.Boolean(default=True, help="Archived feeds answer nobody.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Whose stock it is.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Only the stock of this warehouse; empty: of all of the company.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Only products of these; empty: all that are sold and stored.",
    )
    buffer = fields.Float(
        digits="Product Unit",
        help="So many of each product are kept back, for what is sold elsewhere "
        "meanwhile.",
    )
    is_backorderable = fields.Boolean(
        string="Sell What Is Coming",
        help="Tell that a product may be ordered although it is not there, and when it "
        "comes.",
    )
    token = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups="sales_team.group_sale_manager",
        help="Secret part of the address; whoever has it reads the feed.",
    )
    url = fields.Char(
        string="Address",
        compute="_compute_url",
        groups="sales_team.group_sale_manager",
        help="Where the marketplace reads it; add ?since=<cursor> and, for CSV, "
        "&format=csv.",
    )
    cursor = fields.Integer(readonly=True, copy=False, help="Number of the last row.")
    row_ids = fields.One2many(
        "sales.stock.feed.row", "feed_id", string="Rows", help="What it says now."
    )

    _buffer_positive = models.Constraint(
        "CHECK(buffer >= 0)", "Buffer: give a number of 0 or more."
    )

    @api.depends("token")
    def _compute_url(self):
        for feed in self:
            base = feed.get_base_url()
            feed.url = feed.token and f"{base}/sales_backorder/feed/{feed.token}"

    def action_new_token(self):
        """Change the address; whoever has the old one reads nothing any more.

        :return: True
        """
        self.check_access("write")
        for feed in self:
            feed.token = secrets.token_urlsafe(24)
        return True

    def action_refresh(self):
        """Look at stock now.

        :return: True
        """
        self.check_access("write")
        self._refresh()
        return True

    # === Keeping it up to date === #

    @api.model
    def _cron_refresh(self):
        self.search([("active", "=", True)])._refresh()

    def _refresh(self):
        """Number anew the rows that are different from what the feed said last."""
        for feed in self.sudo():
            feed.lock_for_update()
            known = {row.product_id: row for row in feed.row_ids}
            current = feed._get_current()
            for product, values in current.items():
                row = known.get(product)
                if not row or any(row[name] != values[name] for name in values):
                    feed._add_row(product, values, row)
            for product in known.keys() - current.keys():
                gone = {"quantity": 0.0, "expected": False, "is_backorderable": False}
                row = known[product]
                if any(row[name] != gone[name] for name in gone):
                    feed._add_row(product, gone, row)

    def _add_row(self, product, values, row):
        self.cursor += 1
        vals = {**values, "number": self.cursor}
        if row:
            row.write(vals)
        else:
            row.create({"feed_id": self.id, "product_id": product.id, **vals})

    def _get_current(self):
        """Return {product: values of its row} as stock is now."""
        products = self._get_products()
        unit_free = {product: product.free_qty for product in products}
        coming = self._get_coming(products) if self.is_backorderable else {}
        return {
            product: {
                "quantity": max(product.uom_id.round(free - self.buffer), 0.0),
                "expected": coming.get(product.id, False),
                "is_backorderable": self.is_backorderable,
            }
            for product, free in unit_free.items()
        }

    def _get_products(self):
        domain = (
            Domain("is_storable", "=", True)
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", (False, self.company_id.id))
        )
        if self.category_ids:
            domain &= Domain("categ_id", "child_of", self.category_ids.ids)
        places = self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )
        products = self.env["product.product"].with_context(warehouse_id=places.ids)
        return products.search(domain)

    def _get_coming(self, products):
        """Return {product id: day of the next receipt}."""
        places = self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )
        groups = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ("waiting", "confirmed", "assigned")),
                ("location_id.usage", "=", "supplier"),
                ("picking_type_id.warehouse_id", "in", places.ids),
            ],
            ["product_id"],
            ["date:min"],
        )
        return {product.id: date.date() for product, date in groups}

    # === Reading it === #

    @api.model
    def _read_feed(self, token, since=0, limit=BATCH):
        """Return what changed since a row, or None if the address is wrong.

        :return: dict with ``feed``, ``cursor`` (ask with it next time), ``more`` and
            ``items``: dicts with ``sku``, ``name``, ``quantity``, ``unit``,
            ``backorderable`` and ``expected`` (YYYY-MM-DD or None)
        """
        # sudo: the token is the key.
        feed = self.sudo().search([("token", "=", token)], limit=1) if token else None
        if not feed:
            return None
        feed._refresh()
        rows = feed.row_ids.search(
            [("feed_id", "=", feed.id), ("number", ">", since)],
            order="number",
            limit=limit + 1,
        )
        shown = rows[:limit]
        return {
            "feed": feed.name,
            "cursor": shown[-1:].number or since,
            "more": len(rows) > limit,
            "items": [row._prepare_item() for row in shown],
        }


class SalesStockFeedRow(models.Model):
    """What a feed says of one product."""

    _name = "sales.stock.feed.row"
    _description = "Row of a Stock Feed"
    _order = "feed_id, number"

    feed_id = fields.Many2one(
        "sales.stock.feed", required=True, ondelete="cascade", help="The feed."
    )
    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", help="The product."
    )
    number = fields.Integer(required=True, help="Place in the feed; a change moves it.")
    quantity = fields.Float(digits="Product Unit", help="What may be sold.")
    expected = fields.Date(help="Day of the next receipt.")
    is_backorderable = fields.Boolean(
        string="Sell What Is Coming", help="May be ordered although it is not there."
    )

    _feed_idx = models.Index("(feed_id, number)")
    _product_uniq = models.UniqueIndex(
        "(feed_id, product_id)", "The product is in the feed already."
    )

    def _prepare_item(self):
        product = self.product_id
        return {
            "sku": product.default_code or str(product.id),
            "name": product.name,
            "quantity": self.quantity,
            "unit": product.uom_id.name,
            "backorderable": self.is_backorderable,
            "expected": str(self.expected) if self.expected else None,
        }
