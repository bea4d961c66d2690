from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...exceptions import GuardError, ReleaseError
from ..common import SIGNATURE
from .common import PaymentCommon


class CreditCommon(PaymentCommon):
    """The customer may owe 100, and his orders are held beyond that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_check = "hold"
        cls.customer.credit_limit = 100
        cls.ten = cls._new_product("Ten", 10, type="service", invoice_policy="order")

    def _assert_held(self, order, code="credit.limit"):
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            order.action_confirm()
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            [f["code"] for f in caught.exception.context["findings"]], [code]
        )
        return str(caught.exception)


@tagged("post_install", "-at_install")
class TestCredit(CreditCommon):
    def test_unconfigured_confirms(self):
        self.company.credit_check = "none"
        self._book_invoice(5000)
        order = self._new_order((self.ten, 500))
        self.assertEqual(order.credit_state, "none")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_exposure_counts_items_orders_and_this_order(self):
        self._book_invoice(30)
        self._new_order((self.ten, 5), user=self.colleague).action_confirm()
        order = self._new_order((self.ten, 5))
        self.assertRecordValues(
            order,
            [
                {
                    "credit_exposure": 130,
                    "credit_limit_amount": 100,
                    "credit_available": -30,
                    "credit_state": "over",
                }
            ],
        )
        message = self._assert_held(order)
        for part in ("80.00", "50.00", "100.00", "30.00", "controller"):
            self.assertIn(part, message)

    def test_up_to_the_limit_confirms(self):
        self._book_invoice(50)
        order = self._new_order((self.ten, 5))
        self.assertEqual(order.credit_state, "ok")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_draft_invoice_of_an_order_is_not_forgotten(self):
        """Billed in draft: not receivable yet, but neither gone."""
        other = self._new_order((self.ten, 8))
        other.action_confirm()
        invoice = other.sudo()._create_invoices()
        self.assertEqual(other.invoice_status, "invoiced")
        order = self._new_order((self.ten, 5))
        self.assertEqual(order.credit_exposure, 130)
        invoice.action_post()
        order.invalidate_recordset()
        self.assertEqual(order.credit_exposure, 130)

    def test_address_of_the_customer_counts_for_the_company(self):
        address = self.env["res.partner"].create(
            {"name": "Shop 2", "parent_id": self.customer.id, "type": "invoice"}
        )
        self._book_invoice(80, partner=address)
        order = self._new_order((self.ten, 5), partner_id=address.id)
        self.assertEqual(order.credit_exposure, 130)
        self._assert_held(order)

    def test_foreign_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": currency.id}
        )
        order = self._new_order((self.ten, 1), pricelist_id=pricelist.id)
        order.order_line.price_unit = 220
        self.assertEqual(order.credit_exposure, 110)
        self._assert_held(order)

    def test_overdue(self):
        self.company.credit_overdue_days = 10
        today = fields.Date.context_today(self.env.user)
        self._book_invoice(5, date=today - timedelta(days=10))
        order = self._new_order((self.ten, 1))
        self.assertEqual(order.credit_state, "ok")
        self._book_invoice(5, date=today - timedelta(days=11))
        order.invalidate_recordset()
        self.assertRecordValues(
            order, [{"credit_state": "overdue", "credit_overdue": 5}]
        )
        self._assert_held(order, "credit.overdue")

    def test_hold_by_hand(self):
        self.customer.credit_hold = "on"
        self.company.credit_check = "none"
        self._assert_held(self._new_order((self.ten, 1)), "credit.hold")

    def test_never_hold(self):
        self._book_invoice(5000)
        self.customer.credit_hold = "off"
        order = self._new_order((self.ten, 100))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_warning_only(self):
        self.company.credit_check = "warn"
        order = self._new_order((self.ten, 11))
        self.assertEqual(order.guard_state, "warning")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_raise_of_a_confirmed_order(self):
        order = self._new_order((self.ten, 8))
        order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.order_line.product_uom_qty = 12
        order.invalidate_recordset()
        self.assertEqual(order.order_line.product_uom_qty, 8)
        order.order_line.product_uom_qty = 10
        # Over the limit by another debt: lowering the order must still be possible.
        self._book_invoice(60)
        order.order_line.product_uom_qty = 9
        self.assertEqual(order.order_line.product_uom_qty, 9)

    def test_two_orders_in_one_call(self):
        """Each passes alone; together they do not."""
        orders = self._new_order((self.ten, 6)) + self._new_order((self.ten, 6))
        with self.assertRaises(GuardError), self.cr.savepoint():
            orders.action_confirm()
        orders.invalidate_recordset()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_credit_is_read_without_accounting_rights(self):
        order = self._new_order((self.ten, 5))
        self.assertEqual(order.env.user, self.salesman)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesman).read(["credit_limit"])
        self.assertEqual(order.credit_limit_amount, 100)


@tagged("post_install", "-at_install")
class TestCreditRelease(CreditCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.ten, 12))

    def _as_controller(self):
        return self.order.with_user(self.controller)

    def test_release(self):
        wizard = (
            self.env["sales.order.release.wizard"]
            .with_user(self.controller)
            .create({"order_id": self.order.id, "reason": "Paid by phone"})
        )
        self.assertIn("20.00", wizard.finding)
        wizard.action_release()
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")
        release = (
            self.env["sales.order.release"]
            .sudo()
            .search([("order_id", "=", self.order.id)])
        )
        self.assertRecordValues(
            release,
            [
                {
                    "user_id": self.controller.id,
                    "reason": "Paid by phone",
                    "amount": 120,
                    "kind": "credit",
                }
            ],
        )

    def test_release_covers_no_more_than_was_seen(self):
        self._as_controller()._release("ok")
        self.order.order_line.product_uom_qty = 13
        self._assert_held(self.order)
        self.order.order_line.product_uom_qty = 11
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_salesperson_cannot_release(self):
        with self.assertRaises(AccessError):
            self.order._release("I want to")
        with self.assertRaises(AccessError):
            self.env["sales.order.release"].with_user(self.salesman).create(
                {
                    "order_id": self.order.id,
                    "kind": "credit",
                    "partner_id": self.customer.id,
                    "amount": 9999,
                    "reason": "x",
                    "user_id": self.salesman.id,
                }
            )
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesman).write({"credit_hold": "off"})

    def test_release_needs_a_reason_and_something_to_release(self):
        with self.assertRaisesRegex(ReleaseError, "Reason"):
            self._as_controller()._release("  ")
        self.order.order_line.product_uom_qty = 1
        with self.assertRaises(ReleaseError):
            self._as_controller()._release("ok")

    def test_release_for_a_later_raise(self):
        """A confirmed order may be raised as far as the controller said."""
        self.order.order_line.product_uom_qty = 10
        self.order.action_confirm()
        wizard = (
            self.env["sales.order.release.wizard"]
            .with_user(self.controller)
            .with_context(active_id=self.order.id)
            .create({"reason": "Framework contract"})
        )
        self.assertEqual(wizard.amount, 100)
        wizard.amount = 150
        wizard.action_release()
        self.order.order_line.product_uom_qty = 15
        with self.assertRaises(GuardError), self.cr.savepoint():
            self.order.order_line.product_uom_qty = 16

    def test_refusal_cannot_be_released(self):
        self.company.credit_check = "block"
        with self.assertRaises(ReleaseError):
            self._as_controller()._release("ok")

    def test_api(self):
        api = self.env["sales.order.api"].with_user(self.controller)
        status = api.get_credit_status(name=self.order.name)
        self.assertEqual((status["exposure"], status["available"]), (120, -20))
        api.release_order(name=self.order.name, reason="ok")
        self.assertEqual(api.confirm_order(name=self.order.name)["state"], "sale")

    def test_signed_on_the_portal(self):
        """Held, the controller is told, and his release confirms the order."""
        self.company.credit_controller_id = self.controller
        self.order.write({"require_signature": True, "require_payment": False})
        self.order.action_quotation_sent()
        self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.hold_since)
        self.assertIn(self.controller, self.order.sudo().activity_ids.user_id)
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("being reviewed", page)
        self.assertNotIn("Credit limit", page)
        self._as_controller()._release("good customer")
        self.assertEqual(self.order.state, "sale")
