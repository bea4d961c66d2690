from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import GuardError, LineRuleError
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestLineCargo(LineCommon):
    """Dangerous and chilled goods: banner, carriers, slip."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chilled = cls.env.ref("sales_order_plus.temperature_chilled")
        cls.frozen = cls.env.ref("sales_order_plus.temperature_frozen")
        cls.paint = cls._new_product(
            "Paint",
            20,
            is_storable=True,
            is_hazardous=True,
            un_number="UN1263",
            hazard_class="3",
            packing_group="2",
            hazmat_note="Keep away from fire",
        )
        cls.milk = cls._new_product(
            "Milk", 2, is_storable=True, temperature_class_id=cls.chilled.id
        )
        fee = cls._new_product("Shipping", 0, type="service")
        cls.plain, cls.special = cls.env["delivery.carrier"].create(
            [
                {"name": "Plain Van", "product_id": fee.id},
                {
                    "name": "Special Van",
                    "product_id": fee.id,
                    "hazmat_allowed": True,
                    "temperature_class_ids": [Command.link(cls.chilled.id)],
                },
            ]
        )
        cls.customer.country_id = cls.company.country_id
        for product in cls.paint | cls.milk | cls.product:
            cls._set_stock(product, 10)

    def _offered(self, order):
        context = order.action_open_delivery_wizard()["context"]
        wizard = order.env["choose.delivery.carrier"].with_context(**context)
        wizard = wizard.create({"carrier_id": self.special.id})
        return wizard.available_carrier_ids & (self.plain | self.special)

    def test_hazardous_order(self):
        order = self._new_order((self.paint, 1))
        self.assertTrue(order.has_hazardous)
        self.assertEqual(order.hazmat_labels, "UN1263 Class 3 PG II")
        self.assertEqual(self._offered(order), self.special)

    def test_ordinary_order_offers_all(self):
        order = self._new_order((self.product, 1))
        self.assertFalse(order.has_hazardous)
        self.assertEqual(self._offered(order), self.plain | self.special)

    def test_un_number_is_checked(self):
        self.assertEqual(self.paint.un_number, "1263")
        with self.assertRaisesRegex(LineRuleError, "UN Number"):
            self.paint.un_number = "12A3"

    def test_chilled_order(self):
        order = self._new_order((self.milk, 1))
        self.assertEqual(order.temperature_requirement, "2 – 8 °C")
        self.assertEqual(self._offered(order), self.special)

    def test_strictest_range(self):
        self.milk.write({"temp_min": 4, "temp_max": 8})
        yoghurt = self._new_product(
            "Yoghurt", 3, temperature_class_id=self.chilled.id, temp_max=6
        )
        order = self._new_order((self.milk, 1), (yoghurt, 1))
        self.assertEqual(order.temperature_requirement, "4 – 6 °C")

    def test_mixed_temperatures_propose_split(self):
        order = self._new_order((self.milk, 1), (self.product, 1))
        self.assertEqual(order.guard_state, "warning")
        self.assertIn("Split the order by temperature", order.guard_message)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_button_splits_by_temperature(self):
        """Chilled goods leave the order; the service stays with the first goods."""
        ice = self._new_product("Ice", 3, temperature_class_id=self.frozen.id)
        order = self._new_order(
            (self.service, 1),
            (self.product, 1),
            (self.milk, 2),
            (ice, 3),
            (self.milk, 4),
        )
        self.assertTrue(order.has_mixed_temperatures)
        action = order.action_split_by_temperature()
        wizard = self.env[action["res_model"]].with_user(self.salesman)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual((wizard.mode, wizard.order_id), ("temperature", order))
        domain = wizard.action_split()["domain"]
        parts = self.env["sale.order"].search(domain) - order
        self.assertEqual(order.order_line.product_id, self.service | self.product)
        self.assertEqual(
            {(line.product_id, line.product_uom_qty) for line in parts.order_line},
            {(self.milk, 2), (ice, 3), (self.milk, 4)},
        )
        self.assertEqual(len(parts), 2)
        for part in order | parts:
            self.assertFalse(part.has_mixed_temperatures)
            self.assertEqual(part.guard_state, "free")
        self.assertEqual(
            sum((order | parts).mapped("amount_untaxed")), 50 + 100 + 12 + 9
        )

    def test_same_temperature_is_not_mixed(self):
        self.assertFalse(self._new_order((self.milk, 1)).has_mixed_temperatures)
        self.assertFalse(self._new_order((self.product, 1)).has_mixed_temperatures)
        both = self._new_order((self.milk, 1), (self.service, 1))
        self.assertFalse(both.has_mixed_temperatures)

    def test_carrier_blocks_where_wanted(self):
        self.company.sales_hazmat_check = "block"
        order = self._new_order((self.paint, 1))
        order.carrier_id = self.plain
        with self.assertRaisesRegex(GuardError, "Plain Van does not take dangerous"):
            order.action_confirm()
        order.carrier_id = self.special
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_picking_and_slip(self):
        """In each step the packer reads danger and temperature."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._new_order((self.paint, 1), (self.milk, 1))
        order.action_confirm()
        picking = order.picking_ids.with_user(self.storeman)
        self.assertTrue(picking.has_hazardous)
        self.assertEqual(picking.temperature_requirement, "2 – 8 °C")
        picking.move_ids.picked = True
        picking.button_validate()
        ship = (order.picking_ids - picking).with_user(self.storeman)
        self.assertTrue(ship.has_hazardous)
        for record in (picking, ship):
            text = self._text(self._render("stock.action_report_delivery", record))
            self.assertIn("UN1263 Class 3 PG II", text)
            self.assertIn("Keep away from fire", text)
            self.assertIn("2 – 8 °C", text)

    def test_ordinary_slip_is_unchanged(self):
        order = self._new_order((self.product, 1))
        order.action_confirm()
        tree = self._render("stock.action_report_delivery", order.picking_ids)
        self.assertFalse(tree.find_class("o_sales_cargo"))
        self.assertFalse(tree.find_class("o_sales_notes"))
