from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ...exceptions import CancellationError, GuardError, OwnFieldError
from ..refund.common import RefundCommon


@tagged("post_install", "-at_install")
class TestRestockingFee(RefundCommon):
    """What a cancellation costs nets in the credit note, and is known before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.restocking.fee"].search([]).active = False
        cls.fee = cls._new_fee()
        cls.fee.product_id.taxes_id = [Command.clear()]
        cls.plain = cls._new_product(
            "Plain Thing", 10.0, is_storable=True, invoice_policy="order"
        )

    @classmethod
    def _new_fee(cls, **values):
        return cls.env["sales.restocking.fee"].create(
            {
                "name": "Restocking",
                "percent": 12.5,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _fee_of(self, order, quantities=None, **values):
        """Return the fee that the preview shows; nothing is kept."""
        one = self._new_cancellation(order, quantities, **values)
        one.action_preview()
        fee = one.fee_amount
        one.unlink()
        return fee

    def test_four_of_ten(self):
        """4 x 10 with 12.5 %: 40 - 5 = 35, the fee a line of its own."""
        order, invoice, _transaction = self._paid((self.plain, 10))
        one = self._new_cancellation(order, {0: 4})
        one.action_preview()
        self.assertEqual((one.fee_amount, one.line_ids.fee_amount), (5, 5))
        self.assertEqual(one.impact["money"], {"fee": 5, "refund": 35})
        self.assertEqual(len(order.order_line), 1, "a preview keeps nothing")
        one.action_cancel_now()
        self._flush()
        credit = self._get_credits(order)
        self.assertEqual((credit.amount_total, credit.state), (35, "posted"))
        self.assertEqual(credit.reversed_entry_id, invoice)
        goods, fee = credit.invoice_line_ids.sorted("price_subtotal", reverse=True)
        self.assertEqual((goods.price_subtotal, fee.price_subtotal), (40, -5))
        self.assertEqual(fee.product_id, self.fee.product_id)
        self.assertIn(one.name, fee.name)
        self.assertEqual((one.refund_amount, one.fee_amount), (35, 5))
        self.assertEqual(self._get_refunds(order).amount, 35)
        self.assertEqual(order.amount_total, 65)
        self.assertEqual(order.order_line[1].qty_invoiced, 1)
        self.assertEqual(order.order_line[1].qty_to_invoice, 0)

    def test_tax_of_the_fee(self):
        tax = self.env["account.tax"].create(
            {"name": "Fee 20 %", "amount": 20, "company_id": self.company.id}
        )
        self.fee.product_id.taxes_id = [Command.set(tax.ids)]
        order, _invoice, _transaction = self._paid((self.plain, 10))
        self._cancelled(order, {0: 4})
        self.assertEqual(self._get_credits(order).amount_total, 34)

    def test_our_fault(self):
        order, _invoice, _transaction = self._paid((self.plain, 10))
        one = self._cancelled(order, {0: 4}, reason=self.ours)
        self.assertEqual(one.fee_amount, 0)
        self.assertEqual(self._get_credits(order).amount_total, 40)
        self.assertEqual(len(order.order_line), 1)

    def test_shown_over_rpc(self):
        order = self._confirmed((self.plain, 10))
        api = self.env["sales.order.api"].with_user(self.salesman)
        values = {"name": order.name, "reason": self.reason.code}
        lines = {str(order.order_line.id): 4}
        data = api.preview_cancellation(lines=lines, **values)
        self.assertEqual(data["fee"], 5)
        self.assertEqual(api.cancel_order(lines=lines, **values)["fee"], 5)

    # === What is not invoiced, or not enough === #

    def test_not_invoiced_part(self):
        """The fee is invoiced with the rest of the order."""
        order = self._confirmed((self.plain, 10))
        self._cancelled(order, {0: 4})
        fee = order.order_line[1]
        self.assertEqual((fee.price_subtotal, fee.qty_to_invoice), (5, 1))
        self.assertEqual(self._invoiced(order).amount_total, 65)

    def test_not_invoiced_and_paid(self):
        """The whole order goes: the fee is invoiced, and taken from what was paid."""
        order = self._confirmed((self.plain, 4))
        self._pay_online(order)
        one = self._cancelled(order)
        invoice = one.sudo().move_ids
        self.assertEqual((invoice.move_type, invoice.amount_total), ("out_invoice", 5))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual((one.refund_amount, order.state), (35, "cancel"))
        self._send()
        self._post_process(order)
        self.assertTrue(self._get_refunds(order)._is_booked())

    def test_earlier_fee_stays_owed(self):
        order, _invoice, _transaction = self._paid((self.plain, 10))
        self._cancelled(order, {0: 4})
        self._cancelled(order)
        credits = self._get_credits(order)
        self.assertEqual(sorted(credits.mapped("amount_total")), [35, 52.5])
        self.assertEqual(sum(self._get_refunds(order).mapped("amount")), 87.5)

    def test_quotations_cost_nothing(self):
        order = self._new_order((self.plain, 10))
        one = self._cancelled(order)
        self.assertEqual((one.fee_amount, order.state), (0, "cancel"))

    def test_under_change_control(self):
        self._control()
        self._control_cancel()
        order, _invoice, _transaction = self._paid((self.plain, 10))
        self._cancelled(order, {0: 4})
        self.assertEqual(self._get_credits(order).amount_total, 35)
        with self.assertRaises(CancellationError), self.env.cr.savepoint():
            order.with_user(self.salesman).action_cancel()

    # === Rules === #

    def test_least_and_most(self):
        order = self._confirmed((self.plain, 10))
        self.fee.amount_min = 8
        self.assertEqual(self._fee_of(order, {0: 4}), 8)
        self.fee.write({"amount_min": 0, "amount_max": 3})
        self.assertEqual(self._fee_of(order, {0: 4}), 3)
        self.fee.write({"amount_min": 500, "amount_max": 0})
        self.assertEqual(self._fee_of(order, {0: 4}), 40, "never more than it is worth")

    def test_fixed(self):
        self.fee.write({"kind": "fixed", "amount": 7})
        order = self._confirmed((self.plain, 10), (self.plain, 5))
        self.assertEqual(self._fee_of(order, {0: 4, 1: 1}), 7)

    def test_categories(self):
        below = self.env["product.category"].create(
            {
                "name": "Below",
                "parent_id": self.env["product.category"].create({"name": "Top"}).id,
            }
        )
        self.fee.category_ids = below.parent_id
        order = self._confirmed((self.plain, 10))
        self.assertEqual(self._fee_of(order, {0: 4}), 0)
        self.plain.categ_id = below
        self.assertEqual(self._fee_of(order, {0: 4}), 5)

    def test_first_that_fits(self):
        late = self._new_fee(name="For this", sequence=1, percent=50)
        late.cancel_reason_ids = self.env.ref("sales_order_plus.cancel_reason_price")
        order = self._confirmed((self.plain, 10))
        self.assertEqual(self._fee_of(order, {0: 4}), 5)
        self.assertEqual(self._fee_of(order, {0: 4}, reason=late.cancel_reason_ids), 20)

    def test_only_returns(self):
        self.fee.charged_on = "return"
        self.assertEqual(self._fee_of(self._confirmed((self.plain, 10)), {0: 4}), 0)

    def test_time_since_the_confirmation(self):
        self.fee.write({"days_from": 2, "days_until": 5})
        order = self._confirmed((self.plain, 10))
        for hours, fee in ((47, 0), (49, 5), (119, 5), (121, 0)):
            with freeze_time(order.date_order + timedelta(hours=hours)):
                self.assertEqual(self._fee_of(order, {0: 4}), fee, hours)

    def test_time_before_the_delivery(self):
        self.fee.write({"band": "before", "days_until": 3})
        order = self._confirmed((self.plain, 10), commitment_date=self.later)
        self.assertEqual(self._fee_of(order, {0: 4}), 0)
        with freeze_time(self.later - timedelta(days=2)):
            self.assertEqual(self._fee_of(order, {0: 4}), 5)

    def test_freight_and_rewards_are_no_goods(self):
        order = self._new_order((self.plain, 10))
        order.sudo().set_delivery_line(self.carrier, 25)
        order.action_confirm()
        self._flush()
        self.assertEqual(self._fee_of(order), 12.5)

    def test_parts_add_up(self):
        """A third of a cent is nobody's: the lines add up to the fee."""
        self.fee.percent = 33.33
        self.plain.list_price = 3.33
        order = self._confirmed(*[(self.plain, 1)] * 3, (self.plain, 9))
        one = self._new_cancellation(order, {0: 1, 1: 1, 2: 1})
        one.action_preview()
        self.assertAlmostEqual(sum(one.line_ids.mapped("fee_amount")), one.fee_amount)
        self.assertAlmostEqual(one.fee_amount, 3.33)

    # === Waived === #

    def test_manager_waives(self):
        order = self._confirmed((self.plain, 10))
        one = self._new_cancellation(order, {0: 4}, user=self.manager)
        one.action_preview()
        with self.assertRaises(CancellationError), self.env.cr.savepoint():
            one.action_waive_fee(reason=" ")
        one.action_waive_fee(reason="Good customer")
        self.assertEqual((one.fee_waiver, one.fee_amount), ("waived", 0))
        one.action_cancel_now()
        self.assertEqual(len(order.order_line), 1)
        events = self.env["sales.audit.event"].search(
            [("model", "=", one._name), ("res_id", "=", one.id)]
        )
        self.assertIn("cancellation.fee_waived", events.mapped("code"))

    def test_salesman_asks(self):
        """He cannot waive it: it waits for a sales manager, who decides."""
        order = self._confirmed((self.plain, 10))
        one = self._new_cancellation(order, {0: 4})
        one.action_preview()
        one.action_waive_fee(reason="He is angry")
        self.assertEqual((one.fee_waiver, one.fee_amount), ("wanted", 5))
        one.action_cancel_now()
        self.assertEqual(one.state, "submitted")
        self.assertIn("He is angry", one.guard_message)
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            one.action_apply()
        with self.assertRaises(OwnFieldError), self.env.cr.savepoint():
            one.write({"fee_waiver": "waived"})
        with self.env.cr.savepoint() as savepoint:
            one.with_user(self.manager).action_charge_fee()
            one.action_apply()
            self.assertEqual(order.order_line[1].price_subtotal, 5)
            savepoint.rollback()
            self.env.invalidate_all()
        one.with_user(self.manager).action_waive_fee(reason="Let him go")
        one.action_apply()
        self.assertEqual((one.state, len(order.order_line)), ("applied", 1))

    def test_rights(self):
        self.assertTrue(self.fee.with_user(self.salesman).percent)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.fee.with_user(self.salesman).percent = 1
        self.fee.with_user(self.manager).percent = 1
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.fee.with_user(self.portal_user).read(["percent"])

    def test_mark_is_not_set_by_hand(self):
        order = self._new_order((self.plain, 10))
        with self.assertRaises(OwnFieldError), self.env.cr.savepoint():
            order.order_line.is_restocking_fee = True

    def test_customer_sees_it_first(self):
        self.env["sales.change.policy"].create(
            {"name": "Open", "sequence": 0, "cancel_until": "open"}
        )
        order = self._confirmed((self.plain, 10))
        order = order.with_user(self.portal_user).sudo()
        quantities = {order.order_line.id: 4}
        shown = order._preview_portal_cancellation(quantities, self.reason)
        amounts = {one["name"]: one["amount"] for one in shown["amounts"]}
        self.assertEqual((amounts["fee"], amounts["after"]), (5, 65))
        self.assertEqual(len(order.order_line), 1)
        one = order._request_cancellation_as_customer(quantities, self.reason)
        self.assertEqual(one.fee_amount, 5)
        self.assertTrue(fields.Datetime.now() >= one.effective_on)
