from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import SplitError
from ..common import SalesPlusCommon
from .test_sale_order_clone import PIXEL


@tagged("post_install", "-at_install")
class TestSaleOrderSplit(SalesPlusCommon):
    """Quotations are split as a salesperson does it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "T 15", "amount": 15})
        cls.product.taxes_id = cls.tax
        cls.east = cls.env["stock.warehouse"].create({"name": "East", "code": "EAST"})
        cls.east_route = cls.east.delivery_route_id
        cls.east_route.sale_selectable = True

    def _amounts(self, orders):
        return tuple(
            round(sum(orders.mapped(name)), 2)
            for name in ("amount_untaxed", "amount_tax", "amount_total")
        )

    def _wizard(self, order, mode, user=None, **values):
        form = Form(
            self.env["sales.order.split"]
            .with_user(user or self.salesman)
            .with_context(active_id=order.id)
        )
        form.mode = mode
        for name, value in values.items():
            form[name] = value
        return form

    def test_by_warehouse(self):
        """The acceptance: a three-line draft by warehouse keeps its totals."""
        order = self._new_order((self.product, 3), (self.service, 2), (self.product, 7))
        order.order_line[2].route_ids = self.east_route
        self.assertEqual(order.order_line.warehouse_id, self.warehouse | self.east)
        before = self._amounts(order)
        self._wizard(order, "warehouse").save().action_split()
        new = order.child_order_ids
        self.assertEqual(new.warehouse_id, self.east)
        self.assertEqual(new.order_line.product_uom_qty, 7)
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(self._amounts(order | new), before)
        self.assertEqual(new.state, "draft")

    def test_by_lines_and_quantities(self):
        order = self._new_order((self.product, 3), (self.service, 2))
        before = self._amounts(order)
        form = self._wizard(order, "lines")
        self.assertEqual(len(form.line_ids), 2)
        with form.line_ids.edit(0) as line:
            line.quantity = 1
        with form.line_ids.edit(1) as line:
            line.quantity = 2
        self.assertIn(f"{order.name}-01", form.preview)
        form.save().action_split()
        new = order.child_order_ids
        self.assertEqual(new.name, f"{order.name}-01")
        self.assertRecordValues(
            new.order_line,
            [
                {"product_id": self.product.id, "product_uom_qty": 1},
                {"product_id": self.service.id, "product_uom_qty": 2},
            ],
        )
        self.assertRecordValues(
            order.order_line, [{"product_id": self.product.id, "product_uom_qty": 2}]
        )
        self.assertEqual(self._amounts(order | new), before)

    def test_by_category(self):
        other = self.env["product.category"].create({"name": "Other"})
        self.service.categ_id = other
        order = self._new_order((self.product, 1), (self.service, 1))
        self._wizard(order, "category").save().action_split()
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.child_order_ids.order_line.product_id, self.service)

    def test_nothing_to_tell_apart(self):
        order = self._new_order((self.product, 1), (self.service, 1))
        with self.assertRaises(SplitError) as refusal:
            self._wizard(order, "warehouse").save().action_split()
        self.assertEqual(refusal.exception.context["rule"], "one_group")
        self.assertFalse(order.child_order_ids)

    def test_numbers(self):
        order = self._new_order((self.product, 9))
        line = order.order_line
        first = order._split([{line: 1}, {line: 1}])
        self.assertEqual(first.mapped("name"), [f"{order.name}-01", f"{order.name}-02"])
        self.assertEqual(order._split([{line: 1}]).name, f"{order.name}-03")
        drawn = order._split([{line: 1}], numbering="sequence")
        self.assertNotIn(order.name, drawn.name)
        self.assertEqual(line.product_uom_qty, 5)

    def test_price_does_not_follow_the_new_quantity(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Ten are cheaper",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 80,
                            "min_quantity": 10,
                        }
                    )
                ],
            }
        )
        order = self._new_order((self.product, 10), pricelist_id=pricelist.id)
        self.assertEqual(order.order_line.price_unit, 80)
        new = order._split([{order.order_line: 4}])
        self.assertEqual(order.order_line.price_unit, 80)
        self.assertEqual(new.order_line.price_unit, 80)
        self.assertEqual(self._amounts(order | new)[0], 800)

    def test_links_and_messages(self):
        order = self._new_order((self.product, 2))
        new = order._split([{order.order_line: 1}])
        kinds = {r.kind for r in order._get_order_relations()[order.id]}
        self.assertEqual(kinds, {"parent", "split"})
        self.assertEqual(new.parent_order_id, order)
        self.assertIn(order.name, new.message_ids[0].body)
        self.assertIn(new.name, order.message_ids[0].body)
        event = self.env["sales.audit.event"].search(
            [("code", "=", "order.split"), ("res_id", "=", order.id)]
        )
        self.assertEqual(event.data["parts"], [new.name])

    def test_what_the_customer_ordered_stays_the_same(self):
        order = self._new_order((self.product, 2), client_order_ref="PO 7")
        order.sudo().write({"signature": PIXEL, "signed_by": "Somebody"})
        order._portal_ensure_token()
        new = order._split([{order.order_line: 1}])
        self.assertEqual(new.client_order_ref, "PO 7")
        self.assertEqual(new.partner_id, order.partner_id)
        self.assertFalse(new.signature or new.signed_by or new.access_token)
        # What was signed is no longer one order.
        self.assertFalse(order.signature or order.signed_by)

    def test_sections_go_along(self):
        order = self._new_order((self.product, 1))
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Upstairs"}),
            Command.create({"product_id": self.service.id, "product_uom_qty": 2}),
        ]
        for place, line in enumerate(order.order_line):
            line.sequence = place
        new = order._split([{order.order_line[2]: 2}])
        self.assertEqual(new.order_line.mapped("name")[0], "Upstairs")
        self.assertNotIn("Upstairs", order.order_line.mapped("name"))

    # === Refusals === #

    def _refused(self, order, quantities, rule):
        with self.assertRaises(SplitError) as refusal:
            order._split(quantities)
        self.assertEqual(refusal.exception.context["rule"], rule)
        self.assertFalse(order.child_order_ids)

    def test_refusals(self):
        order = self._new_order((self.product, 2), (self.service, 1))
        line, service = order.order_line
        self._refused(order, [{}], "something")
        self._refused(order, [{line: 2, service: 1}], "something_stays")
        self._refused(order, [{line: 3}], "movable")
        self._refused(order, [{line: -1}], "movable")
        self._refused(order, [{line: 1}, {line: 2}], "movable")
        self._refused(order, [{self._new_order().order_line: 1}], "movable")
        order._action_cancel()
        self._refused(order, [{line: 1}], "splittable")

    def test_locked(self):
        order = self._new_order((self.product, 2))
        order.action_confirm()
        order.action_lock()
        self._refused(order, [{order.order_line: 1}], "splittable")

    def test_accepted_and_waiting(self):
        order = self._new_order((self.product, 2))
        order.sudo()._write_own({"hold_since": order.create_date})
        self._refused(order, [{order.order_line: 1}], "splittable")

    def test_order_of_a_colleague(self):
        order = self._new_order((self.product, 2), user=self.colleague)
        with self.assertRaises(AccessError):
            order.with_user(self.salesman)._split([{order.order_line: 1}])

    def test_line_of_a_colleague_cannot_be_read_through_the_dialog(self):
        hidden = self._new_order(user=self.colleague)
        own = self._new_order()
        wizard = self.env["sales.order.split"].with_user(self.salesman)
        wizard = wizard.create({"order_id": own.id})
        rows = self.env["sales.order.split.line"].with_user(self.salesman)
        with self.assertRaises(SplitError):
            rows.create({"wizard_id": wizard.id, "line_id": hidden.order_line.id})
        with self.assertRaises(AccessError):
            wizard.create({"order_id": hidden.id})


@tagged("post_install", "-at_install")
class TestSaleOrderSplitExtras(SalesPlusCommon):
    """Rewards, freight, discounts on the whole, and combos."""

    def _new_program(self, minimum):
        return self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [
                    Command.create(
                        {
                            "minimum_amount": minimum,
                            "minimum_amount_tax_mode": "excl",
                            "reward_point_mode": "order",
                            "reward_point_amount": 1,
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )

    def _apply(self, order, program):
        order._update_programs_and_rewards()
        coupon = order.coupon_point_ids.coupon_id.filtered(
            lambda c: c.program_id == program
        )
        order._apply_program_reward(program.reward_ids, coupon)

    def test_rewards_are_worked_out_anew(self):
        self.env["loyalty.program"].search([]).active = False
        program = self._new_program(minimum=500)
        order = self._new_order((self.product, 10))
        self._apply(order, program)
        self.assertEqual(order.amount_untaxed, 900)
        new = order._split([{order.order_line[:1]: 4}])
        # 600 are still worth the reward, 400 are not.
        self.assertEqual(order.amount_untaxed, 540)
        self.assertFalse(new.order_line.reward_id)
        self.assertEqual(new.amount_untaxed, 400)

    def test_freight_is_worked_out_anew(self):
        carrier = self._new_carrier(7)
        order = self._new_order((self.product, 10))
        order.set_delivery_line(carrier, 99)
        new = order._split([{order.order_line[:1]: 4}])
        for part in order | new:
            freight = part.order_line.filtered("is_delivery")
            self.assertEqual(freight.price_unit, 7)
            self.assertEqual(part.carrier_id, carrier)

    def _new_carrier(self, price):
        return self.env["delivery.carrier"].create(
            {
                "name": "Test carrier",
                "fixed_price": price,
                "product_id": self._new_product("Freight", price, type="service").id,
            }
        )

    def test_discount_on_the_whole_is_shared(self):
        order = self._new_order((self.product, 3), (self.service, 1))
        order.order_line[0].tax_ids = self.env["account.tax"].create(
            {"name": "T 7.7", "amount": 7.7}
        )
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "amount",
                "discount_amount": 100,
            }
        ).action_apply_discount()
        before = (order.amount_untaxed, order.amount_tax, order.amount_total)
        self.assertLess(order.amount_untaxed, 350)
        new = order._split([{order.order_line[0]: 1}])
        self.assertTrue(any(line.price_unit < 0 for line in new.order_line))
        for name, amount in zip(
            ("amount_untaxed", "amount_tax", "amount_total"), before, strict=True
        ):
            self.assertAlmostEqual(order[name] + new[name], amount, 2, name)

    def test_combo_goes_with_its_choices(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Menu",
                "combo_item_ids": [Command.create({"product_id": self.product.id})],
            }
        )
        menu = self._new_product(
            "Lunch", 30, type="combo", combo_ids=[Command.set(combo.ids)]
        )
        order = self._new_order((menu, 4), (self.service, 1))
        line = order.order_line[0]
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 4,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": line.id,
                }
            )
        ]
        before = order.amount_total
        new = order._split([{line: 1}])
        choice = new.order_line.filtered("combo_item_id")
        self.assertEqual(choice.product_uom_qty, 1)
        self.assertEqual(choice.linked_line_id.product_id, menu)
        self.assertEqual(choice.linked_line_id.order_id, new)
        self.assertEqual(order.order_line.filtered("combo_item_id").product_uom_qty, 3)
        self.assertAlmostEqual(order.amount_total + new.amount_total, before, 2)
