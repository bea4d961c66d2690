from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import float_round

from ..stock_move import OPEN_STATES


class SalesMarketplaceFeed(models.Model):
    """Finding what changed, and telling that alone."""

    _inherit = "sales.marketplace.feed"

    @api.model
    def _cron_publish(self):
        """Write what changed in each feed, commit, then hand over what waits."""
        for feed in self.search([("active", "=", True)]):
            feed._publish()
        self.env["sales.marketplace.batch"]._cron_hand_over()

    def action_publish(self):
        """Bring these feeds up to date; they are handed over within a minute.

        :return: True
        """
        self.check_access("write")
        for feed in self:
            # sudo: what is in stock is told, whoever asks for it.
            feed.sudo()._publish()
        # sudo: who looks after feeds need not administrate crons.
        self.env.ref("sales_backorder_plus.ir_cron_marketplace").sudo()._trigger()
        return True

    def _publish(self):
        """Keep what changed as one batch.

        :return: the batch, empty if nothing changed
        """
        self.ensure_one()
        batches = self.env["sales.marketplace.batch"]
        if not self.try_lock_for_update():
            # Somebody else does so just now.
            return batches
        items = self._update_items(self.version + 1)
        if not items:
            return batches
        self.version += 1
        # What is gone long since is not told again to who reads all.
        return batches.create(
            {
                "feed_id": self.id,
                "version": self.version,
                "key": f"feed-{self.id}-{self.version}",
                "item_count": len(items),
                "payload": {
                    "version": self.version,
                    "items": [item._get_row() for item in items],
                },
            }
        )

    def _update_items(self, version):
        """Write the rows that changed, with the number of the change."""
        model = self.env["sales.marketplace.item"]
        known = {item.sku: item for item in self.item_ids}
        changed, new = model.browse(), []
        for vals in self._prepare_items():
            item = known.pop(vals["sku"], None)
            if item is None:
                new.append({"feed_id": self.id, "version": version, **vals})
            elif item._differs(vals):
                item.write({"version": version, **vals})
                changed |= item
        gone = model.union(*known.values()).filtered(lambda item: not item.removed)
        gone.write(
            {
                "version": version,
                "quantity": 0.0,
                "available_on": False,
                "sell_short": False,
                "removed": True,
            }
        )
        return changed | model.create(new) | gone

    # === Figures === #

    def _prepare_items(self):
        """Return the values of all rows, one a reference."""
        products = self._get_products()
        warehouses = self.warehouse_ids or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )
        free = self._get_sellable(products, warehouses)
        dates = self._get_arrivals(products, warehouses) if self.with_date else {}
        rows = {}
        for product in products:
            rounding = product.uom_id.rounding
            quantity = max(free[product] - self.qty_buffer, 0.0)
            rows.setdefault(
                product.default_code,
                {
                    "sku": product.default_code,
                    "product_id": product.id,
                    "quantity": float_round(
                        quantity, precision_rounding=rounding, rounding_method="DOWN"
                    ),
                    "available_on": dates.get(product, False),
                    "sell_short": self.sell_short,
                    "removed": False,
                },
            )
        return list(rows.values())

    def _get_sellable(self, products, warehouses):
        """Return {product: what nobody holds and no quota keeps from the channel}."""
        quotas = self.env["sales.channel.quota"]
        # An order of the channel that is not there yet.
        order = self.env["sale.order"].new(
            {"company_id": self.company_id.id, "sales_channel_id": self.channel_id.id}
        )
        found = defaultdict(float)
        for warehouse in warehouses:
            holding = quotas._get_holding(products, warehouse)
            here = products.with_context(warehouse_id=warehouse.id)
            for product, located in zip(products, here, strict=True):
                quantity = located.free_qty
                if holding[product]:
                    quantity, _why = quotas._get_allowance(
                        product, warehouse, order, quantity
                    )
                found[product] += max(quantity, 0.0)
        return found

    def _get_arrivals(self, products, warehouses):
        """Return {product: day of the next planned receipt}."""
        views = warehouses.view_location_id
        groups = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "in", OPEN_STATES),
                ("location_dest_id", "child_of", views.ids),
                "!",
                ("location_id", "child_of", views.ids),
            ],
            ["product_id"],
            ["date:min"],
        )
        timezone = warehouses[:1].partner_id.tz or "UTC"
        local = self.with_context(tz=timezone)
        today = fields.Date.context_today(local)
        return {
            product: max(fields.Datetime.context_timestamp(local, day).date(), today)
            for product, day in groups
        }


class SalesMarketplaceItem(models.Model):
    _inherit = "sales.marketplace.item"

    def _differs(self, vals):
        """Return whether the marketplace would read something else."""
        told = (self.quantity, self.available_on, self.sell_short, self.removed)
        names = ("quantity", "available_on", "sell_short", "removed")
        return told != tuple(vals[name] for name in names)
