from odoo import api, fields, models

from ...exceptions import AllocationError


class SalesChannelQuota(models.Model):
    """How much of a product orders of some channels may take, or is kept for them.

    Quotas hold where stock is reserved by the system. Somebody in the warehouse may
    still reserve by hand what he sees fit.
    """

    _name = "sales.channel.quota"
    _description = "Channel Quota"
    _inherit = ["sales.backorder.scope.mixin", "sales.audit.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Named where a shortage is explained."
    )
    kind = fields.Selection(
        selection=[
            ("limit", "At most"),
            ("pool", "Kept for these orders"),
            ("safety", "Safety stock"),
        ],
        default="limit",
        required=True,
        help="At most: these orders get no more. Kept: others cannot take what these "
        "orders did not take yet; beyond it they get what is free for all. Safety "
        "stock: no order gets it.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        default=lambda self: self.env.user._get_default_warehouse_id(),
        help="Where the goods are.",
    )
    product_id = fields.Many2one(
        "product.product", index=True, ondelete="cascade", help="Of which product."
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        ondelete="cascade",
        help="Or of each product of a category, those of its subcategories too.",
    )
    product_uom_id = fields.Many2one(
        related="product_id.uom_id", string="Unit", help="Unit of the quantities."
    )
    measure = fields.Selection(
        selection=[("quantity", "Quantity"), ("percent", "Percent of the goods")],
        default="quantity",
        required=True,
        help="Percent: of what is on hand and what orders took in this time.",
    )
    amount = fields.Float(
        required=True, digits="Product Unit", help="Quantity of a product, or percent."
    )
    date_from = fields.Date(
        string="From", help="What is taken from then on counts; empty: all."
    )
    date_to = fields.Date(string="To", help="Last day; empty: until it is released.")
    released_on = fields.Datetime(
        readonly=True, copy=False, help="When it was released; it holds no more."
    )

    _product_or_category = models.Constraint(
        "CHECK (num_nonnulls(product_id, categ_id) = 1)",
        "Product, Product Category: choose one of the two.",
    )
    _amount_range = models.Constraint(
        "CHECK (amount >= 0 AND (measure <> 'percent' OR amount <= 100))",
        "Amount: enter 0 or more, of percent at most 100.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "From, To: the first day must not be after the last.",
    )

    @api.model
    def _get_holding(self, products, warehouse):
        """Return {product: quotas that hold today}, as superuser.

        No query where the company has no quota.
        """
        # sudo: they hold for everybody, also for who may not read them.
        ids = self._get_active_ids(warehouse.sudo().company_id.id)
        quotas = self.sudo().browse(ids)
        quotas = quotas.filtered(lambda one: one._holds(warehouse))
        return {
            product: quotas.filtered(lambda one, p=product: one._is_about(p))
            for product in products.sudo()
        }

    def _holds(self, warehouse):
        today = fields.Date.context_today(
            self.with_context(tz=self.warehouse_id.partner_id.tz or "UTC")
        )
        return (
            self.warehouse_id == warehouse
            and not self.released_on
            and (not self.date_from or self.date_from <= today)
            and (not self.date_to or today <= self.date_to)
        )

    def _is_about(self, product):
        if self.product_id:
            return self.product_id == product
        path = product.categ_id.parent_path or ""
        return path.startswith(self.categ_id.parent_path)

    def action_release(self):
        """End these quotas now: what waits gets what is free.

        :return: True
        :raise AllocationError: if one is released already
        """
        self.check_access("write")
        done = self.filtered("released_on")
        if done:
            raise AllocationError(
                self.env._(
                    "%(quotas)s: released already. Choose one that still holds.",
                    quotas=", ".join(done.mapped("name")),
                ),
                rule="quota",
            )
        self.write({"released_on": fields.Datetime.now()})
        self._log_event("quota.released")
        self._serve_waiting()
        return True

    def _serve_waiting(self):
        """Reserve for all who wait for these goods, in the order of their ranks."""
        # sudo: the manager decides about quotas, the goods are the warehouse's.
        moves = self.env["stock.move"].sudo()
        for quota in self.sudo():
            waiting = moves.search(
                [
                    ("state", "in", ("confirmed", "partially_available")),
                    ("location_id", "child_of", quota.warehouse_id.lot_stock_id.id),
                    ("product_id", "in", quota._get_products().ids),
                ]
            )
            moves |= waiting
        moves._action_assign()

    def _get_products(self):
        """Return the products the quota is about."""
        if self.product_id:
            return self.product_id
        return self.env["product.product"].search(
            [("categ_id", "child_of", self.categ_id.id), ("is_storable", "=", True)]
        )
