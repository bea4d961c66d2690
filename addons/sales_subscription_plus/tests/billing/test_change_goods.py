from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestChangeGoods(SubscriptionCommon):
    """Goods of a period that is billed: what came is paid, what is to come changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.box, 100)
        cls.box.invoice_policy = "order"

    def setUp(self):
        super().setUp()
        self.subscription = self._subscribe((self.box, 4)).sudo()
        self._bill("2026-02-28 12:00:00")
        self.period = self.subscription.period_ids[0]
        self.picking = self.period.order_id.picking_ids

    def _deliver(self, quantity):
        self.picking.move_ids.quantity = quantity
        self.picking.move_ids.picked = True
        self.picking.with_context(skip_backorder=False)._action_done()

    def _change(self, **vals):
        model = self.env.registry["sales.subscription"]
        self.patch(model, "_get_today", lambda one: self.period.date_end)
        self.subscription._change(line_id=self.subscription.line_ids.id, **vals)
        change = self.subscription.change_ids[0]
        return [(row.kind, row.amount) for row in change.charge_ids.sorted("id")]

    def _get_to_come(self):
        moves = self.subscription.period_ids.order_id.picking_ids.move_ids
        return sum(
            moves.filtered(
                lambda move: (
                    move.state not in ("done", "cancel")
                    and move.sale_line_id.sales_period_no == 2
                )
            ).mapped("product_uom_qty")
        )

    def test_more_after_a_part_came(self):
        self._deliver(1)
        # On the last day of the period: by days it would be next to nothing.
        charges = self._change(kind="quantity", quantity=6.0)
        self.assertEqual(charges, [("credit", -60.0), ("charge", 100.0)])
        self.assertEqual(self._get_to_come(), 5.0)

    def test_less_after_all_came(self):
        self._deliver(4)
        self.assertEqual(self._change(kind="quantity", quantity=2.0), [])
        self.assertEqual(self._get_to_come(), 0.0)

    def test_nothing_came_yet(self):
        charges = self._change(kind="quantity", quantity=1.0)
        self.assertEqual(charges, [("credit", -80.0), ("charge", 20.0)])
        self.assertEqual(self._get_to_come(), 1.0)
        row = self.subscription.period_ids.filtered(lambda r: r.kind == "adjustment")
        self.assertEqual(row.move_id.move_type, "out_refund")
        self.assertEqual(row.move_id.amount_untaxed, 60.0)

    def test_another_price_moves_no_goods(self):
        self._deliver(1)
        charges = self._change(kind="price", price_unit=30.0)
        self.assertEqual(charges, [("credit", -60.0), ("charge", 90.0)])
        self.assertEqual(self._get_to_come(), 3.0)

    def test_nothing_is_given_back_that_is_invoiced_on_delivery(self):
        self.box.invoice_policy = "delivery"
        self._deliver(1)
        charges = self._change(kind="quantity", quantity=2.0)
        self.assertEqual(charges, [("charge", 20.0)])
        self.assertEqual(self._get_to_come(), 1.0)

    def test_it_does_not_wait_for_the_next_period(self):
        self._change(kind="quantity", quantity=5.0, proration="next_invoice")
        rows = self.subscription.period_ids.filtered(lambda r: r.kind == "adjustment")
        self.assertTrue(rows.order_id)
        self.assertEqual(self._get_to_come(), 5.0)

    def test_changed_twice(self):
        self._deliver(1)
        self._change(kind="quantity", quantity=6.0)
        charges = self._change(kind="quantity", quantity=3.0)
        self.assertEqual(charges, [("credit", -100.0), ("charge", 40.0)])
        self.assertEqual(self._get_to_come(), 2.0)
