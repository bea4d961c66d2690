from datetime import date, datetime
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_backorder_plus.exceptions import ForecastError

from .common import BackorderCommon

NOW = datetime(2026, 7, 15, 10)
THIS_MONTH = date(2026, 7, 1)


class DemandCommon(BackorderCommon):
    """Confirmed orders of past months, and who buys for those to come."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOW))
        super().setUpClass()
        cls.buyer = new_test_user(
            cls.env,
            login="tsbo_planner",
            groups="base.group_user,stock.group_stock_manager,"
            "purchase.group_purchase_user",
            company_id=cls.company.id,
        )
        cls.categ = cls.env["product.category"].create({"name": "Test Lanterns"})

    @classmethod
    def _new_lantern(cls, name):
        return cls._new_product(name, 10.0, is_storable=True, categ_id=cls.categ.id)

    @classmethod
    def _seed(cls, product, quantities, end=THIS_MONTH):
        """Have the quantities ordered in the months before ``end``, one order each."""
        start = end - relativedelta(months=len(quantities))
        return cls._seed_days(
            product,
            {
                start + relativedelta(months=place, days=9): quantity
                for place, quantity in enumerate(quantities)
                if quantity
            },
        )

    @classmethod
    def _seed_days(cls, product, days, **line):
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                **line,
                            }
                        )
                    ],
                }
                for quantity in days.values()
            ]
        )
        cls.env.flush_all()
        # Confirmed long ago, without the deliveries of all that time.
        for order, day in zip(orders, days, strict=True):
            cls.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET state = 'sale', date_order = %s WHERE id = %s",
                    datetime.combine(day, NOW.time()),
                    order.id,
                )
            )
        cls.env.cr.execute(
            SQL(
                "UPDATE sale_order_line SET state = 'sale' WHERE order_id IN %s",
                orders._ids,
            )
        )
        cls.env.invalidate_all()
        return orders

    def _forecast(self, product):
        """Do what the weekly job does for one product; return it as the buyer sees it."""
        model = self.env["sales.demand.forecast"]
        model._measure_seasons(self.company)
        model._refresh(product)
        return model.with_user(self.buyer).search([("product_id", "=", product.id)])

    def _future(self, forecast):
        return forecast.line_ids.filtered(lambda line: line.kind == "future")


@tagged("post_install", "-at_install")
class TestDemandForecast(DemandCommon):
    """What orders say about the months to come, and what is made of it."""

    def test_better_than_naive(self):
        """24 seasonal months: the error of the last three is below the naive one."""
        wave = (60, 70, 90, 110, 130, 150, 150, 130, 110, 90, 70, 60)
        months = [wave[(6 + place) % 12] * (1 + place * 0.01) for place in range(24)]
        product = self._new_lantern("Test Wave")
        self._seed(product, [round(value) for value in months])
        forecast = self._forecast(product)
        self.assertEqual(forecast.history_count, 24)
        self.assertEqual(forecast.period, "month")
        self.assertLess(forecast.wape, forecast.wape_naive)
        self.assertLess(forecast.mase, 1.0)
        self.assertFalse(forecast.is_intermittent)
        self.assertIn("Off by", forecast.explanation)
        first = self._future(forecast)[0]
        self.assertEqual((first.date_from, first.date_to), (THIS_MONTH, date(2026, 7, 31)))
        self.assertAlmostEqual(first.quantity, months[12] * 1.12, delta=25)
        self.assertEqual(forecast.quantity_next, first.quantity)
        self.assertLess(first.qty_low, first.quantity)
        self.assertGreater(first.qty_high, first.quantity)
        past = forecast.line_ids.filtered(lambda line: line.kind == "past")
        self.assertEqual(past.mapped("quantity"), [float(round(v)) for v in months])

    def test_three_orders_are_too_few(self):
        product = self._new_lantern("Test Rare")
        self._seed(product, [0, 0, 5] + [0] * 8 + [5] + [0] * 11 + [5])
        forecast = self._forecast(product)
        self.assertEqual(forecast.method, "few")
        self.assertEqual(forecast.order_count, 3)
        self.assertIn("too few", forecast.explanation)
        self.assertFalse(forecast.proposed_min)
        with self.assertRaises(ForecastError) as caught, self.env.cr.savepoint():
            forecast.action_apply()
        self.assertEqual(caught.exception.context["rule"], "few_orders")

    def test_rare_demand(self):
        product = self._new_lantern("Test Spare Part")
        self._seed(product, [12, 0, 0] * 8)
        forecast = self._forecast(product)
        self.assertTrue(forecast.is_intermittent)
        self.assertIn(forecast.method, ("croston", "average"))
        self.assertAlmostEqual(forecast.quantity_next, 4.0, delta=1.0)

    def test_weeks_of_a_young_product(self):
        product = self._new_lantern("Test New")
        monday = date(2026, 7, 13)
        self._seed_days(
            product,
            {monday - relativedelta(weeks=week): 10 for week in range(1, 11)},
        )
        forecast = self._forecast(product)
        self.assertEqual((forecast.period, forecast.history_count), ("week", 10))
        self.assertEqual(len(self._future(forecast)), 13)
        self.assertAlmostEqual(forecast.quantity_next, 10.0)
        self.assertEqual(self._future(forecast)[0].date_from, monday)

    def test_proposal_in_one_click(self):
        """100 a month, there in 15 days: about 50 at least, about 150 at most."""
        product = self._new_lantern("Test Steady")
        self._add_vendor(product, 15 - int(self.company.days_to_purchase))
        self._seed(product, [100] * 24)
        forecast = self._forecast(product)
        self.assertEqual(forecast.lead_days, 15)
        self.assertAlmostEqual(forecast.proposed_min, 49, delta=3)
        self.assertAlmostEqual(forecast.proposed_max, 147, delta=6)
        self.assertFalse(forecast.orderpoint_id)
        forecast.action_apply()
        rule = forecast.orderpoint_id
        self.assertRecordValues(
            rule,
            [
                {
                    "product_min_qty": forecast.proposed_min,
                    "product_max_qty": forecast.proposed_max,
                    "trigger": "manual",
                    "warehouse_id": self.warehouse.id,
                }
            ],
        )
        rule.write({"product_min_qty": 1, "trigger": "auto"})
        forecast.action_apply()
        self.assertEqual(forecast.orderpoint_id, rule)
        self.assertEqual(rule.product_min_qty, forecast.proposed_min)
        self.assertEqual(rule.trigger, "auto")

    def test_nothing_is_bought_by_itself(self):
        product = self._new_lantern("Test Steady")
        self._add_vendor(product, 5)
        self._seed(product, [100] * 24)
        before = self.env["purchase.order"].search_count([])
        rules = self.env["stock.warehouse.orderpoint"].search_count([])
        self._forecast(product)
        self.assertEqual(self.env["purchase.order"].search_count([]), before)
        self.assertEqual(
            self.env["stock.warehouse.orderpoint"].search_count([]), rules
        )

    def test_safety_for_errors(self):
        """The more wrong forecasts were, the more is kept."""
        steady, shaky = self._new_lantern("Test Steady"), self._new_lantern("Test Shaky")
        for product, values in ((steady, [100] * 24), (shaky, [60, 140, 90, 110, 75] * 5)):
            self._add_vendor(product, 15)
            self._seed(product, values)
        calm, wild = self._forecast(steady), self._forecast(shaky)
        self.assertEqual(calm.qty_safety, 0.0)
        self.assertGreater(wild.qty_safety, 20.0)

    def test_units_quotations_and_the_running_month(self):
        product = self._new_lantern("Test Dozens")
        self._seed_days(
            product, {date(2026, 3, 2): 2}, product_uom_id=self.dozen.id
        )
        self._seed_days(product, {date(2026, 7, 2): 1000})
        self._new_order((product, 500))
        days = self.env["sales.demand.history"]._get_daily(product)
        [found] = days.values()
        self.assertEqual(found[date(2026, 3, 2)], (24.0, 1))
        self.assertEqual(sum(quantity for quantity, _count in found.values()), 1024.0)
        _first, values = self.env["sales.demand.history"]._get_series(
            found, "month", NOW.date()
        )
        self.assertEqual(values, [24.0, 0.0, 0.0, 0.0])

    def test_day_of_the_warehouse(self):
        """23:30 UTC on 31 March is April in Paris."""
        self.warehouse.partner_id.tz = "Europe/Paris"
        product = self._new_lantern("Test Late")
        order = self._seed_days(product, {date(2026, 3, 31): 3})
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET date_order = '2026-03-31 23:30:00' WHERE id = %s",
                order.id,
            )
        )
        [found] = self.env["sales.demand.history"]._get_daily(product).values()
        self.assertEqual(list(found), [date(2026, 4, 1)])

    def test_weekly_job(self):
        product = self._new_lantern("Test Steady")
        self._seed(product, [100] * 24)
        forecasts = self.env["sales.demand.forecast"]
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=600.0):
            forecasts._cron_forecast()
            first = forecasts.search([("product_id", "=", product.id)])
            forecasts._cron_forecast()
        again = forecasts.search([("product_id", "=", product.id)])
        self.assertEqual(again, first)
        self.assertEqual(len(self._future(again)), 12)

    def test_nobody_types_a_forecast(self):
        product = self._new_lantern("Test Steady")
        self._seed(product, [100] * 24)
        forecast = self._forecast(product)
        with self.assertRaises(AccessError):
            forecast.write({"quantity_next": 1.0})
        forecast.action_refresh()
        self.assertAlmostEqual(forecast.quantity_next, 100.0)


@tagged("post_install", "-at_install")
class TestDemandSeason(DemandCommon):
    """Months a category sells more in, peaks nobody could know, and their safety."""

    def _seed_december(self, product, years=3):
        """An average of 110, in December 1.8 times as much."""
        months = [198 if place % 12 == 5 else 102 for place in range(12 * years)]
        self._seed(product, months)

    def _season(self, month):
        return self.env["sales.demand.season"].search(
            [
                ("categ_id", "=", self.categ.id),
                ("kind", "=", "measured"),
                ("month", "=", str(month)),
            ]
        )

    def test_december(self):
        """The forecast of December is 1.8 times the average, and says why."""
        self.company.sales_season_days = 5
        product = self._new_lantern("Test Candle")
        self._seed_december(product)
        forecast = self._forecast(product)
        season = self._season(12)
        self.assertAlmostEqual(season.factor, 1.8, places=2)
        self.assertEqual((season.years, season.safety_days), (3, 4))
        self.assertTrue(forecast.is_adjusted)
        december = self._future(forecast).filtered(lambda l: l.date_from.month == 12)
        self.assertAlmostEqual(december.quantity, 198, delta=1)
        self.assertAlmostEqual(december.factor, 1.8, places=2)
        self.assertIn("December: × 1.80, 4 days of safety", forecast.explanation)

    def test_new_product_of_a_known_category(self):
        """Fourteen months are no two years: the category knows what December is."""
        self._seed_december(self._new_lantern("Test Candle"), years=4)
        young = self._new_lantern("Test New Candle")
        self._seed(young, [10] * 7 + [18] + [10] * 6)
        forecast = self._forecast(young)
        december = self._future(forecast).filtered(lambda l: l.date_from.month == 12)
        self.assertTrue(forecast.is_adjusted)
        self.assertAlmostEqual(december.quantity, 18, delta=1)

    def test_less_than_two_years(self):
        product = self._new_lantern("Test Candle")
        self._seed(product, [100] * 11 + [180] + [100] * 11)
        forecast = self._forecast(product)
        self.assertFalse(self._season(12))
        self.assertFalse(forecast.is_adjusted)
        self.assertEqual(set(self._future(forecast).mapped("factor")), {1.0})

    def test_peak_by_hand(self):
        """Half of September is fair: half of the double is on top."""
        product = self._new_lantern("Test Steady")
        self._seed(product, [100] * 24)
        peak = self.env["sales.demand.season"].with_user(self.buyer)
        peak.create(
            {
                "name": "Fair",
                "categ_id": self.categ.id,
                "date_from": "2026-09-16",
                "date_to": "2026-09-30",
                "factor": 2.0,
                "safety_days": 3,
            }
        )
        forecast = self._forecast(product)
        months = {line.date_from.month: line for line in self._future(forecast)}
        self.assertAlmostEqual(months[9].quantity, 150.0)
        self.assertAlmostEqual(months[9].factor, 1.5)
        self.assertAlmostEqual(months[10].quantity, 100.0)
        self.assertIn("Fair: × 2.00, 3 days of safety", forecast.explanation)

    def test_safety_days_of_a_date(self):
        """A backorder due in the peak: its latest date is later, and says so."""
        product = self._new_lantern("Test Steady")
        self._add_vendor(product, 7)
        self.env["sales.demand.season"].create(
            {
                "name": "Fair",
                "date_from": "2026-07-20",
                "date_to": "2026-07-30",
                "factor": 2.0,
                "safety_days": 3,
            }
        )
        backorder = self._find(self._confirm((product, 5)))
        days = 7 + int(self.company.days_to_purchase)
        expected = NOW.date() + relativedelta(days=days)
        self.assertEqual(backorder.date_expected, expected)
        self.assertEqual(backorder.date_high, expected + relativedelta(days=3))
        self.assertIn("3 days of safety for the season", backorder.supply_note)

    def test_no_season_no_safety(self):
        product = self._new_lantern("Test Steady")
        self._add_vendor(product, 7)
        backorder = self._find(self._confirm((product, 5)))
        self.assertEqual(backorder.date_high, backorder.date_expected)
        self.assertNotIn("season", backorder.supply_note)

    def test_measured_again(self):
        product = self._new_lantern("Test Candle")
        self._seed_december(product)
        self._forecast(product)
        first = self._season(12)
        self._forecast(product)
        self.assertEqual(self._season(12), first)

    def test_measured_months_are_nobodys(self):
        product = self._new_lantern("Test Candle")
        self._seed_december(product)
        self._forecast(product)
        with self.assertRaises(AccessError):
            self._season(12).with_user(self.manager).factor = 9.0

    def test_peak_needs_dates(self):
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["sales.demand.season"].create({"name": "Fair", "factor": 2.0})
