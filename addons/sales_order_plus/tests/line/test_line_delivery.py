from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command, Datetime
from odoo.tests import tagged

from ...exceptions import LineRuleError
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestEstimate(LineCommon):
    """The estimated delivery follows stock and receipts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tz = cls.company.partner_id.tz = "UTC"
        cls.warehouse.partner_id.tz = "UTC"

    def _confirm(self, quantity, **values):
        order = self._new_order((self.product, quantity), **values)
        order.action_confirm()
        self.env.cr.flush()
        return order

    def _plan_receipt(self, quantity, days):
        kind = self.warehouse.in_type_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "scheduled_date": Datetime.now() + timedelta(days=days),
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def _in_days(self, days):
        return (Datetime.now() + timedelta(days=days)).date()

    def test_in_stock_as_promised(self):
        self._set_stock(self.product, 5)
        self.product.sale_delay = 3
        self.assertEqual(
            self._confirm(2).order_line.estimated_delivery_date, self._in_days(3)
        )

    def test_quotation_has_none(self):
        order = self._new_order((self.product, 1))
        self.env.cr.flush()
        self.assertFalse(order.order_line.estimated_delivery_date)

    def test_nothing_expected_nothing_promised(self):
        self.assertFalse(self._confirm(2).order_line.estimated_delivery_date)

    def test_follows_the_receipt(self):
        receipt = self._plan_receipt(5, days=6)
        line = self._confirm(2).order_line
        self.assertEqual(line.estimated_delivery_date, self._in_days(6))
        receipt.move_ids.date = Datetime.now() + timedelta(days=11)
        self.env.cr.flush()
        self.assertEqual(line.estimated_delivery_date, self._in_days(11))
        receipt.move_ids.picked = True
        receipt.button_validate()
        line.move_ids._action_assign()
        self.env.cr.flush()
        self.assertEqual(line.estimated_delivery_date, self._in_days(0))

    def test_follows_the_receipt_in_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        receipt = self._plan_receipt(5, days=6)
        line = self._confirm(2).order_line
        self.assertEqual(line.estimated_delivery_date, self._in_days(6))
        receipt.move_ids.date = Datetime.now() + timedelta(days=9)
        self.env.cr.flush()
        self.assertEqual(line.estimated_delivery_date, self._in_days(9))

    def test_delivered_and_cancelled(self):
        self._set_stock(self.product, 5)
        order = self._confirm(2)
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.env.cr.flush()
        self.assertEqual(order.order_line.estimated_delivery_date, self._in_days(0))
        other = self._confirm(2)
        other._action_cancel()
        self.env.cr.flush()
        self.assertFalse(other.order_line.estimated_delivery_date)

    def test_one_mail_about_a_delay(self):
        self.company.sales_delay_notice_days = 2
        receipt = self._plan_receipt(5, days=6)
        order = self._confirm(2)
        order.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.product.id}
        )
        self.env.cr.flush()
        before = order.message_ids
        for days in (7, 12, 12.1):
            receipt.move_ids.date = Datetime.now() + timedelta(days=days)
            self.env.cr.flush()
        told = (order.message_ids - before).filtered(
            lambda message: self.customer in message.partner_ids
        )
        self.assertEqual(len(told), 1)
        self.assertIn("delayed", told.body)

    def test_no_mail_unless_configured(self):
        receipt = self._plan_receipt(5, days=6)
        order = self._confirm(2)
        before = order.message_ids
        receipt.move_ids.date = Datetime.now() + timedelta(days=40)
        self.env.cr.flush()
        self.assertEqual(order.message_ids, before)

    def test_day_in_the_time_zone_of_the_warehouse(self):
        self.warehouse.partner_id.tz = "Pacific/Auckland"
        line = self._new_order((self.product, 1)).order_line
        moment = datetime(2026, 5, 1, 13, 0)
        self.assertEqual(line._get_local_date(moment), date(2026, 5, 2))

    def test_cron(self):
        receipt = self._plan_receipt(5, days=6)
        line = self._confirm(2).order_line
        line.estimated_delivery_date = False
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=600.0):
            self.env["sale.order.line"]._cron_update_estimates()
        self.assertEqual(line.estimated_delivery_date, self._in_days(6))
        self.assertTrue(receipt)

    def test_printed_for_the_customer(self):
        self._set_stock(self.product, 5)
        order = self._confirm(2)
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Estimated delivery", text)


@tagged("post_install", "-at_install")
class TestPreorder(LineCommon):
    """What is not released yet is delivered at its release."""

    def _new_preorder(self, **values):
        self.product.write({"preorder_ok": True, "preorder_release_date": "2027-03-01"})
        return self._new_order((self.product, 1), **values)

    def test_dated_at_release(self):
        order = self._new_preorder()
        self.assertTrue(order.order_line.is_preorder)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        moves = order.picking_ids.move_ids
        self.assertEqual(moves.date_deadline.date(), date(2027, 3, 1))
        self.assertGreaterEqual(moves.date.date(), date(2027, 2, 28))

    def test_promise_does_not_bring_it_forward(self):
        order = self._new_preorder(commitment_date="2026-12-24 10:00:00")
        order.action_confirm()
        self.assertEqual(
            order.picking_ids.move_ids.date_deadline.date(), date(2027, 3, 1)
        )

    def test_released_is_ordinary(self):
        self.product.write({"preorder_ok": True, "preorder_release_date": "2020-03-01"})
        self.assertFalse(self._new_order((self.product, 1)).order_line.is_preorder)


@tagged("post_install", "-at_install")
class TestWarranty(LineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({"warranty_duration": 24, "warranty_unit": "month"})

    def _deliver(self, order):
        picking = order.picking_ids.with_user(self.storeman)
        picking.move_ids.picked = True
        picking.button_validate()

    @freeze_time("2026-03-01 10:00:00")
    def test_from_the_delivery_on(self):
        self._set_stock(self.product, 5)
        order = self._new_order((self.product, 1))
        order.action_confirm()
        self.assertFalse(order.order_line.warranty_end)
        self._deliver(order)
        self.assertEqual(order.order_line.warranty_end, date(2028, 3, 1))
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Warranty until 03/01/2028", text)

    def test_list_by_serial_number(self):
        self.product.tracking = "serial"
        lots = self.env["stock.lot"].create(
            [{"name": f"SN{n}", "product_id": self.product.id} for n in (1, 2)]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                self.product, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._new_order((self.product, 2))
        order.action_confirm()
        self._deliver(order)
        self.env.flush_all()
        rows = (
            self.env["sales.warranty.report"]
            .with_user(self.salesman)
            .search([("order_id", "=", order.id)])
        )
        self.assertEqual(rows.lot_id, lots)
        self.assertEqual(
            set(rows.mapped("warranty_end")), {order.order_line.warranty_end}
        )
        colleague = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        self.assertFalse(
            self.env["sales.warranty.report"]
            .with_user(colleague)
            .search([("order_id", "=", order.id)])
        )


@tagged("post_install", "-at_install")
class TestInstallation(LineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fitting = cls._new_product("Fitting", 70, type="service")
        cls.product.write(
            {
                "requires_installation": True,
                "installation_product_id": cls.fitting.id,
                "installation_notes": "Bring a ladder",
            }
        )

    def test_service_comes_with_the_product(self):
        order = self._new_order((self.product, 3))
        service = order.order_line.filtered("is_installation")
        self.assertEqual(service.product_id, self.fitting)
        self.assertEqual(service.product_uom_qty, 3)
        self.assertEqual(service.linked_line_id.product_id, self.product)
        order.order_line.filtered(lambda line: line.product_id == self.product).unlink()
        self.assertFalse(order.order_line)

    def test_dated_activity_on_confirm(self):
        order = self._new_order((self.product, 1))
        service = order.order_line.filtered("is_installation")
        service.installation_date = "2027-01-15"
        order.action_confirm()
        activity = order.activity_ids.filtered(
            lambda a: a.summary == "Installation: Test Gadget"
        )
        self.assertEqual(activity.date_deadline, date(2027, 1, 15))
        self.assertIn("Bring a ladder", activity.note)

    def test_copy_does_not_double_it(self):
        copied = self._new_order((self.product, 1)).copy()
        services = copied.order_line.filtered("is_installation")
        self.assertEqual(len(services), 1)
        self.assertEqual(services.linked_line_id.product_id, self.product)

    def test_only_a_service_installs(self):
        gadget = self._new_product("Other", 5)
        with self.assertRaisesRegex(LineRuleError, "Installation Service"):
            self.product.installation_product_id = gadget
