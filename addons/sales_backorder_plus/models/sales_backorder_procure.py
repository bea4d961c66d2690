from collections import defaultdict
from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_round

# What rests on these is not on its way: somebody has to buy it.
UNCOVERED = ("lead_time", "none")
REQUEST_STATES = ("draft", "sent", "to approve")


class SalesBackorder(models.Model):
    """What has to be bought for the shortages, and buying it by Odoo's own rules.

    One procurement a product and warehouse, for what neither stock nor a receipt nor
    a request will bring; so running it twice buys nothing twice.
    """

    _inherit = "sales.backorder"

    purchase_line_ids = fields.Many2many(
        "purchase.order.line",
        "sales_backorder_purchase_line_rel",
        string="Bought With",
        readonly=True,
        groups="purchase.group_purchase_user,stock.group_stock_user",
        help="Purchase lines that were made, or became more, for this backorder.",
    )

    def _get_uncovered(self):
        """Return what nothing will bring.

        :return: {(product, warehouse): (quantity in the unit of the product, backorders)}
        """
        found = defaultdict(lambda: [0.0, self.browse()])
        for backorder in self._get_open():
            quantity = sum(
                peg["quantity"]
                for peg in backorder.supply or ()
                if peg["source"] in UNCOVERED
            )
            unit = backorder.product_id.uom_id
            quantity = backorder.product_uom_id._compute_quantity(quantity, unit)
            if unit.compare(quantity, 0) > 0:
                entry = found[backorder.product_id, backorder.warehouse_id]
                entry[0] += quantity
                entry[1] |= backorder
        return {key: tuple(entry) for key, entry in found.items()}

    # === Vendors === #

    @api.model
    def _get_ranked_sellers(self, product, company, quantity):
        """Return the vendors of a product, the earliest at the latest first.

        :return: list of (vendor price, day it is there, days it may be late)
        """
        product = product.with_company(company)
        sellers = product.seller_ids.filtered(
            lambda one: (
                one.company_id in (company, company.browse())
                and one.product_id in (product, product.browse())
                and one.partner_id.active
            )
        )
        vendors = sellers.partner_id.commercial_partner_id
        report = self.env["sales.vendor.performance"]
        known = report._get_tolerances(vendors.ids, product.ids) if vendors else {}
        rows = []
        for seller in sellers:
            vendor = seller.partner_id.commercial_partner_id
            late = known.get((vendor.id, product.id), (0, 0))[1]
            day = fields.Date.add(
                fields.Date.context_today(self), days=seller.delay + late
            )
            rows.append((seller, day, late))
        return sorted(rows, key=lambda row: (row[1], row[0].price, row[0].id))

    @api.model
    def _get_seller(self, product, company, quantity):
        """Return the vendor Odoo would ask, else the first that is listed."""
        product = product.with_company(company)
        found = product._select_seller(quantity=quantity)
        ranked = self._get_ranked_sellers(product, company, quantity)
        return found or (ranked[0][0] if ranked else found)

    @api.model
    def _get_buyable(self, product, seller, quantity):
        """Return at least ``quantity`` that the vendor sells: his minimum, his unit."""
        unit = seller.product_uom_id or product.uom_id
        wanted = product.uom_id._compute_quantity(
            quantity, unit, rounding_method="UP", round=False
        )
        wanted = max(wanted, seller.min_qty)
        if unit != product.uom_id:
            wanted = float_round(wanted, precision_rounding=1.0, rounding_method="UP")
        return unit._compute_quantity(wanted, product.uom_id)

    # === Buying === #

    @api.model
    def _procure(self, wishes):
        """Ask Odoo's rules for goods.

        :param list wishes: (product, warehouse, quantity in its unit, vendor price or
            empty, backorders they are for)
        :return: purchase lines that were made, or became more
        """
        wishes = [wish for wish in wishes if wish[0].uom_id.compare(wish[2], 0) > 0]
        if not wishes:
            return self.env["purchase.order.line"]
        products = self.env["product.product"].union(*(wish[0] for wish in wishes))
        before = self._get_requested(products)
        # sudo: who sells or delivers need not buy; a buyer confirms the request.
        self.env["stock.rule"].sudo().run(
            [self._prepare_shortage_procurement(*wish) for wish in wishes]
        )
        changed = self.env["purchase.order.line"].sudo()
        for line, quantity in self._get_requested(products).items():
            if quantity != before.get(line):
                changed |= line
        self._keep_purchases(wishes, changed)
        return changed

    @api.model
    def _get_requested(self, products):
        """Return {purchase line: its quantity} of open requests."""
        lines = self.env["purchase.order.line"].sudo()
        found = lines.search(
            Domain("product_id", "in", products.ids)
            & Domain("order_id.state", "in", REQUEST_STATES)
        )
        return {line: line.product_qty for line in found}

    @api.model
    def _prepare_shortage_procurement(
        self, product, warehouse, quantity, seller, backorders
    ):
        rule = self.env["stock.rule"]
        company = warehouse.company_id
        values = {
            "warehouse_id": warehouse,
            "company_id": company,
            "date_planned": self._get_needed_on(product, warehouse, seller, backorders),
        }
        buying = self.env.ref("purchase_stock.route_warehouse0_buy", False)
        if buying and product.seller_ids:
            values["route_ids"] = buying
        if seller:
            values["supplierinfo_id"] = seller
        orders = sorted(set(backorders.order_id.mapped("name")))
        return rule.Procurement(
            product,
            quantity,
            product.uom_id,
            warehouse.lot_stock_id,
            self.env._("Backorders"),
            ", ".join(orders),
            company,
            values,
        )

    @api.model
    def _get_needed_on(self, product, warehouse, seller, backorders):
        """Return the promised day, or the first one the vendor can meet."""
        today = fields.Date.context_today(self)
        first = fields.Date.add(today, days=int(seller.delay or 0))
        promised = [day for day in backorders.mapped("date_promised") if day]
        day = max(min(promised, default=first), first)
        return datetime.combine(day, time(hour=12))

    @api.model
    def _keep_purchases(self, wishes, lines):
        for product, warehouse, _quantity, _seller, backorders in wishes:
            own = lines.filtered(
                lambda line, p=product, w=warehouse: (
                    line.product_id == p
                    and line.order_id.picking_type_id.warehouse_id == w
                )
            )
            for backorder in backorders.sudo():
                backorder._store(
                    {"purchase_line_ids": [fields.Command.link(id_) for id_ in own.ids]}
                )
            if own:
                backorders.sudo()._log_events(
                    "backorder.procured",
                    {
                        one: {"requests": ", ".join(own.order_id.mapped("name"))}
                        for one in backorders.sudo()
                    },
                )

    # === By itself === #

    @api.model
    def _cron_refresh(self):
        result = super()._cron_refresh()
        companies = self.env["res.company"].search(
            [("sales_backorder_procure", "=", True)]
        )
        for company in companies:
            waiting = self.search(
                [("state", "=", "open"), ("company_id", "=", company.id)]
            )
            waiting._procure_all()
        return result

    def _procure_all(self):
        """Buy all that nothing will bring and somebody sells.

        :return: purchase lines
        """
        wishes = []
        for (product, warehouse), (quantity, who) in self._get_uncovered().items():
            seller = self._get_seller(product, warehouse.company_id, quantity)
            if seller:
                amount = self._get_buyable(product, seller, quantity)
                wishes.append((product, warehouse, amount, seller, who))
        return self._procure(wishes)

    def action_procure(self):
        """Open what has to be bought for these backorders; for all without any.

        :return: window action
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Buy What Is Short"),
            "res_model": "sales.backorder.procure",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_backorder_ids": self.ids},
        }
