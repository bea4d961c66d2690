from odoo import api, fields, models

METHODS = [
    ("few", "Too few orders"),
    ("last", "As in the last period"),
    ("season_before", "As a year ago"),
    ("average", "Average"),
    ("smooth", "Exponential smoothing"),
    ("trend", "Damped trend (Holt)"),
    ("theta", "Theta"),
    ("seasons", "Trend and season (Holt-Winters)"),
    ("croston", "Rare demand (Croston)"),
]


class SalesDemandForecast(models.Model):
    """What will be asked for of a product from a warehouse, and how wrong that may be.

    Nothing is bought or changed by a forecast. It proposes quantities of reordering
    rules, and somebody decides.
    """

    _name = "sales.demand.forecast"
    _description = "Demand Forecast"
    _order = "wape desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Of what.",
    )
    categ_id = fields.Many2one(
        related="product_id.categ_id", store=True, help="Category of the product."
    )
    product_uom_id = fields.Many2one(
        related="product_id.uom_id", string="Unit", help="Unit of all quantities."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="From where it is delivered.",
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True, help="Whose demand."
    )
    period = fields.Selection(
        selection=[("month", "Month"), ("week", "Week")],
        required=True,
        readonly=True,
        help="Months where there are twelve complete ones, else weeks.",
    )
    method = fields.Selection(
        selection=METHODS,
        required=True,
        readonly=True,
        help="The method with the least error on past orders.",
    )
    is_adjusted = fields.Boolean(
        string="Season Counted",
        readonly=True,
        help="The measured seasons of the product category were taken out of the past "
        "and are put into the forecast.",
    )
    is_intermittent = fields.Boolean(
        string="Rare Demand",
        readonly=True,
        help="Often nobody orders it for a whole period: how much is needed over a "
        "longer time is more certain than when.",
    )
    history_count = fields.Integer(
        string="Periods",
        readonly=True,
        help="Complete periods since it was first sold.",
    )
    order_count = fields.Integer(
        string="Orders", readonly=True, help="Order lines in these periods."
    )
    wape = fields.Float(
        string="Error (%)",
        digits=(16, 1),
        aggregator="avg",
        readonly=True,
        help="How far forecasts of the last periods were off, in percent of what was "
        "ordered. These periods had no say in choosing the method.",
    )
    wape_naive = fields.Float(
        string="Naive Error (%)",
        digits=(16, 1),
        aggregator="avg",
        readonly=True,
        help="The same for who says it will be as it was, last time or a year ago.",
    )
    mase = fields.Float(
        string="MASE",
        digits=(16, 2),
        aggregator="avg",
        readonly=True,
        help="The error in units of what the naive forecast is off by; below 1 is "
        "better.",
    )
    bias = fields.Float(
        string="Bias (%)",
        digits=(16, 1),
        aggregator="avg",
        readonly=True,
        help="Above 0: more was foreseen than ordered.",
    )
    quantity_next = fields.Float(
        string="Next Period",
        digits="Product Unit",
        readonly=True,
        help="Foreseen for the period that runs now.",
    )
    explanation = fields.Text(
        compute="_compute_explanation", help="How the forecast came about, in words."
    )
    season_data = fields.Json(
        readonly=True, help="Seasons and peaks that count in the periods to come."
    )
    date_computed = fields.Datetime(
        string="Computed On", readonly=True, help="When it was computed last."
    )
    line_ids = fields.One2many(
        "sales.demand.forecast.line",
        "forecast_id",
        string="Periods of the Forecast",
        readonly=True,
        help="What was ordered and what is foreseen.",
    )

    _product_uniq = models.UniqueIndex(
        "(product_id, warehouse_id)", "There is one forecast a product and warehouse."
    )

    @api.depends("method", "season_data", "wape", "wape_naive", "date_computed")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for forecast in self:
            notes = [forecast._get_method_note()]
            if forecast.method != "few":
                notes.append(forecast._get_error_note())
            notes += map(forecast._get_season_note, forecast.season_data or ())
            forecast.explanation = "\n".join(filter(None, notes))

    def _get_method_note(self):
        names = dict(self._fields["method"]._description_selection(self.env))
        values = {
            "method": names.get(self.method, ""),
            "periods": self.history_count,
            "orders": self.order_count,
        }
        if self.method == "few":
            return self.env._(
                "%(orders)s orders in %(periods)s periods are too few for a forecast; "
                "shown is their average. Nothing is proposed.",
                **values,
            )
        return self.env._(
            "%(method)s, chosen on %(periods)s periods with %(orders)s orders.",
            **values,
        )

    def _get_error_note(self):
        if not self.wape_naive:
            return False
        return self.env._(
            "Off by %(error).0f %% of what was ordered in the last periods; saying it "
            "will be as before is off by %(naive).0f %%.",
            error=self.wape,
            naive=self.wape_naive,
        )

    def _get_season_note(self, season):
        values = {**season, "factor": f"{season['factor']:.2f}"}
        if season["days"]:
            return self.env._(
                "%(name)s: × %(factor)s, %(days)s days of safety.", **values
            )
        return self.env._("%(name)s: × %(factor)s.", **values)
