from datetime import timedelta

from odoo import api, fields, models

from .series import choose, get_season_factors

CRON_BATCH = 200
# Periods foreseen, periods methods are judged by, periods of a year.
REACH = {"month": (12, 3, 12), "week": (13, 4, 52)}
SHOWN_PAST = 24


class SalesDemandForecast(models.Model):
    """Computing forecasts: nobody types one."""

    _inherit = "sales.demand.forecast"

    @api.model
    def _cron_forecast(self):
        """Compute all forecasts anew, some products a transaction."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._measure_seasons(company)
        # sudo: the demand of all orders counts, whoever may read them.
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [("state", "=", "sale"), ("product_id.is_storable", "=", True)],
                ["product_id"],
            )
        )
        products = self.env["product.product"].union(*(one for (one,) in groups))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(products))
        for start in range(0, len(products), CRON_BATCH):
            batch = products[start : start + CRON_BATCH]
            self._refresh(batch)
            if not cron._commit_progress(len(batch)):
                break

    def action_refresh(self):
        """Compute these forecasts now.

        :return: True
        """
        self.check_access("read")
        for company in self.company_id:
            self._measure_seasons(company)
        self._refresh(self.product_id)
        return True

    @api.model
    def _measure_seasons(self, company):
        """Measure the months of all categories of a company."""
        series = self._get_category_series(company)
        self.env["sales.demand.season"]._measure(company, series)

    @api.model
    def _get_category_series(self, company):
        """Return {category id: (first day, demand of each month)}."""
        history = self.env["sales.demand.history"]
        today = self._get_company_today(company)
        found = history._get_category_daily(company)
        series = {
            category: history._get_series(days, "month", today)
            for (_company, category), days in found.items()
        }
        return {key: entry for key, entry in series.items() if entry[1]}

    @api.model
    def _get_company_today(self, company):
        timezone = company.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=timezone))

    @api.model
    def _refresh(self, products):
        """Compute the forecasts of the products in all warehouses that sold them."""
        # sudo: forecasts are written by this alone.
        forecasts = self.sudo().browse()
        history = self.env["sales.demand.history"]
        daily = history._get_daily(products) if products else {}
        known = {
            (one.product_id.id, one.warehouse_id.id): one
            for one in forecasts.search([("product_id", "in", products.ids)])
        }
        sources = {}
        for (product, warehouse), days in daily.items():
            place = self.env["stock.warehouse"].browse(warehouse)
            company = place.sudo().company_id
            if company not in sources:
                sources[company] = (
                    self._get_category_series(company),
                    self.env["sales.demand.season"]._get_for(company),
                )
            vals = self._prepare_forecast(product, place, days, *sources[company])
            forecast = known.pop((product, warehouse), None)
            if forecast:
                forecast.line_ids.unlink()
                forecast.write(vals)
            else:
                keys = {"product_id": product, "warehouse_id": warehouse}
                forecasts.create({**keys, **vals})
        forecasts.union(*known.values()).unlink()

    @api.model
    def _prepare_forecast(self, product, warehouse, days, series, seasons):
        history = self.env["sales.demand.history"]
        company = warehouse.sudo().company_id
        today = self._get_company_today(company)
        period = history._choose_period(days, today)
        ahead, horizon, season = REACH[period]
        first, values = history._get_series(days, period, today)
        product = self.env["product.product"].browse(product)
        category = product.sudo().categ_id.id
        factors_at = self._get_factors_at(series.get(category), first, period)
        choice = choose(values, ahead, horizon, season, factors_at)
        method = choice.method.removesuffix("_adjusted")
        is_adjusted = method != choice.method
        found = seasons.get(category, self.env["sales.demand.season"])
        found |= seasons.get(False, found.browse())
        if not is_adjusted:
            # Measured months are in the past that was foreseen from, or are none.
            found = found.filtered(lambda one: one.kind == "peak")
        lines, notes = self._prepare_future(choice, first, len(values), period, found)
        return {
            "period": period,
            "method": method,
            "is_adjusted": is_adjusted,
            "is_intermittent": choice.intermittent,
            "history_count": len(values),
            "order_count": sum(count for _quantity, count in days.values()),
            "wape": choice.wape or 0.0,
            "wape_naive": choice.wape_naive or 0.0,
            "mase": choice.mase or 0.0,
            "bias": choice.bias or 0.0,
            "error_mean": choice.error,
            "quantity_next": lines[0]["quantity"],
            "season_data": notes,
            "date_computed": fields.Datetime.now(),
            "line_ids": [
                fields.Command.create(line)
                for line in self._prepare_past(values, first, period) + lines
            ],
        }

    @api.model
    def _get_factors_at(self, series, first, period):
        """Return a function of what was known of the season at a past moment.

        None where the months of the category are not known today.
        """
        if not series or not get_season_factors(series[1], series[0].month):
            return None
        history, (begin, monthly), memory = (
            self.env["sales.demand.history"],
            series,
            {},
        )

        def factors_at(known, horizon):
            day = history._add_periods(first, known, period)
            complete = (day.year - begin.year) * 12 + day.month - begin.month
            if complete not in memory:
                memory[complete] = get_season_factors(monthly[:complete], begin.month)
            factors = memory[complete]
            starts = (
                history._add_periods(first, place, period)
                for place in range(known + horizon)
            )
            # The middle of a week decides about its month.
            shift = timedelta(days=3 if period == "week" else 0)
            return [factors.get((day + shift).month) or 1.0 for day in starts]

        return factors_at

    @api.model
    def _prepare_past(self, values, first, period):
        history = self.env["sales.demand.history"]
        places = range(max(len(values) - SHOWN_PAST, 0), len(values))
        starts = [history._add_periods(first, place, period) for place in places]
        return [
            {
                "kind": "past",
                "date_from": start,
                "date_to": history._add_periods(start, 1, period) - timedelta(days=1),
                "quantity": values[place],
            }
            for place, start in zip(places, starts, strict=True)
        ]

    @api.model
    def _prepare_future(self, choice, first, known, period, seasons):
        """Return (values of lines to come, seasons that count in them).

        A measured month is in the forecast already; a peak is put on top of it.
        """
        history = self.env["sales.demand.history"]
        lines, notes = [], {}
        for step, quantity in enumerate(choice.values):
            start = history._add_periods(first, known + step, period)
            end = history._add_periods(start, 1, period) - timedelta(days=1)
            peak = factor = 1.0
            for one, share in seasons._get_between(start, end):
                part = 1 + (one.factor - 1) * share
                factor *= part
                peak *= part if one.kind == "peak" else 1.0
                notes[one] = one
            bounds = [
                bound[step] * peak if bound else False
                for bound in (choice.low, choice.high)
            ]
            lines.append(
                {
                    "kind": "future",
                    "date_from": start,
                    "date_to": end,
                    "quantity": quantity * peak,
                    "qty_low": bounds[0],
                    "qty_high": bounds[1],
                    "factor": factor,
                }
            )
        return lines, [
            {"name": one.name, "factor": one.factor, "days": one.safety_days}
            for one in notes
        ]
