from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Backorders on the line: a flag to search by, and a date when stock has none."""

    _inherit = "sale.order.line"

    is_backorder = fields.Boolean(
        string="Backorder",
        compute="_compute_is_backorder",
        search="_search_is_backorder",
        groups="base.group_user",
        help="Part of the line is missing now.",
    )

    @api.depends("state", "backorder_ids.state")
    def _compute_is_backorder(self):
        self.is_backorder = False
        for line in self._filter_confirmed():
            line.is_backorder = bool(line._get_open_backorder())

    def _search_is_backorder(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("backorder_ids", "any", [("state", "=", "open")])]

    def _get_forecast_lines(self):
        """A backorder knows better: Odoo forecasts without priorities and quotas."""
        lines = super()._get_forecast_lines()
        return lines.filtered(lambda line: not line._get_open_backorder())

    def _get_estimated_delivery(self):
        """Prefer what a backorder may tell the customer: it knows the priorities."""
        if found := self._get_open_backorder():
            return found.customer_date
        return super()._get_estimated_delivery()


class SalesBackorder(models.Model):
    _inherit = "sales.backorder"

    def _store(self, vals):
        result = super()._store(vals)
        if "date_expected" in vals:
            self.sale_line_id._note_stock_changes(self.sale_line_id.ids)
        return result
