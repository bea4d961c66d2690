from odoo.tests import tagged

from ...exceptions import LineRuleError
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestLineSource(LineCommon):
    """The warehouse and the shelf of a line really reach its stock moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "WH2", "company_id": cls.company.id}
        )
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 7", "location_id": cls.warehouse.lot_stock_id.id}
        )

    def _put(self, location, quantity):
        self.env["stock.quant"]._update_available_quantity(
            self.product, location, quantity
        )

    def _pickings(self, order):
        return order.picking_ids.filtered(lambda p: p.state != "cancel")

    def _pass(self, picking):
        picking = picking.with_user(self.storeman)
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()

    def test_two_warehouses_two_deliveries(self):
        self._put(self.warehouse.lot_stock_id, 5)
        self._put(self.second.lot_stock_id, 5)
        order = self._new_order((self.product, 2), (self.product, 3))
        order.order_line[1].source_warehouse_id = self.second
        order.action_confirm()
        found = {
            picking.picking_type_id.warehouse_id: picking.move_ids.product_uom_qty
            for picking in order.picking_ids
        }
        self.assertEqual(found, {self.warehouse: 2, self.second: 3})
        self.assertEqual(set(order.picking_ids.mapped("state")), {"assigned"})

    def _deliver_in_steps(self, steps, count):
        """Every step is at the chosen warehouse, and all of it arrives."""
        self.second.delivery_steps = steps
        self._put(self.second.lot_stock_id, 5)
        order = self._new_order((self.product, 4))
        order.order_line.source_warehouse_id = self.second
        order.action_confirm()
        for _step in range(count):
            picking = self._pickings(order).filtered(lambda p: p.state != "done")
            self.assertEqual(len(picking), 1)
            self.assertEqual(picking.picking_type_id.warehouse_id, self.second)
            self._pass(picking)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertEqual(len(self._pickings(order)), count)
        self.assertEqual(
            self._pickings(order).move_ids.warehouse_id | self.second, self.second
        )

    def test_warehouse_in_one_step(self):
        self._deliver_in_steps("ship_only", 1)

    def test_warehouse_in_two_steps(self):
        self._deliver_in_steps("pick_ship", 2)

    def test_warehouse_in_three_steps(self):
        self._deliver_in_steps("pick_pack_ship", 3)

    def _take_from_shelf(self, steps, count):
        self.warehouse.delivery_steps = steps
        self._put(self.warehouse.lot_stock_id, 50)
        self._put(self.shelf, 5)
        order = self._new_order((self.product, 4))
        order.order_line.source_location_id = self.shelf
        self.assertEqual(order.order_line.source_warehouse_id, self.warehouse)
        order.action_confirm()
        first = self._pickings(order)
        self.assertEqual(first.move_ids.location_id, self.shelf)
        self.assertEqual(first.move_ids.move_line_ids.location_id, self.shelf)
        for _step in range(count):
            self._pass(self._pickings(order).filtered(lambda p: p.state != "done"))
        self.assertEqual(order.order_line.qty_delivered, 4)
        left = self.env["stock.quant"]._get_available_quantity(self.product, self.shelf)
        self.assertEqual(left, 1)

    def test_shelf_in_one_step(self):
        self._take_from_shelf("ship_only", 1)

    def test_shelf_in_two_steps(self):
        self._take_from_shelf("pick_ship", 2)

    def test_shelf_in_three_steps(self):
        self._take_from_shelf("pick_pack_ship", 3)

    def test_one_delivery_whatever_the_shelf(self):
        """A shelf of its own must not make a delivery of its own."""
        self._put(self.warehouse.lot_stock_id, 5)
        self._put(self.shelf, 5)
        order = self._new_order((self.product, 2), (self.product, 3))
        order.order_line[0].source_location_id = self.shelf
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(
            order.picking_ids.move_ids.mapped("location_id"),
            self.shelf | self.warehouse.lot_stock_id,
        )

    def test_more_of_the_same_shelf(self):
        self._put(self.shelf, 9)
        order = self._new_order((self.product, 2))
        order.order_line.source_location_id = self.shelf
        order.action_confirm()
        order.order_line.product_uom_qty = 6
        self.assertEqual(order.picking_ids.move_ids.location_id, self.shelf)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 6)

    def test_shelf_of_another_warehouse_is_refused(self):
        order = self._new_order((self.product, 2))
        with self.assertRaisesRegex(LineRuleError, "Source Location"):
            order.order_line.write(
                {
                    "source_location_id": self.shelf.id,
                    "source_warehouse_id": self.second.id,
                }
            )

    def test_source_is_fixed_once_planned(self):
        self._put(self.warehouse.lot_stock_id, 5)
        order = self._new_order((self.product, 2))
        order.action_confirm()
        with self.assertRaisesRegex(LineRuleError, "planned"):
            order.order_line.source_warehouse_id = self.second

    def test_allocate_splits(self):
        self._put(self.warehouse.lot_stock_id, 6)
        self._put(self.second.lot_stock_id, 4)
        order = self._new_order((self.product, 10))
        order.order_line.write({"price_unit": 77, "discount": 5})
        order.action_allocate_warehouses()
        self.assertRecordValues(
            order.order_line.sorted("product_uom_qty", reverse=True),
            [
                {
                    "product_uom_qty": 6,
                    "source_warehouse_id": self.warehouse.id,
                    "price_unit": 77,
                    "discount": 5,
                },
                {
                    "product_uom_qty": 4,
                    "source_warehouse_id": self.second.id,
                    "price_unit": 77,
                    "discount": 5,
                },
            ],
        )
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"assigned"})

    def test_allocate_prefers_one_warehouse(self):
        self._put(self.warehouse.lot_stock_id, 6)
        self._put(self.second.lot_stock_id, 12)
        order = self._new_order((self.product, 10))
        order.action_allocate_warehouses()
        self.assertEqual(order.order_line.source_warehouse_id, self.second)
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_allocate_counts_each_unit_once(self):
        """Two lines of one product share what is free; nothing is ordered twice."""
        self._put(self.warehouse.lot_stock_id, 6)
        self._put(self.second.lot_stock_id, 3)
        order = self._new_order((self.product, 5), (self.product, 5))
        order.action_allocate_warehouses()
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 10)
        by_warehouse = {
            warehouse: sum(lines.mapped("product_uom_qty"))
            for warehouse, lines in order.order_line.grouped(
                "source_warehouse_id"
            ).items()
        }
        self.assertEqual(by_warehouse, {self.warehouse: 7, self.second: 3})

    def test_allocate_only_quotations(self):
        order = self._new_order((self.product, 1))
        order.action_confirm()
        with self.assertRaises(LineRuleError):
            order.action_allocate_warehouses()
