from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderDates(OrderCommon):
    def _render(self, report, records):
        html = self.env["ir.actions.report"]._render_qweb_html(report, records.ids)
        return html[0].decode()

    def test_quoted_and_ordered_in_the_time_of_the_customer(self):
        self.customer.tz = "Pacific/Auckland"
        with freeze_time("2026-05-05 20:00:00"):
            order = self._new_order((self.service, 1))
        with freeze_time("2026-05-07 20:00:00"):
            order.action_confirm()
        self.assertEqual(order.quotation_date, datetime(2026, 5, 5, 20))
        self.assertEqual(order.date_order, datetime(2026, 5, 7, 20))
        self.assertEqual(order.order_tz, "Pacific/Auckland")
        html = self._render("sale.action_report_saleorder", order)
        # It was the next morning in Auckland, both times.
        self.assertIn("05/06/2026", html)
        self.assertIn("05/08/2026", html)

    def test_zone_of_the_company_if_the_customer_has_none(self):
        self.customer.tz = False
        self.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self._new_order().order_tz, "Asia/Tokyo")

    def test_copy_is_quoted_anew(self):
        order = self._new_order(date_order="2024-01-01 10:00:00")
        self.assertEqual(order.quotation_date, datetime(2024, 1, 1, 10))
        self.assertGreater(order.copy().quotation_date, datetime(2025, 1, 1))

    def test_delivery_is_planned_for_the_window(self):
        self.customer.tz = "Europe/Paris"
        order = self._new_order(
            (self.product, 1),
            requested_date="2026-12-24",
            requested_window_from=9,
            requested_window_to=12,
        )
        order.action_confirm()
        move = order.picking_ids.move_ids
        self.assertEqual(move.date_deadline, datetime(2026, 12, 24, 11))
        self.assertEqual(move.date, datetime(2026, 12, 24, 8))
        self.assertEqual(order.picking_ids.requested_date, date(2026, 12, 24))
        html = self._render("stock.action_report_delivery", order.picking_ids)
        self.assertIn("12/24/2026", html)
        self.assertIn("09:00", html)
        self.assertIn("12:00", html)

    def test_line_has_its_own_day(self):
        order = self._new_order(
            (self.product, 1), (self.product, 2), requested_date="2026-12-24"
        )
        order.order_line[1].requested_date = "2026-12-28"
        order.action_confirm()
        days = [line.move_ids.date_deadline.date() for line in order.order_line]
        self.assertEqual(days, [date(2026, 12, 24), date(2026, 12, 28)])

    def test_promised_date_goes_before(self):
        order = self._new_order(
            (self.product, 1),
            requested_date="2026-12-24",
            commitment_date="2026-12-30 10:00:00",
        )
        order.action_confirm()
        deadline = order.picking_ids.move_ids.date_deadline
        self.assertEqual(deadline, datetime(2026, 12, 30, 10))

    def test_customer_takes_no_deliveries_then(self):
        self.customer.delivery_window_ids = [
            Command.create({"weekday": "0", "hour_from": 8, "hour_to": 12})
        ]
        # 24 December 2026 is a Thursday, the 28th a Monday.
        order = self._new_order(requested_date="2026-12-24")
        self.assertIn("Monday 08:00-12:00", order.requested_date_warning)
        order.requested_date = "2026-12-28"
        self.assertFalse(order.requested_date_warning)
        order.write({"requested_window_from": 13, "requested_window_to": 15})
        self.assertIn("Monday 08:00-12:00", order.requested_date_warning)

    def test_no_windows_no_remark(self):
        order = self._new_order(requested_date="2026-12-24")
        self.assertFalse(order.requested_date_warning)

    @mute_logger("odoo.sql_db")
    def test_window_ends_after_it_begins(self):
        order = self._new_order()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            order.write({"requested_window_from": 12, "requested_window_to": 9})
            order.flush_recordset()

    def test_urgent_orders_are_starred(self):
        order = self._new_order((self.product, 1), order_priority="3")
        usual = self._new_order((self.product, 1))
        (order + usual).action_confirm()
        self.assertEqual(order.picking_ids.priority, "1")
        self.assertEqual(order.picking_ids.move_ids.priority, "1")
        self.assertEqual(usual.picking_ids.priority, "0")
        usual.order_priority = "2"
        self.assertEqual(usual.picking_ids.priority, "1")
        order.order_priority = "1"
        self.assertEqual(order.picking_ids.priority, "0")

    def test_priority_sorts_nothing(self):
        self.assertEqual(self.env["sale.order"]._order, "date_order desc, id desc")

    def test_project_and_reference_everywhere(self):
        order = self._new_order(
            (self.product, 1),
            (self.service, 1),
            client_order_ref="4711",
            project_code="TP-22",
        )
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        pages = (
            self._render("sale.action_report_saleorder", order),
            self._render("account.account_invoices", invoice),
            self._render("stock.action_report_delivery", order.picking_ids),
        )
        for page in pages:
            self.assertIn("TP-22", page)
            self.assertIn("4711", page)
        for records in (order, invoice, order.picking_ids):
            found = self.env[records._name].search([("project_code", "ilike", "TP-22")])
            self.assertEqual(found, records)

    def test_window_is_warned_of_while_typing(self):
        self.customer.delivery_window_ids = [Command.create({"weekday": "0"})]
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        with self.assertLogs("odoo.tests.form.onchange", level="WARNING") as log:
            form.requested_date = "2026-12-24"
        self.assertIn("takes no deliveries", "".join(log.output))
