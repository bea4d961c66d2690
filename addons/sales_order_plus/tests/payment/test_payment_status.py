from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import PaymentCommon


class StatusCommon(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._support_capture()
        cls.provider = cls._new_provider()
        cls.item = cls._new_product("Item", 100, type="service", invoice_policy="order")

    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.item, 1))

    def _assert_status(self, status, order=None):
        self.assertEqual((order or self.order).payment_status, status)


@tagged("post_install", "-at_install")
class TestPaymentStatus(StatusCommon, HttpCase):
    def test_customer_sees_it(self):
        self.order.action_quotation_sent()
        url = self.order.get_portal_url()
        self.assertNotIn("Payment:", self.url_open(url).text)
        self._new_transaction(self.order, 40)
        page = self.url_open(url).text
        self.assertIn("Payment:", page)
        self.assertIn("Partially paid", page)

    def test_nothing_paid(self):
        self._assert_status("none")
        self._new_transaction(self.order, state="draft")
        self._assert_status("none")
        self._new_transaction(self.order, state="error")
        self._assert_status("none")

    def test_from_pending_to_refunded(self):
        transaction = self._new_transaction(self.order, state="pending")
        self._assert_status("pending")
        self._move_transaction(transaction, "authorized")
        self._assert_status("authorized")
        self._move_transaction(transaction, "done")
        self._assert_status("captured")
        refund = transaction._create_child_transaction(30, is_refund=True)
        self._assert_status("captured")
        self._move_transaction(refund, "done")
        self._assert_status("partially_refunded")
        rest = transaction._create_child_transaction(70, is_refund=True)
        self._move_transaction(rest, "done")
        self._assert_status("refunded")

    def test_partial_capture(self):
        transaction = self._new_transaction(self.order, state="authorized")
        part = transaction._create_child_transaction(40)
        self._assert_status("authorized")
        self._move_transaction(part, "done")
        self.assertEqual(transaction.state, "authorized")
        self._assert_status("partial")
        amounts = self.order.sudo()._get_payment_amounts()
        self.assertEqual((amounts.authorized, amounts.captured), (60, 40))
        self._move_transaction(transaction._create_child_transaction(60), "cancel")
        self.assertEqual(transaction.state, "done")
        self._assert_status("partial")
        self.assertEqual(self.order.sudo()._get_payment_amounts().authorized, 0)
        refund = part._create_child_transaction(40, is_refund=True)
        self._move_transaction(refund, "done")
        self._assert_status("refunded")

    def test_two_payments_fill_the_order(self):
        self._new_transaction(self.order, 60)
        self._assert_status("partial")
        self._new_transaction(self.order, 40)
        self._assert_status("captured")
        self.order.order_line.product_uom_qty = 2
        self._assert_status("partial")

    def test_paid_by_bank_on_the_invoice(self):
        self.order.action_confirm()
        invoice = self.order.sudo()._create_invoices()
        invoice.action_post()
        self._assert_status("none")
        wizard = self.env["account.payment.register"]
        wizard.with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"amount": 25}
        )._create_payments()
        self._assert_status("partial")
        wizard.with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self._assert_status("captured")

    def test_filter_without_accounting_rights(self):
        self._new_transaction(self.order)
        orders = self.env["sale.order"].with_user(self.salesman)
        self.assertEqual(
            orders.search([("payment_status", "=", "captured")]), self.order
        )
        with self.assertRaises(AccessError):
            self.order.transaction_ids.mapped("state")

    def test_copy_has_no_payment(self):
        self._new_transaction(self.order)
        self._assert_status("none", self.order.copy())


@tagged("post_install", "-at_install")
class TestCreditWithPayments(StatusCommon):
    """Money that is there or reserved is no debt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_check = "hold"
        cls.customer.credit_limit = 50

    def test_authorized(self):
        transaction = self._new_transaction(self.order, 60, state="authorized")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_exposure, 40)
        self._move_transaction(transaction._create_child_transaction(20), "done")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_exposure, 40)
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")


@tagged("post_install", "-at_install")
class TestAllowedProviders(StatusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wire = cls._new_provider("Test Wire")

    def _get_offered(self):
        order = self.order.sudo()
        offered = (
            self.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                self.company.id,
                order.partner_id.id,
                order.amount_total,
                currency_id=order.currency_id.id,
                sale_order_id=order.id,
            )
        )
        return offered & (self.wire | self.provider)

    def test_customer_is_limited(self):
        self.assertEqual(self._get_offered(), self.wire | self.provider)
        self.customer.sudo().allowed_provider_ids = self.wire
        self.assertEqual(self._get_offered(), self.wire)

    def test_what_is_not_offered_is_not_taken(self):
        self.customer.sudo().allowed_provider_ids = self.wire
        with self.assertRaisesRegex(ValidationError, "Test Card"):
            self._new_transaction(self.order, provider=self.provider)
        self._new_transaction(self.order, provider=self.wire)
        self._assert_status("captured")

    def test_type_and_customer_are_both_kept(self):
        self.customer.sudo().allowed_provider_ids = self.wire | self.provider
        kind = (
            self.env["sales.order.type"]
            .sudo()
            .create(
                {
                    "name": "Card only",
                    "code": "CARD",
                    "allowed_provider_ids": self.provider.ids,
                }
            )
        )
        self.order.order_type_id = kind
        self.assertEqual(self._get_offered(), self.provider)

    def test_salesperson_adds_a_contact(self):
        self.customer.sudo().allowed_provider_ids = self.wire
        self.salesman.sudo().group_ids += self.env.ref("base.group_partner_manager")
        contact = (
            self.env["res.partner"]
            .with_user(self.salesman)
            .create({"name": "New Contact", "parent_id": self.customer.id})
        )
        self.assertEqual(contact.sudo().allowed_provider_ids, self.wire)
