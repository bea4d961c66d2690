from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date


class SalesBackorderProcure(models.TransientModel):
    """What is to be bought for shortages: looked at, corrected, then requested."""

    _name = "sales.backorder.procure"
    _description = "Buy What Is Short"

    backorder_ids = fields.Many2many(
        "sales.backorder",
        string="Backorders",
        help="For which shortages; empty: for all open ones.",
    )
    line_ids = fields.One2many(
        "sales.backorder.procure.line",
        "wizard_id",
        string="To Buy",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="One row a product and warehouse, for what nothing will bring.",
    )

    @api.depends("backorder_ids")
    def _compute_line_ids(self):
        for wizard in self:
            found = wizard._get_backorders()._get_uncovered()
            wizard.line_ids = [Command.clear()] + [
                Command.create(wizard._prepare_line(*key, *entry))
                for key, entry in found.items()
            ]

    def _get_backorders(self):
        backorders = self.env["sales.backorder"]
        return self.backorder_ids or backorders.search([("state", "=", "open")])

    @api.model
    def _prepare_line(self, product, warehouse, quantity, backorders):
        seller = backorders._get_seller(product, warehouse.company_id, quantity)
        return {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "quantity": backorders._get_buyable(product, seller, quantity)
            if seller
            else quantity,
            "seller_id": seller.id,
            "backorder_ids": [Command.set(backorders.ids)],
        }

    def action_buy(self):
        """Make the requests for quotation.

        :return: action that opens them
        """
        self.ensure_one()
        backorders = self.env["sales.backorder"]
        # Somebody else, or a second click, may have bought it meanwhile.
        needed = self.line_ids.backorder_ids._get_uncovered()
        lines = backorders._procure(
            [
                (
                    line.product_id,
                    line.warehouse_id,
                    line.quantity,
                    line.seller_id,
                    line.backorder_ids,
                )
                for line in self.line_ids
                if line.seller_id and (line.product_id, line.warehouse_id) in needed
            ]
        )
        if not self.env["purchase.order"].has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        return backorders._get_records_action(
            "purchase.order", lines.order_id.sudo(False)
        )


class SalesBackorderProcureLine(models.TransientModel):
    _name = "sales.backorder.procure.line"
    _description = "Product to Buy"

    wizard_id = fields.Many2one(
        "sales.backorder.procure", required=True, ondelete="cascade", help="The list."
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, help="What is short."
    )
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id", help="For choosing a vendor."
    )
    product_uom_id = fields.Many2one(
        related="product_id.uom_id", string="Unit", help="Unit of the quantity."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, help="Where it is short."
    )
    quantity = fields.Float(digits="Product Unit", help="How much to buy; 0: leave it.")
    seller_id = fields.Many2one(
        "product.supplierinfo",
        string="Vendor",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Who is asked, at his price.",
    )
    backorder_ids = fields.Many2many(
        "sales.backorder", string="Backorders", readonly=True, help="Who waits for it."
    )
    vendor_state = fields.Selection(
        selection=[
            ("ready", "Price agreed"),
            ("no_price", "No price"),
            ("no_vendor", "No vendor"),
        ],
        string="Price",
        compute="_compute_vendor",
        help="No price: the vendor is known, the request goes out without a price. No "
        "vendor: nobody can be asked, add one to the product.",
    )
    vendor_note = fields.Text(
        string="Vendors by Arrival",
        compute="_compute_vendor",
        help="When each vendor has it here at the latest, as he delivered so far.",
    )

    @api.depends("product_id", "warehouse_id", "quantity", "seller_id")
    def _compute_vendor(self):
        for line in self:
            seller = line.seller_id
            priced = "ready" if seller.price else "no_price"
            line.vendor_state = priced if seller else "no_vendor"
            rows = self.env["sales.backorder"]._get_ranked_sellers(
                line.product_id, line.warehouse_id.company_id, line.quantity
            )
            line.vendor_note = "\n".join(self._get_vendor_text(*row) for row in rows)

    def _get_vendor_text(self, seller, day, late):
        values = {
            "vendor": seller.partner_id.display_name,
            "date": format_date(self.env, day),
            "days": seller.delay,
            "late": late,
            "price": seller.currency_id.format(seller.price),
        }
        if late:
            return self.env._(
                "%(vendor)s: %(date)s at the latest (%(days)s days, up to %(late)s late), "
                "%(price)s",
                **values,
            )
        return self.env._("%(vendor)s: %(date)s (%(days)s days), %(price)s", **values)
