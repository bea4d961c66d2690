import random

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...exceptions import BundleChoiceError
from .common_bundle import BundleCommon


@tagged("post_install", "-at_install")
class TestBundle(BundleCommon):
    """A bundle is one line of the subscription, and a combo on each order."""

    def _get_parts(self, order):
        return order.order_line.filtered("combo_item_id")

    def test_the_order_shows_the_combo_and_splits_its_price(self):
        box = self._start_box()
        line = box.line_ids
        self.assertEqual(line.bundle_item_ids.product_id, self.teas[:3] | self.card)
        names = line.bundle_item_ids.mapped("display_name")
        self.assertEqual(names[0], "Test Tea 0")
        # 25 and 2 more for the third tea.
        self.assertEqual((line.price_unit, box.amount_untaxed), (27.0, 27.0))
        self._bill("2026-01-10 12:00:00")
        order = box.period_ids.order_id
        head = order.order_line.filtered(lambda one: one.product_id == self.tea_box)
        parts = self._get_parts(order)
        self.assertEqual(parts.linked_line_id, head)
        self.assertEqual(head.price_unit, 0.0)
        self.assertEqual(
            {part.product_id: part.price_subtotal for part in parts},
            # In proportion to 8, 10, 14 and 4.
            {
                self.teas[0]: 6.0,
                self.teas[1]: 7.5,
                self.teas[2]: 10.5,
                self.card: 3.0,
            },
        )
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 27.0))
        self.assertEqual(box.period_ids.amount, 27.0)
        # The card is delivered, teas here are services.
        self.assertEqual(order.picking_ids.move_ids.product_id, self.card)
        self.assertEqual(box.period_ids.state, "invoiced")
        self.assertEqual(box.period_ids.move_id.amount_untaxed, 27.0)

    def test_revenue_is_split_by_list_prices(self):
        box = self._start_box()
        self._bill("2026-01-10 12:00:00")
        schedules = self._get_schedule(box.period_ids.move_id)
        self.assertEqual(
            {one.product_id: one.amount for one in schedules},
            {self.teas[0]: 6.0, self.teas[1]: 7.5, self.teas[2]: 10.5, self.card: 3.0},
        )
        self.assertEqual(sum(schedules.mapped("amount")), 27.0)
        self._post_due("2026-03-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_exactly_three_of_six(self):
        box = self._start_box()
        line = box.line_ids
        for teas in (self.teas[:2], self.teas[:4], self.teas.browse()):
            items = self._get_items(*teas, self.card)
            with self.assertRaises(BundleChoiceError), self.env.cr.savepoint():
                box.with_user(self.salesman).choose_bundle(
                    line_id=line.id, item_ids=items.ids
                )
            with self.assertRaises(BundleChoiceError), self.env.cr.savepoint():
                line.with_user(self.salesman).bundle_item_ids = items
        without_card = self._get_items(*self.teas[:3])
        with self.assertRaises(BundleChoiceError), self.env.cr.savepoint():
            box.choose_bundle(line_id=line.id, item_ids=without_card.ids)
        stranger = self._new_combo("Other", self.product).combo_item_ids
        with self.assertRaises(BundleChoiceError), self.env.cr.savepoint():
            box.choose_bundle(
                line_id=line.id, item_ids=(line.bundle_item_ids | stranger).ids
            )
        price = box.with_user(self.salesman).choose_bundle(
            line_id=line.id,
            item_ids=self._get_items(*self.teas[3:], self.card, self.honey).ids,
        )
        # Three more for the last tea instead of two, five for the honey.
        self.assertEqual(price, 33.0)
        self.assertIn("subscription.bundle_chosen", self._get_events(box))

    def test_what_was_agreed_stays_agreed(self):
        box = self._start_box()
        line = box.line_ids
        line.price_unit = 20.0
        items = self._get_items(*self.teas[:2], self.teas[5], self.card)
        box.choose_bundle(line_id=line.id, item_ids=items.ids)
        self.assertEqual(line.price_unit, 21.0)

    def test_the_next_order_has_the_new_choice(self):
        box = self._start_box()
        self._bill("2026-01-10 12:00:00")
        with freeze_time("2026-01-20 12:00:00"):
            box.choose_bundle(
                line_id=box.line_ids.id,
                item_ids=self._get_items(*self.teas[3:], self.card).ids,
            )
        self._bill("2026-02-10 12:00:00")
        orders = box.period_ids.sorted("period_no").order_id
        self.assertEqual(
            [self._get_parts(order).product_id for order in orders],
            [self.teas[:3] | self.card, self.teas[3:] | self.card],
        )

    def test_the_sum_of_what_is_chosen(self):
        self.boxed.write({"bundle_pricing": "sum", "bundle_discount": 10.0})
        box = self._start_box()
        self.assertAlmostEqual(box.line_ids.price_unit, 36 * 0.9)
        self._bill("2026-01-10 12:00:00")
        parts = self._get_parts(box.period_ids.order_id)
        self.assertEqual(sorted(parts.mapped("price_subtotal")), [3.6, 7.2, 9.0, 12.6])

    def test_sold_on_an_order_it_is_billed_by_the_subscription(self):
        with freeze_time("2026-01-10 10:00:00"):
            order = self._new_order((self.tea_box, 2))
            head = order.order_line
            for item in self._get_items(self.teas[5], self.card, self.honey):
                self.env["sale.order.line"].create(
                    {
                        "order_id": order.id,
                        "product_id": item.product_id.id,
                        "product_uom_qty": 2,
                        "combo_item_id": item.id,
                        "linked_line_id": head.id,
                    }
                )
            total = order.amount_untaxed
            order.action_confirm()
        box = order.sales_subscription_ids.sudo()
        self.assertEqual(len(box), 1)
        self.assertEqual(
            box.line_ids.bundle_item_ids.product_id,
            self.teas[:2] | self.teas[5] | self.card | self.honey,
        )
        self.assertEqual(box.amount_untaxed, total)
        self.assertFalse(order.picking_ids)
        self.assertFalse(any(order.order_line.mapped("qty_to_invoice")))
        self._bill("2026-01-10 12:00:00")
        self.assertEqual(box.period_ids.order_id.amount_untaxed, total)
        self.assertEqual(box.period_ids.move_id.amount_untaxed, total)

    def test_a_change_of_quantity_is_settled_by_products(self):
        box = self._start_box(quantity=1)
        self._bill("2026-01-10 12:00:00")
        with freeze_time("2026-01-20 12:00:00"):
            box.change_quantity(line_id=box.line_ids.id, quantity=2)
        row = box.period_ids.filtered(lambda one: one.kind == "adjustment")
        # 21 of 31 days of one more box.
        self.assertEqual(row.amount, 18.29)
        self.assertEqual(row._get_invoices().amount_untaxed, 18.29)
        lines = row.order_line_ids
        self.assertEqual(lines.product_id, self.teas[:3] | self.card)
        self._post_due("2026-03-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_random_prices_always_add_up(self):
        draw = random.Random(3)
        for _round in range(6):
            for tea in self.teas:
                tea.list_price = draw.randrange(0, 2000) / 100
            box = self._start_box(quantity=draw.randint(1, 7))
            box.line_ids.price_unit = draw.randrange(1, 9999) / 100
            total = box.amount_untaxed
            self._bill("2026-01-10 12:00:00")
            self.assertEqual(box.period_ids.order_id.amount_untaxed, total)
            box.action_cancel()

    def test_what_is_not_sold_any_more_is_replaced(self):
        box = self._start_box()
        self._get_items(self.teas[1]).unlink()
        self._bill("2026-01-10 12:00:00")
        parts = self._get_parts(box.period_ids.order_id)
        self.assertEqual(
            parts.product_id, self.teas[0] | self.teas[2] | self.teas[3] | self.card
        )

    def test_more_than_there_are_is_refused(self):
        rule = self.boxed.bundle_line_ids.filtered(lambda one: one.kind == "choose")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            rule.choose_count = 7

    def test_who_chooses(self):
        box = self._start_box()
        items = self._get_items(*self.teas[3:], self.card).ids
        for user in (self.accountant, self.portal_user):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                box.with_user(user).choose_bundle(
                    line_id=box.line_ids.id, item_ids=items
                )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.boxed.bundle_line_ids[0].with_user(self.salesman).choose_count = 2
        self.boxed.bundle_line_ids[0].with_user(self.salesman).read(["choose_count"])
        with self.assertRaises(AccessError):
            self.boxed.bundle_line_ids.with_user(self.portal_user).read(["kind"])
