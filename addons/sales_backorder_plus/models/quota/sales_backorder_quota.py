from odoo import api, fields, models


class SalesBackorder(models.Model):
    """What a quota holds back is no supply, and no date is invented for it."""

    _inherit = "sales.backorder"

    quota_ids = fields.Many2many(
        "sales.channel.quota",
        string="Held Back By",
        readonly=True,
        groups="base.group_user",
        help="There are goods, but these quotas do not let the order have them.",
    )

    def _add_stock(self, found, products, locations):
        super()._add_stock(found, products, locations)
        quotas = self.env["sales.channel.quota"]
        if not quotas._has_records():
            return
        for (product, location), supplies in found.items():
            holding = quotas._get_holding(product, location.warehouse_id)[product]
            kept = holding._get_kept(product)
            for supply in supplies if kept else ():
                if supply.source == "stock":
                    supply.quantity = max(supply.quantity - kept, 0.0)
            supplies[:] = [supply for supply in supplies if supply.quantity > 0]

    def _is_pegged_anew(self, plan):
        """What a quota holds back depends on more than on what supplies there are."""
        return self.env["sales.channel.quota"]._has_records() or (
            super()._is_pegged_anew(plan)
        )

    def _prepare_supply_vals(self, plan):
        vals = super()._prepare_supply_vals(plan)
        quotas = self._get_quotas_holding_back()
        if quotas:
            vals |= {"date_expected": False, "date_low": False, "date_high": False}
            vals["date_source"] = "none"
        if quotas or self.quota_ids:
            vals["quota_ids"] = [fields.Command.set(quotas.ids)]
        return vals

    def _get_quotas_holding_back(self):
        """Return the quotas without which stock would be reserved for the line."""
        quotas = self.env["sales.channel.quota"].sudo()
        if not quotas._has_records() or not self.qty_short:
            return quotas
        # sudo: how much there is decides the date of everybody.
        product, warehouse = self.product_id.sudo(), self.warehouse_id.sudo()
        if not quotas._get_holding(product, warehouse)[product]:
            return quotas
        free = self.env["stock.quant"].sudo()
        free = free._get_available_quantity(product, warehouse.lot_stock_id)
        if product.uom_id.compare(free, 0) <= 0:
            return quotas
        order = self.sudo().order_id
        allowed, why = quotas._get_allowance(product, warehouse, order, free)
        return why if product.uom_id.compare(allowed, 0) <= 0 else quotas

    def _store_changed(self, vals):
        """Many records in a field are compared as a set."""
        if "quota_ids" in vals and set(vals["quota_ids"][0][2]) == set(
            self.quota_ids.ids
        ):
            vals = {key: value for key, value in vals.items() if key != "quota_ids"}
        commands = vals.get("quota_ids")
        super()._store_changed({k: v for k, v in vals.items() if k != "quota_ids"})
        if commands:
            self._store({"quota_ids": commands})

    @api.depends("quota_ids")
    def _compute_supply_note(self):
        super()._compute_supply_note()
        for backorder in self.filtered("quota_ids"):
            note = self.env._(
                "There are goods, held back by: %(quotas)s. Release it, or wait.",
                quotas=", ".join(backorder.sudo().quota_ids.mapped("name")),
            )
            notes = [backorder.supply_note, note]
            backorder.supply_note = "\n".join(filter(None, notes))
