from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import SubscriptionLockedError
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestInvoiceAtOnce(SubscriptionCommon):
    """Plans of services that need no order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "invoice"

    def test_services_are_invoiced_without_an_order(self):
        subscription, period = self._bill_february(
            (self.care, 2), client_order_ref="PO 7"
        )
        self.assertFalse(period.order_id)
        self.assertEqual((period.period_no, period.state), (2, "invoiced"))
        self.assertEqual(period.amount, period.move_id.amount_total)
        self.assertRecordValues(
            period.move_id,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_origin": subscription.name,
                    "ref": "PO 7",
                    "invoice_user_id": self.salesman.id,
                    "amount_untaxed": 100.0,
                }
            ],
        )
        self.assertEqual(str(period.move_id.invoice_date), "2026-02-28")
        section, line = period.move_id.invoice_line_ids
        self.assertIn(subscription.name, section.name)
        self.assertEqual((line.product_id, line.quantity), (self.care, 2.0))
        self.assertIn("subscription.billed", self._get_events(subscription))
        self.assertIn(subscription.name, period.move_id.message_ids[-1].body)
        self.assertEqual(subscription.invoice_count, 1)

    def test_goods_are_ordered(self):
        self._set_stock(self.box, 10)
        _subscription, period = self._bill_february((self.care, 1), (self.box, 1))
        self.assertEqual(len(period.order_id.order_line.filtered("product_id")), 2)
        self.assertTrue(period.order_id.picking_ids)

    def test_what_shares_an_invoice_is_ordered(self):
        self.monthly.consolidate = True
        _subscription, period = self._bill_february()
        self.assertTrue(period.order_id)

    def test_what_earns_rewards_is_ordered(self):
        self.monthly.auto_reward = True
        _subscription, period = self._bill_february()
        self.assertTrue(period.order_id)

    def test_payment_and_cancellation_are_followed(self):
        _subscription, period = self._bill_february()
        with freeze_time("2026-03-01 12:00:00"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=period.move_id.ids
            ).create({})._create_payments()
        self.assertEqual(period.state, "paid")

    def test_a_cancelled_invoice_waives_the_period(self):
        subscription, period = self._bill_february()
        move = period.move_id.sudo()
        move.button_draft()
        move.button_cancel()
        self.assertEqual(period.state, "waived")
        # Nothing is billed again behind the back of who cancelled it.
        self._bill("2026-02-28 13:00:00")
        self.assertEqual(len(subscription.period_ids), 2)
        move.button_draft()
        self.assertEqual(period.state, "invoiced")

    def test_a_deleted_draft_waives_the_period(self):
        self.monthly.auto_post = False
        _subscription, period = self._bill_february()
        period.move_id.sudo().unlink()
        self.assertEqual((period.state, period.amount), ("waived", 0.0))

    def test_the_draft_is_for_accounting_where_the_plan_says_so(self):
        self.monthly.auto_post = False
        _subscription, period = self._bill_february()
        self.assertEqual(period.move_id.state, "draft")

    def test_an_upgrade_credits_and_charges_on_an_invoice(self):
        subscription, _period = self._bill_february((self.care, 1))
        with freeze_time("2026-03-14 12:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=3.0
            )
        row = subscription.period_ids.filtered(lambda one: one.kind == "adjustment")
        self.assertFalse(row.order_id)
        self.assertEqual(row.move_id.move_type, "out_invoice")
        amounts = row.invoice_line_ids.mapped("price_subtotal")
        # 17 of 31 days of 50.00 and of 150.00.
        self.assertEqual(sorted(amounts), [-27.42, 82.26])
        with freeze_time("2026-03-20 12:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=1.0
            )
        rows = subscription.period_ids.filtered(lambda one: one.kind == "adjustment")
        back = rows.sorted("id")[-1]
        self.assertEqual(back.move_id.move_type, "out_refund")
        # 11 days of 150.00 given back: it is the price of the last charge.
        credit = subscription.change_ids[0].sudo().charge_ids.sorted("id")[0]
        self.assertEqual((credit.kind, credit.amount), ("credit", -53.23))
        self.assertLess(back.amount, 0)

    def test_discounts_by_hand_pass_the_gate_of_orders(self):
        subscription = self._subscribe()
        self.env["sales.subscription.discount"].with_user(self.salesman).create(
            {
                "subscription_id": subscription.id,
                "name": "Friend",
                "percent": 40.0,
                "period_count": 1,
            }
        )
        self._bill("2026-02-28 12:00:00")
        self.assertTrue(subscription.period_ids[0].order_id)
        self._bill("2026-03-31 12:00:00")
        self.assertFalse(subscription.period_ids[0].order_id)

    def test_nobody_says_by_hand_what_a_line_bills(self):
        subscription, period = self._bill_february()
        for vals in (
            {"sales_period_id": period.id},
            {"sales_subscription_line_id": subscription.line_ids.id},
        ):
            line = period.move_id.invoice_line_ids[1].with_user(self.accountant)
            with self.assertRaises(SubscriptionLockedError), self.env.cr.savepoint():
                line.write(vals)
            with self.assertRaises(SubscriptionLockedError), self.env.cr.savepoint():
                self.env["account.move"].with_user(self.accountant).create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.customer.id,
                        "invoice_line_ids": [Command.create({"name": "x", **vals})],
                    }
                )

    def test_the_company_that_sells_invoices(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", other, False)
        subscription = self.env["sales.subscription"].create(
            {
                "company_id": other.id,
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "anchor_date": "2026-02-28",
                "line_ids": [Command.create({"product_id": self.care.id})],
            }
        )
        subscription.action_start()
        self._bill("2026-02-28 12:00:00")
        move = subscription.period_ids.move_id
        self.assertEqual(move.company_id, other)
        self.assertEqual(move.journal_id.company_id, other)
        self.assertEqual(move.state, "posted")
