from freezegun import freeze_time

from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestInvoicing(SubscriptionCommon):
    """Goods invoiced on delivery: never an empty invoice, never two."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.box, 100)

    def _deliver(self, order, quantity):
        picking = order.picking_ids.filtered(lambda one: one.state != "done")
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=False)._action_done()

    def test_no_empty_invoice_before_delivery(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self.assertEqual(period.state, "ordered")
        self.assertFalse(period.move_id)
        self._invoice("2026-02-28 13:00:00")
        self.assertFalse(period.move_id)

    def test_invoiced_once_after_delivery(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self._deliver(period.order_id, 4)
        self._invoice("2026-03-02 12:00:00")
        self._invoice("2026-03-02 13:00:00")
        self.assertEqual(period.state, "invoiced")
        self.assertEqual(len(period.order_id.invoice_ids), 1)
        self.assertEqual(period.order_id.order_line[1].qty_invoiced, 4)

    def test_partial_deliveries_add_up(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        order = period.order_id
        self._deliver(order, 1)
        self._invoice("2026-03-02 12:00:00")
        self.assertEqual(period.state, "ordered")
        self._deliver(order, 3)
        self._invoice("2026-03-03 12:00:00")
        self.assertEqual(period.state, "invoiced")
        quantities = order.invoice_ids.invoice_line_ids.filtered("product_id")
        self.assertEqual(sum(quantities.mapped("quantity")), 4)
        self.assertEqual(period.move_id, order.invoice_ids.sorted("id")[-1])

    def test_services_are_invoiced_before_the_goods_leave(self):
        subscription = self._subscribe((self.box, 4), (self.care, 1))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self.assertEqual(period.move_id.amount_untaxed, 50.0)
        self.assertEqual(period.state, "ordered")
        self._deliver(period.order_id, 4)
        self._invoice("2026-03-02 12:00:00")
        self.assertEqual(period.state, "invoiced")
        self.assertEqual(
            sorted(period.order_id.invoice_ids.mapped("amount_untaxed")), [50.0, 80.0]
        )

    def test_an_invoice_made_by_hand_is_not_made_again(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self._deliver(period.order_id, 4)
        period.order_id.with_user(self.salesman)._create_invoices()
        self.assertEqual(period.state, "invoiced")
        self._invoice("2026-03-02 12:00:00")
        self.assertEqual(len(period.order_id.invoice_ids), 1)

    def test_the_origin_order_is_left_to_people(self):
        subscription = self._subscribe((self.product, 1), (self.care, 1))
        self._invoice("2026-02-01 12:00:00")
        self.assertFalse(subscription.origin_order_id.invoice_ids)
        self.product.invoice_policy = "delivery"
        subscription.origin_order_id._create_invoices()
        self.assertEqual(subscription.period_ids.state, "invoiced")

    def test_a_failed_invoice_is_tried_again(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self._deliver(period.order_id, 4)
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        journals.active = False
        self._invoice("2026-03-02 12:00:00")
        self.assertFalse(period.move_id)
        self.assertTrue(subscription.billing_error)
        journals.active = True
        self._invoice("2026-03-02 12:30:00")
        self.assertFalse(period.move_id)
        self._invoice("2026-03-02 13:00:00")
        self.assertEqual(period.state, "invoiced")
        self.assertFalse(subscription.billing_error)

    def test_state_follows_payment_and_credit(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        with freeze_time("2026-03-01 12:00:00"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=period.move_id.ids
            ).create({})._create_payments()
        self.assertEqual(period.state, "paid")

    def test_cancelling_the_draft_invoice_leaves_the_period_to_people(self):
        subscription = self._subscribe((self.report, 1), at="2025-02-10 10:00:00")
        self._bill("2026-02-10 12:00:00")
        period = subscription.period_ids[0]
        self.assertEqual(period.state, "invoiced")
        period.move_id.sudo().button_cancel()
        self.assertEqual(period.state, "cancelled")
        self.assertFalse(period.move_id)

    def test_invoice_names_the_period(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        names = subscription.period_ids[0].move_id.invoice_line_ids.mapped("name")
        self.assertIn(subscription.name, names[0])
