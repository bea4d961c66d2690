from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestHistory(SubscriptionCommon):
    def test_created_over_rpc_it_has_a_number_and_the_customer_shows_it(self):
        subscription = self._new_subscription("2026-01-31", client_ref="PO 7")
        self.assertRegex(subscription.name, r"^SUB/\d{4}/\d{5}$")
        self.assertEqual(subscription.client_ref, "PO 7")
        found = self.env["sales.subscription"].search([("client_ref", "=", "PO 7")])
        self.assertEqual(found, subscription)
        customer = self.customer.with_user(self.salesman)
        self.assertEqual(customer.sales_subscription_count, 1)
        self.assertEqual(
            customer.action_view_subscriptions()["res_id"], subscription.id
        )
        arch = customer.get_view(view_type="form")["arch"]
        self.assertIn("sales_subscription_count", arch)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.portal_user.partner_id.parent_id = stranger
        with self.assertRaises(AccessError):
            subscription.with_user(self.portal_user).read(["name"])

    def test_each_period_with_its_order_invoice_payment_and_delivery(self):
        self._set_stock(self.box, 10)
        self.box.invoice_policy = "order"
        subscription = self._subscribe((self.box, 1), at="2026-01-31 10:00:00")
        self._bill("2026-02-28 12:00:00")
        first, second = subscription.period_ids.sorted("period_no")
        self.assertEqual(first.order_id, subscription.origin_order_id)
        self.assertEqual(second.order_id.origin, subscription.name)
        self.assertEqual(second.move_id.state, "posted")
        self.assertEqual(second.payment_state, "not_paid")
        self.assertEqual(second.delivery_status, "pending")
        second.order_id.picking_ids.button_validate()
        self.assertEqual(second.delivery_status, "full")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=second.move_id.ids
        ).create({})._create_payments()
        self.assertIn(second.payment_state, ("paid", "in_payment"))
        self.assertEqual(second.state, "paid")
        view = subscription.get_view(view_type="form")["arch"]
        for name in ("payment_state", "delivery_status", 'string="History"'):
            self.assertIn(name, view)

    def test_nobody_rewrites_what_happened(self):
        subscription = self._subscribe()
        events = self.env["sales.audit.event"].search(
            [("model", "=", subscription._name), ("res_id", "=", subscription.id)]
        )
        self.assertTrue(events)
        for record in (events[0], subscription.period_ids[0]):
            own = record.with_user(self.manager)
            with self.assertRaises(UserError):
                own.write({"create_date": "2020-01-01"})
            with self.assertRaises(UserError):
                own.unlink()
        with self.assertRaises(UserError):
            events[0].sudo().write({"code": "subscription.created"})

    def test_an_event_is_out_of_reach_of_a_manager(self):
        """As the web client and programs call it: with the rights of who calls."""
        subscription = self._subscribe()
        events = self.env["sales.audit.event"].search(
            [("model", "=", subscription._name), ("res_id", "=", subscription.id)]
        )
        movements = subscription.sudo().movement_ids
        self.assertTrue(movements)
        for record in (events[0], movements[0]):
            model = self.env[record._name].with_user(self.manager)
            for method, args in (
                ("write", [record.ids, {"create_date": "2020-01-01"}]),
                ("unlink", [record.ids]),
            ):
                with (
                    self.subTest(model=record._name, method=method),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    call_kw(model, method, args, {})
