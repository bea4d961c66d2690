from odoo.tests import HttpCase, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueTour(RevenueCommon, HttpCase):
    def test_accountant_follows_a_schedule(self):
        self.customer.name = "Tour Customer"
        schedule = self._get_schedule(self._invoice_year())
        self.assertEqual(len(schedule.line_ids), 14)
        self.start_tour(
            "/odoo/revenue-schedules", "sales_revenue_schedules", login="tsop_acc"
        )
