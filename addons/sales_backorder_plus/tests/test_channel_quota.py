from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_backorder_plus.exceptions import AllocationError

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestChannelQuota(BackorderCommon):
    """Stock is shared between channels as somebody decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.web, cls.b2b = cls.env["sales.channel"].create(
            [
                {"name": "Test Web", "code": "TSWEB", "kind": "online"},
                {"name": "Test B2B", "code": "TSB2B", "kind": "b2b_portal"},
            ]
        )

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 100)

    def _quota(self, channel, amount, **vals):
        return (
            self.env["sales.channel.quota"]
            .with_user(self.manager)
            .create(
                {
                    "name": f"Quota {channel.code or 'all'}",
                    "sales_channel_ids": [Command.set(channel.ids)],
                    "product_id": self.product.id,
                    "warehouse_id": self.warehouse.id,
                    "amount": amount,
                    **vals,
                }
            )
        )

    def _order(self, channel, quantity):
        return self._confirm((self.product, quantity), sales_channel_id=channel.id)

    def _reserved(self, order):
        return sum(order.sudo().order_line.move_ids.mapped("quantity"))

    def test_sixty_and_forty(self):
        """B2B asks for 50: 40 allocated, 10 backordered; released, it gets them."""
        self._quota(self.web, 60)
        quota = self._quota(self.b2b, 40)
        order = self._order(self.b2b, 50)
        backorder = self._find(order)
        self.assertFigures(backorder, reserved=40.0, short=10.0)
        self.assertFalse(backorder.date_expected)
        self.assertIn("Quota TSB2B", backorder.supply_note)
        self.assertRecordValues(
            quota,
            [{"qty_quota": 40.0, "qty_taken": 40.0, "qty_left": 0.0, "usage": 100.0}],
        )
        quota.action_release()
        self._flush()
        self.assertEqual(self._reserved(order), 50.0)
        self.assertEqual(backorder.state, "filled")
        self.assertTrue(quota.released_on)

    def test_lines_reserved_together(self):
        """Lines of an order are reserved at once; the one with a quota by itself."""
        self._quota(self.b2b, 40)
        other = self._new_product("Test Free", 5.0, is_storable=True)
        third = self._new_product("Test Free Too", 5.0, is_storable=True)
        for product in (other, third):
            self._set_stock(product, 100)
        order = self._confirm(
            (self.product, 50), (other, 50), (third, 50), sales_channel_id=self.b2b.id
        )
        reserved = order.sudo().order_line.mapped("move_ids.quantity")
        self.assertEqual(reserved, [40.0, 50.0, 50.0])
        self.assertFigures(self._find(order), reserved=40.0, short=10.0)

    def test_second_order_of_the_channel(self):
        self._quota(self.b2b, 40)
        self._order(self.b2b, 30)
        second = self._order(self.b2b, 30)
        self.assertEqual(self._reserved(second), 10.0)
        self.assertEqual(self._reserved(self._order(self.web, 50)), 50.0)

    def test_scheduler_keeps_to_it(self):
        self._quota(self.b2b, 40)
        order = self._order(self.b2b, 50)
        self.env["stock.rule"].run_scheduler()
        self._flush()
        self.assertEqual(self._reserved(order), 40.0)

    def test_shipped_counts(self):
        self._quota(self.b2b, 40)
        order = self._order(self.b2b, 30)
        self._ship(self._pickings(order), 30)
        self.assertEqual(self._reserved(self._order(self.b2b, 20)), 10.0)

    def test_shipped_before_does_not_count(self):
        order = self._order(self.b2b, 30)
        self._ship(self._pickings(order), 30)
        order.sudo().order_line.move_ids.date = "2020-01-01"
        quota = self._quota(self.b2b, 40, date_from=self.today)
        self.assertEqual(quota.qty_taken, 0.0)
        self.assertEqual(self._reserved(self._order(self.b2b, 50)), 40.0)

    def test_kept_pool(self):
        """70 are kept for the shop; others share 30, the shop gets its 70 and more."""
        self._quota(self.web, 70, kind="pool")
        order = self._order(self.b2b, 50)
        self.assertEqual(self._reserved(order), 30.0)
        self.assertIn("Quota TSWEB", self._find(order).supply_note)
        self.assertEqual(self._reserved(self._order(self.web, 70)), 70.0)

    def test_pool_is_used_up(self):
        """What the shop took is kept no more: the rest is free for all."""
        self._quota(self.web, 70, kind="pool")
        self._order(self.web, 60)
        self.assertEqual(self._reserved(self._order(self.b2b, 50)), 30.0)

    def test_safety_stock(self):
        quota = self._quota(self.web.browse(), 15, kind="safety")
        order = self._order(self.web, 100)
        self.assertEqual(self._reserved(order), 85.0)
        self.assertEqual(self._find(order).date_source, "none")
        quota.action_release()
        self._flush()
        self.assertEqual(self._reserved(order), 100.0)

    def test_percent_of_a_category(self):
        categ = self.env["product.category"].create({"name": "Test Quota"})
        self.product.categ_id = categ
        quota = self._quota(
            self.b2b, 25, measure="percent", product_id=False, categ_id=categ.id
        )
        order = self._order(self.b2b, 50)
        self.assertEqual(self._reserved(order), 25.0)
        self._ship(self._pickings(order), 25)
        self.assertEqual(quota.qty_quota, 25.0)
        self.assertEqual(self._reserved(self._order(self.b2b, 10)), 0.0)

    def test_in_dozens(self):
        """The quota is in the unit of the product, the line need not be."""
        self._quota(self.b2b, 40)
        order = self._new_order(sales_channel_id=self.b2b.id)
        order.order_line.write(
            {"product_uom_id": self.dozen.id, "product_uom_qty": 5.0}
        )
        order.action_confirm()
        self._flush()
        quants = self.env["stock.quant"]._gather(
            self.product, self.warehouse.lot_stock_id
        )
        self.assertLessEqual(sum(quants.mapped("reserved_quantity")), 40.0)

    def test_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        quota = self._quota(self.b2b, 40)
        order = self._order(self.b2b, 50)
        pick = self._pickings(order)
        self.assertEqual(self._reserved(order), 40.0)
        self._ship(pick, 40)
        self.assertEqual(quota.qty_taken, 40.0)
        out = self._pickings(order).filtered(
            lambda one: one.picking_type_id.code == "outgoing"
        )
        self.assertEqual(out.move_ids.quantity, 40.0)

    def test_expired_and_other_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Test Two", "code": "TSQ2"})
        self._quota(self.b2b, 10, date_to=fields.Date.add(self.today, days=-1))
        self._quota(self.b2b, 20, warehouse_id=other.id)
        self.assertEqual(self._reserved(self._order(self.b2b, 50)), 50.0)

    def test_free_stock_of_a_kept_pool_is_no_supply(self):
        """Nobody is promised what is kept for others."""
        self._quota(self.web, 100, kind="pool")
        self._add_vendor(self.product, 7)
        backorder = self._find(self._order(self.b2b, 5))
        self.assertNotEqual(backorder.date_source, "stock")

    def test_reallocation_keeps_to_it(self):
        self._quota(self.b2b, 40)
        order = self._order(self.b2b, 50)
        run = (
            self.env["sales.backorder.run"]
            .with_user(self.manager)
            .create({"company_id": self.company.id})
        )
        run.action_propose()
        self.assertFalse(run.line_ids.filtered("qty_delta"))
        self.assertEqual(self._reserved(order), 40.0)

    def test_released_once(self):
        quota = self._quota(self.b2b, 40)
        quota.action_release()
        with self.assertRaises(AllocationError), self.env.cr.savepoint():
            quota.action_release()
        events = self.env["sales.audit.event"].sudo()
        found = events.search([("model", "=", quota._name), ("res_id", "=", quota.id)])
        self.assertEqual(found.mapped("code"), ["quota.released"])

    def test_salesman_decides_nothing(self):
        quota = self._quota(self.b2b, 40)
        with self.assertRaises(AccessError):
            quota.with_user(self.salesman).amount = 400
        with self.assertRaises(AccessError):
            quota.with_user(self.salesman).action_release()

    def test_product_or_category(self):
        for amount, vals in (
            (
                40,
                {"categ_id": self.env["product.category"].create({"name": "Test"}).id},
            ),
            (140, {"measure": "percent"}),
        ):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._quota(self.b2b, amount, **vals)
