from functools import partial

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common_equal import EqualCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 10:00:00")
class TestEqualSpecial(EqualCommon):
    """What is not plain is left to Odoo, and its rows are Odoo's too."""

    def test_steps(self):
        self._fill(9)
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                rows = self._compare(self._draw(5))
                self.assertEqual(len(rows["stock.picking"]), 5)

    def test_pulled_chain(self):
        """Rules that pull each other: the second transfer is found by reference."""
        self.warehouse.delivery_steps = "pick_ship"
        route = self.warehouse.delivery_route_id
        route.rule_ids.active = False
        customers = self.env.ref("stock.stock_location_customers")
        output = self.warehouse.wh_output_stock_loc_id
        for method, kind, source, target in (
            ("make_to_order", self.warehouse.out_type_id, output, customers),
            ("make_to_stock", self.warehouse.pick_type_id, self.stock, output),
        ):
            self.env["stock.rule"].create(
                {
                    "name": f"TSOP {kind.name}",
                    "action": "pull",
                    "procure_method": method,
                    "route_id": route.id,
                    "location_src_id": source.id,
                    "location_dest_id": target.id,
                    "picking_type_id": kind.id,
                    "warehouse_id": self.warehouse.id,
                }
            )
        self._fill(9)
        rows = self._compare(self._draw(4))
        self.assertEqual(len(rows["stock.picking"]), 8)

    def test_tracked_products(self):
        lots = self.env["stock.lot"]
        self._fill()
        tracked = self.env["product.product"]
        for tracking in ("lot", "serial"):
            product = self._new_product(
                f"TSOP {tracking}", 5, is_storable=True, tracking=tracking
            )
            tracked |= product
            for number in range(3):
                lot = lots.create({"name": f"{number}", "product_id": product.id})
                self.env["stock.quant"]._update_available_quantity(
                    product, self.stock, 1 if tracking == "serial" else 4, lot_id=lot
                )
        orders = [
            (f"E{n}", [(tracked[0], 3), (self.goods[0], 1), (tracked[1], 1)])
            for n in range(4)
        ]
        rows = self._compare(orders)
        self.assertTrue(any(row["lot_id"] for row in rows["stock.move.line"]))

    def test_packages_and_owners(self):
        self._fill(3)
        quants = self.env["stock.quant"]
        package = self.env["stock.package"].create({"name": "TSOP-PACK"})
        product, other = self.goods[0], self.goods[1]
        quants._update_available_quantity(product, self.stock, 6, package_id=package)
        quants._update_available_quantity(
            other, self.stock, 6, owner_id=self.salesman.partner_id
        )
        rows = self._compare(self._draw(5))
        self.assertTrue(any(row["package_id"] for row in rows["stock.move.line"]))

    def test_shelves(self):
        """Several places below the stock location, some of them twice."""
        shelves = self.env["stock.location"].create(
            [
                {"name": f"TSOP {n}", "location_id": self.stock.id, "usage": "internal"}
                for n in range(3)
            ]
        )
        quants = self.env["stock.quant"]
        for number, shelf in enumerate(shelves):
            for product in self.goods:
                quants._update_available_quantity(product, shelf, 2 + number)
        quants.sudo().create(
            {
                "product_id": self.goods[0].id,
                "location_id": shelves[0].id,
                "quantity": 3,
            }
        )
        rows = self._compare(self._draw(7))
        places = {row["location_id"] for row in rows["stock.move.line"]}
        self.assertEqual(places, set(shelves.ids))

    def test_removal_strategies(self):
        for number, shelf_name in enumerate("BAC"):
            shelf = self.env["stock.location"].create(
                {"name": f"TSOP {shelf_name}", "location_id": self.stock.id}
            )
            for product in self.goods:
                self.env["stock.quant"]._update_available_quantity(
                    product, shelf, 4, in_date=f"2026-01-0{number + 1} 00:00:00"
                )
        for method in ("fifo", "lifo", "closest"):
            with self.subTest(method=method):
                self.goods[0].categ_id = self.goods[0].categ_id.copy()
                self.goods[0].categ_id.removal_strategy_id = self.env[
                    "product.removal"
                ].search([("method", "=", method)])
                self._compare(self._draw(5))

    def test_reserved_by_hand_or_late(self):
        self._fill()
        for method, reserved in (("manual", False), ("by_date", True)):
            with self.subTest(method=method):
                self.warehouse.out_type_id.reservation_method = method
                rows = self._compare(self._draw(3))
                self.assertEqual(bool(rows["stock.move.line"]), reserved)

    # === Reordering and loyalty === #

    def test_orderpoints(self):
        self._fill(4)
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.goods[0].id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 20,
                "trigger": "manual",
            }
        )
        wanted = []
        for confirm in (self._confirm_plain, self._take_in):
            self._try(
                partial(confirm, self._draw(4)),
                lambda _orders: wanted.append(rule.qty_to_order),
            )
        self.assertEqual(wanted[0], wanted[1])
        self.assertGreater(wanted[0], 16)

    def test_orderpoint_triggered(self):
        """A product that replenishes itself does so for our orders too."""
        self._fill(4)
        other = self.env["stock.location"].create(
            {"name": "TSOP reserve", "usage": "internal"}
        )
        self.env["stock.quant"]._update_available_quantity(self.goods[0], other, 100)
        route = self.env["stock.route"].create(
            {
                "name": "TSOP refill",
                "product_selectable": True,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "TSOP refill",
                            "action": "pull",
                            "picking_type_id": self.warehouse.int_type_id.id,
                            "location_src_id": other.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        self.goods[0].route_ids = [Command.link(route.id)]
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.goods[0].id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 20,
                "trigger": "auto",
                "route_id": route.id,
            }
        )
        refills = []

        def expect(_orders):
            moves = self.env["stock.move"].search([("location_id", "=", other.id)])
            refills.append(sorted(moves.mapped("product_uom_qty")))

        for confirm in (self._confirm_plain, self._take_in):
            self._try(partial(confirm, self._draw(4)), expect)
        self.assertTrue(refills[0])
        self.assertEqual(refills[0], refills[1])

    def _new_program(self, **values):
        self.env["loyalty.program"].search([]).active = False
        return self.env["loyalty.program"].create(
            {
                "name": "TSOP 10%",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount": 10})
                ],
                **values,
            }
        )

    def test_loyalty_program(self):
        self._fill()
        self._new_program()
        calls = self._spy("sale.order", "_program_check_compute_points")

        def expect(orders):
            self.assertTrue(calls)

        self._compare(self._draw(3), expect)

    def test_loyalty_card(self):
        """A customer whose card has points gets it on his order."""
        self._fill()
        program = self._new_program(
            program_type="loyalty", applies_on="both", portal_visible=True
        )
        self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.customer.id,
                "points": 50,
            }
        )

        def expect(orders):
            self.assertTrue(orders.applied_coupon_ids and orders.coupon_point_ids)

        self._compare(self._draw(3), expect)

    def test_no_loyalty(self):
        self._fill()
        self._new_program().active = False
        calls = self._spy("sale.order", "_program_check_compute_points")
        self._compare(self._draw(3), lambda _orders: calls.clear())
        calls.clear()
        self._try(partial(self._take_in, self._draw(3)))
        self.assertFalse(calls)
