from odoo import fields, models


class SalesDemandForecastLine(models.Model):
    """One period of a forecast: what was ordered in it, or what is foreseen."""

    _name = "sales.demand.forecast.line"
    _description = "Period of a Demand Forecast"
    _order = "date_from, id"
    _rec_name = "date_from"

    forecast_id = fields.Many2one(
        "sales.demand.forecast",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The forecast.",
    )
    product_id = fields.Many2one(
        related="forecast_id.product_id", store=True, index=True, help="Of what."
    )
    warehouse_id = fields.Many2one(
        related="forecast_id.warehouse_id", store=True, help="From where."
    )
    company_id = fields.Many2one(
        related="forecast_id.company_id", store=True, index=True, help="Whose demand."
    )
    kind = fields.Selection(
        selection=[("past", "Ordered"), ("future", "Foreseen")],
        required=True,
        readonly=True,
        help="Whether it has been or is to come.",
    )
    date_from = fields.Date(string="From", required=True, readonly=True, help="Begin.")
    date_to = fields.Date(string="To", required=True, readonly=True, help="Last day.")
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="In the unit of the product, seasons and peaks counted in.",
    )
    qty_low = fields.Float(
        string="Low",
        digits="Product Unit",
        readonly=True,
        help="In eight of ten cases it was not less, as wrong as forecasts were so far.",
    )
    qty_high = fields.Float(
        string="High",
        digits="Product Unit",
        readonly=True,
        help="In eight of ten cases it was not more, as wrong as forecasts were so far.",
    )
    factor = fields.Float(
        string="Season",
        digits=(16, 2),
        default=1.0,
        readonly=True,
        help="Factor of the measured month and of peaks that is in the quantity.",
    )
