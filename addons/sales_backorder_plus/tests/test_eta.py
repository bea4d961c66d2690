from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestExpectedDate(BackorderCommon):
    """The expected date follows receipts, requests and lead times, and says why."""

    def assertExpected(self, backorder, source, days, **values):
        expected = days is not None and self._in_days(days)
        self.assertRecordValues(
            backorder,
            [{"date_source": source, "date_expected": expected, **values}],
        )

    def test_no_supply(self):
        backorder = self._find(self._confirm((self.product, 5)))
        self.assertExpected(backorder, "none", None)
        self.assertEqual(backorder.supply_note, "5 Units: no supply is planned.")
        self.assertFalse(backorder.customer_date)

    def test_receipt(self):
        backorder = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 8, days=4)
        self.assertExpected(backorder, "receipt", 4, customer_date=self._in_days(4))
        self.assertEqual(
            backorder.supply,
            [
                {
                    "source": "receipt",
                    "date": str(self._in_days(4)),
                    "quantity": 5.0,
                    "model": "stock.picking",
                    "id": receipt.id,
                    "name": receipt.name,
                    "detail": "Test Vendor",
                    "days": 0,
                }
            ],
        )
        self.assertIn(
            f"5 Units with {receipt.name} from Test Vendor", backorder.supply_note
        )
        self.assertEqual(backorder.action_view_supply()["res_id"], receipt.id)

    def test_two_orders_share_a_receipt(self):
        """8 arrive for two orders of 5: the second waits for what nobody ordered."""
        self._add_vendor(self.product, 7)
        first = self._find(self._confirm((self.product, 5)))
        second = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 8, days=4)
        self.assertExpected(first, "receipt", 4)
        self.assertExpected(second, "lead_time", 7 + self.company.days_to_purchase)
        self.assertEqual([peg["quantity"] for peg in second.supply], [3.0, 2.0])
        receipt.move_ids.date += timedelta(days=3)
        self._flush()
        self.assertExpected(first, "receipt", 7)

    def test_two_receipts(self):
        """The last missing unit decides."""
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 3, days=2)
        self._plan_receipt(self.product, 3, days=9)
        self.assertExpected(backorder, "receipt", 9)
        self.assertEqual([peg["quantity"] for peg in backorder.supply], [3.0, 2.0])
        self.assertEqual(backorder.supply_count, 2)

    def test_priority_moves_the_date(self):
        first = self._find(self._confirm((self.product, 5)))
        second = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=3)
        self.assertExpected(first, "receipt", 3)
        self.assertExpected(second, "none", None)
        second.priority = "2"
        self.assertExpected(first, "none", None)
        self.assertExpected(second, "receipt", 3)

    def test_receipt_cancelled(self):
        backorder = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 5, days=3)
        receipt.action_cancel()
        self._flush()
        self.assertExpected(backorder, "none", None)

    def test_late_receipt_is_not_in_the_past(self):
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=-3)
        self.assertExpected(backorder, "receipt", 0)

    def test_confirmed_purchase(self):
        """Its receipt counts; a new date of the order line moves it."""
        self._add_vendor(self.product, 20)
        backorder = self._find(self._confirm((self.product, 5)))
        purchase = self._request(self.product, 5, days=6, confirm=True)
        self.assertExpected(backorder, "receipt", 6)
        purchase.order_line.date_planned += timedelta(days=5)
        self._flush()
        self.assertExpected(backorder, "receipt", 11)
        purchase.button_cancel()
        self._flush()
        self.assertExpected(backorder, "lead_time", 20 + self.company.days_to_purchase)

    def test_request_for_quotation(self):
        """Never before the vendor can deliver, and no promise for the customer."""
        self._add_vendor(self.product, 10)
        backorder = self._find(self._confirm((self.product, 5)))
        request = self._request(self.product, 5, days=2)
        self.assertExpected(backorder, "purchase", 10, customer_date=False)
        self.assertIn(f"unconfirmed request {request.name}", backorder.supply_note)
        request.order_line.date_planned += timedelta(days=20)
        self._flush()
        self.assertExpected(backorder, "purchase", 22)
        request.button_cancel()
        self._flush()
        self.assertEqual(backorder.date_source, "lead_time")

    def test_request_line_removed(self):
        backorder = self._find(self._confirm((self.product, 5)))
        request = self._request(self.product, 5, days=2)
        self.assertExpected(backorder, "purchase", 2)
        self.assertEqual(backorder.action_view_supply()["res_id"], request.id)
        request.order_line.unlink()
        self._flush()
        self.assertExpected(backorder, "none", None)

    def test_lead_time_equals_replenishment(self):
        """Vendor 7 days, 2 to purchase: 9 days, the date Replenishment shows."""
        self.company.days_to_purchase = 2
        self._add_vendor(self.product, 7)
        backorder = self._find(self._confirm((self.product, 5)))
        self.assertExpected(backorder, "lead_time", 9, customer_date=False)
        self.assertIn("9 days, vendor Test Vendor", backorder.supply_note)
        point = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.product.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        delays, _text = point.rule_ids._get_lead_days(self.product)
        self.assertEqual(delays["total_delay"], 9)

    def test_no_vendor_is_not_a_year(self):
        """The buy route without a vendor: Odoo says 365 days, we say nothing."""
        self.product.route_ids = [
            Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)
        ]
        backorder = self._find(self._confirm((self.product, 5)))
        self.assertExpected(backorder, "none", None)

    def test_vendor_found_later(self):
        """The daily job sees what no event reports."""
        backorder = self._find(self._confirm((self.product, 5)))
        self._add_vendor(self.product, 3)
        self._refresh()
        self.assertExpected(backorder, "lead_time", 3 + self.company.days_to_purchase)

    def test_free_stock(self):
        """In stock, but nobody reserved it."""
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        self._pickings(order).do_unreserve()
        self._flush()
        backorder = self._find(order)
        self.assertExpected(backorder, "stock", 0, customer_date=self.today)
        self.assertIn("not reserved yet", backorder.supply_note)

    def test_goods_of_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Elsewhere", "code": "ELS"})
        backorder = self._find(self._confirm((self.product, 5)))
        self.env["stock.quant"]._update_available_quantity(
            self.product, other.lot_stock_id, 50
        )
        self._plan_receipt(self.product, 50, days=1, warehouse=other)
        self.assertExpected(backorder, "none", None)

    def test_receipt_in_two_steps(self):
        """Goods that must be put away count for the date of the last step."""
        self.warehouse.reception_steps = "two_steps"
        backorder = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 5, days=3)
        self.assertExpected(backorder, "receipt", 3)
        self._ship(receipt, 5)
        self.assertEqual(backorder.state, "open")
        self.assertEqual(backorder.date_source, "receipt")
        self.assertEqual(backorder.supply[0]["quantity"], 5.0)

    def test_other_documents_compete(self):
        """A transfer without an order that is due earlier takes the receipt."""
        transfer = (
            self.env["stock.picking"]
            .with_user(self.storeman)
            .create(
                {
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 4,
                                "location_id": self.warehouse.lot_stock_id.id,
                                "location_dest_id": self.env.ref(
                                    "stock.stock_location_customers"
                                ).id,
                            }
                        )
                    ],
                }
            )
        )
        transfer.action_confirm()
        transfer.move_ids.date = fields.Datetime.now() - timedelta(days=2)
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=3)
        self.assertEqual([peg["quantity"] for peg in backorder.supply], [1.0, 4.0])
        self.assertExpected(backorder, "none", None)

    def test_agrees_with_the_forecast_of_odoo(self):
        """With equal ranks the date is the one Odoo's own forecast gives the move."""
        first = self._confirm((self.product, 5))
        second = self._confirm((self.product, 5))
        self._plan_receipt(self.product, 6, days=3)
        self._plan_receipt(self.product, 6, days=8)
        for order in (first, second):
            move = order.sudo().order_line.move_ids
            self.assertEqual(
                self._find(order).date_expected, move.forecast_expected_date.date()
            )

    def test_time_zone_of_the_warehouse(self):
        """20:00 UTC is the next day in Auckland (UTC+12 or +13)."""
        self.warehouse.partner_id.tz = "Pacific/Auckland"
        with freeze_time("2026-06-10 08:00:00"):
            backorder = self._find(
                self._confirm((self.product, 5), commitment_date="2026-06-20 20:00:00")
            )
            receipt = self._plan_receipt(self.product, 5, days=2)
            receipt.move_ids.date = datetime(2026, 6, 15, 20)
            self._flush()
        self.assertEqual(str(backorder.date_expected), "2026-06-16")
        self.assertEqual(str(backorder.date_promised), "2026-06-21")

    def test_late(self):
        promised = fields.Datetime.now().replace(hour=12) + timedelta(days=5)
        order = self._confirm((self.product, 5), commitment_date=promised)
        backorder = self._find(order)
        self.assertRecordValues(
            backorder, [{"date_promised": self._in_days(5), "is_late": False}]
        )
        receipt = self._plan_receipt(self.product, 5, days=7)
        self.assertTrue(backorder.is_late)
        receipt.move_ids.date -= timedelta(days=2)
        self._flush()
        self.assertFalse(backorder.is_late)
        order.commitment_date = promised - timedelta(days=3)
        self._flush()
        self.assertRecordValues(
            backorder, [{"date_promised": self._in_days(2), "is_late": True}]
        )

    def test_becomes_late_overnight(self):
        """Nothing happened but a day passed: the daily job notices."""
        promised = fields.Datetime.now().replace(hour=12) + timedelta(days=1)
        backorder = self._find(
            self._confirm((self.product, 5), commitment_date=promised)
        )
        self.assertFalse(backorder.is_late)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._refresh()
        self.assertTrue(backorder.is_late)

    def test_deadlines_of_odoo_stay(self):
        """The date is told, not written into the transfers."""
        order = self._confirm((self.product, 5))
        move = order.sudo().order_line.move_ids
        before = (move.date, move.date_deadline, move.picking_id.scheduled_date)
        self._plan_receipt(self.product, 5, days=30)
        after = (move.date, move.date_deadline, move.picking_id.scheduled_date)
        self.assertEqual(before, after)

    def test_cron_goes_on_where_it_stopped(self):
        """The job works in batches and stops when its time is over."""
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        backorders = self._find(self._confirm((self.product, 5), (other, 5)))
        for product in (self.product, other):
            self._add_vendor(product, 3)
        cron = type(self.env["ir.cron"])
        module = "odoo.addons.sales_backorder_plus.models.sales_backorder_sync"
        with (
            patch(f"{module}.CRON_BATCH", 1),
            patch.object(cron, "_commit_progress", return_value=0.0) as progress,
        ):
            self.env["sales.backorder"]._cron_refresh()
        self.assertEqual(progress.call_count, 2)
        done = backorders.filtered(lambda b: b.date_source == "lead_time")
        self.assertLess(len(done), len(backorders))
