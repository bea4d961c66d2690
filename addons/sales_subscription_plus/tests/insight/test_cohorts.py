from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SubscriptionCommon

# (months of the start, months of the end or None), twenty of them.
LIVES = [
    *[(1, None)] * 6,
    *[(1, 1)] * 1,
    *[(1, 2)] * 2,
    *[(1, 4)] * 1,
    *[(2, None)] * 4,
    *[(2, 3)] * 1,
    *[(3, None)] * 3,
    *[(3, 3)] * 2,
]


@tagged("post_install", "-at_install")
class TestCohorts(SubscriptionCommon):
    """Cohorts and key figures of twenty subscriptions, counted by hand."""

    def setUp(self):
        super().setUp()
        self.company = self.env["res.company"].create(
            {"name": "Cohort Company", "currency_id": self.env.company.currency_id.id}
        )
        self.manager.write(
            {
                "company_ids": [(4, self.company.id)],
            }
        )
        self.env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": self.company.ids,
            }
        )
        for number, (begin, end) in enumerate(LIVES):
            self._live(begin, end, quantity=1 + number % 3)

    def _live(self, begin, end, quantity):
        with freeze_time(f"2026-{begin:02}-05 12:00:00"):
            subscription = self.env["sales.subscription"].create(
                {
                    "partner_id": self.customer.id,
                    "plan_id": self.monthly.id,
                    "company_id": self.company.id,
                    "user_id": self.manager.id,
                    "anchor_date": f"2026-{begin:02}-05",
                    "line_ids": [
                        (0, 0, {"product_id": self.care.id, "quantity": quantity})
                    ],
                }
            )
            subscription.action_start()
        if end:
            with freeze_time(f"2026-{end:02}-25 12:00:00"):
                subscription.action_cancel()
        return subscription

    def _read(self, model, groupby, aggregates):
        report = (
            self.env[model]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
        )
        with freeze_time("2026-05-15 12:00:00"):
            return report._read_group([], groupby, aggregates)

    def test_retention_is_that_of_a_hand_count(self):
        rows = self._read(
            "sales.cohort.report",
            ["cohort:month", "age"],
            ["customers:sum", "customers_start:sum", "retention:sum"],
        )
        found = {
            (cohort.month, age): (still, came, round(retention, 2))
            for cohort, age, still, came, retention in rows
        }
        counted = {}
        for cohort in (1, 2, 3):
            lives = [end for begin, end in LIVES if begin == cohort]
            for age in range(6 - cohort):
                still = [
                    end for end in lives if not age or not end or end > cohort + age
                ]
                counted[cohort, age] = (
                    len(still),
                    len(lives),
                    round(100 * len(still) / len(lives), 2),
                )
        self.assertEqual(found, counted)
        self.assertEqual(found[1, 0], (10, 10, 100.0))
        self.assertEqual(found[1, 1], (7, 10, 70.0))
        self.assertEqual(found[1, 3], (6, 10, 60.0))

    def test_revenue_retention_is_weighted(self):
        rows = self._read(
            "sales.cohort.report",
            ["cohort:month", "age"],
            ["mrr:sum", "mrr_start:sum", "mrr_retention:sum"],
        )
        by_cell = {(cohort.month, age): row for cohort, age, *row in rows}
        # January: quantities 1, 2, 3, 1, 2, 3 stay, then 1 | 2, 3 | 1 leave.
        self.assertEqual(by_cell[1, 0], [950.0, 950.0, 100.0])
        kept, start, rate = by_cell[1, 1]
        self.assertEqual((kept, start), (650.0, 950.0))
        self.assertAlmostEqual(rate, 100 * 650 / 950, 4)

    def test_key_figures(self):
        kpi = (
            self.env["sales.subscription.kpi"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
        )
        with freeze_time("2026-05-15 12:00:00"):
            rows = kpi.search([], order="month")
            self.assertEqual(
                rows.mapped("month"), [date(2026, n, 1) for n in range(1, 6)]
            )
            closing = 0.0
            for row in rows:
                self.assertEqual(row.opening, closing)
                closing += (
                    row.new
                    + row.expansion
                    + row.returned
                    + row.contraction
                    + row.churn
                    + row.fx
                )
                self.assertEqual(row.mrr, closing)
                self.assertEqual(row.arr, 12 * row.mrr)
            total = sum(
                self.env["sales.subscription"]
                .search([("company_id", "=", self.company.id)])
                .mapped("mrr")
            )
            self.assertEqual(closing, total)
            # February opens with 9 of the 10 (900), 2 of which (250) leave.
            february = rows[1]
            self.assertEqual((february.opening, february.customers_start), (900.0, 9))
            self.assertEqual((february.churn, february.customers_churned), (-250.0, 2))
            self.assertAlmostEqual(february.churn_rate, 100 * 2 / 9, 4)
            self.assertAlmostEqual(february.gross_retention, 100 * 650 / 900, 4)
            self.assertAlmostEqual(february.arpa, february.mrr / february.customers, 2)
            # March: two came and left at once: they are no churn of the opening.
            march = rows[2]
            self.assertEqual(march.customers_churned, 3)
            self.assertAlmostEqual(march.churn_rate, 100 * 1 / march.customers_start, 4)

    def test_expansion_counts_in_net_retention(self):
        subscription = self._live(1, None, 1)
        with freeze_time("2026-02-10 12:00:00"):
            subscription.line_ids.quantity = 3
        kpi = self.env["sales.subscription.kpi"]
        with freeze_time("2026-05-15 12:00:00"):
            february = kpi.search(
                [("company_id", "=", self.company.id)], order="month"
            )[1]
            self.assertEqual((february.opening, february.expansion), (950.0, 100.0))
            self.assertAlmostEqual(february.net_retention, 100 * 800 / 950, 4)
            self.assertAlmostEqual(february.gross_retention, 100 * 700 / 950, 4)
            self.assertAlmostEqual(
                february.quick_ratio, (february.new + 100.0) / 250.0, 4
            )

    def test_only_managers_see_the_company(self):
        for model in ("sales.cohort.report", "sales.subscription.kpi"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesman).search([])
            found = (
                self.env[model]
                .with_user(self.manager)
                .with_context(allowed_company_ids=self.env.user.company_id.ids)
                .search([])
            )
            self.assertNotIn(self.company, found.sudo().company_id)

    def test_the_menu_opens_the_bridge(self):
        menu = self.env.ref("sales_subscription_plus.sales_mrr_movement_menu")
        self.assertEqual(menu.action.view_mode.split(",")[:2], ["graph", "pivot"])
        model = self.env["sales.mrr.movement"].with_user(self.manager)
        graph = model.get_view(view_type="graph")["arch"]
        self.assertIn('stacked="1"', graph)
        # What the pivot sums up to a day is the revenue of that day.
        rows = model.with_context(allowed_company_ids=self.company.ids)._read_group(
            [("company_id", "=", self.company.id)], [], ["amount:sum"]
        )
        subscriptions = self.env["sales.subscription"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(rows[0][0], sum(subscriptions.mapped("mrr")))
