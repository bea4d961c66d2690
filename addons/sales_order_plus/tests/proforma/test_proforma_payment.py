from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import GuardError, ProformaError
from ...models.seam.sales_guard_mixin import Finding
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProformaPayment(ProformaCommon):
    """What is paid on a proforma is the down payment of its order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.provider = cls.env.ref("payment.payment_provider_transfer").copy(
            {"state": "test", "company_id": cls.company.id, "journal_id": cls.bank.id}
        )
        cls.bank.inbound_payment_method_line_ids[:1].payment_provider_id = cls.provider
        cls.method = cls.env.ref("payment.payment_method_unknown")

    def _pay_online(self, proforma, amount=None, state="done"):
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{proforma.name}-{len(proforma.sudo().transaction_ids)}",
                "amount": amount or proforma.amount_total,
                "currency_id": proforma.currency_id.id,
                "partner_id": proforma.partner_id.id,
                "sale_order_ids": [Command.set(proforma.order_id.ids)],
                "proforma_id": proforma.id,
            }
        )
        getattr(transaction, f"_set_{state}")()
        transaction._post_process()
        return transaction

    def _register(self, proforma, **values):
        wizard = self.env["sales.proforma.advance"].with_user(self.accountant)
        form = Form(wizard.with_context(active_id=proforma.id))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save().action_register()

    def _new_confirmed(self):
        order = self._new_taxed_order(100.0)
        order.action_confirm()
        return order

    def test_paid_online(self):
        order = self._new_taxed_order(
            100.0, require_payment=True, prepayment_percent=0.3
        )
        order.action_quotation_sent()
        proforma = self._issue(order, percent=30)
        self._pay_online(proforma)
        self.assertRecordValues(
            proforma, [{"state": "paid", "amount_paid": 35.7, "amount_residual": 0.0}]
        )
        self.assertTrue(proforma.paid_on)
        # Odoo's own flow: the advance it asks for is there, so it is accepted.
        self.assertRecordValues(
            order, [{"state": "sale", "advance_paid": 35.7, "amount_paid": 35.7}]
        )
        self.assertAlmostEqual(order.advance_residual, 83.3, 6)
        self.assertEqual(
            self._get_events(proforma), ["proforma.issued", "proforma.paid"]
        )

    def test_final_invoice_deducts_the_advance(self):
        order = self._new_confirmed()
        proforma = self._issue(order, percent=30)
        self._pay_online(proforma)
        proforma.action_create_down_payment()
        advance = proforma.sudo().down_payment_id
        self.assertAlmostEqual(advance.amount_total, 35.7, 6)
        # A salesperson leaves it to accounting to post it.
        self.assertEqual(advance.state, "draft")
        advance.action_post()
        with self.assertRaisesRegex(ProformaError, "invoiced once"):
            proforma.action_create_down_payment()
        order.order_line.filtered("product_id").qty_delivered = 1
        final = order._create_invoices(final=True)
        self.assertAlmostEqual(final.amount_total, 83.3, 6)

    def test_invoiced_automatically(self):
        self.company.proforma_down_payment = True
        order = self._new_confirmed()
        proforma = self._issue(order, percent=30)
        self._pay_online(proforma)
        advance = proforma.sudo().down_payment_id
        self.assertRecordValues(
            advance, [{"state": "posted", "move_type": "out_invoice"}]
        )
        self.assertAlmostEqual(advance.amount_residual, 0.0, 6)

    def test_pending_payment_is_not_paid(self):
        proforma = self._issue(self._new_confirmed(), percent=30)
        self.assertTrue(proforma._can_be_paid())
        self._pay_online(proforma, state="pending")
        self.assertEqual(proforma.state, "issued")
        self.assertFalse(proforma._can_be_paid())
        with self.assertRaisesRegex(ProformaError, "on its way"):
            proforma._check_can_be_paid()

    def test_foreign_payment_counts_at_the_fixed_rate(self):
        order = self._new_taxed_order(100.0)
        proforma = self._issue(order, percent=30, currency_id=self.foreign.id)
        self._pay_online(proforma)
        self.assertEqual(proforma.state, "paid")
        self.assertAlmostEqual(order.amount_paid, 35.7, 6)
        self.assertAlmostEqual(order.advance_paid, 35.7, 6)

    def test_register_advance_in_parts(self):
        order = self._new_confirmed()
        proforma = self._issue(order, percent=50)
        self._register(proforma, amount=20.0)
        self.assertRecordValues(
            proforma, [{"state": "issued", "amount_residual": 39.5}]
        )
        with self.assertRaisesRegex(ProformaError, "at most the open"):
            self._register(proforma, amount=39.51)
        self._register(proforma)
        self.assertEqual(proforma.state, "paid")
        self.assertAlmostEqual(order.amount_paid, 59.5, 6)
        with self.assertRaisesRegex(ProformaError, "nothing to register"):
            self._register(proforma, amount=1.0)

    def test_reversed_advance_is_open_again(self):
        proforma = self._issue(self._new_confirmed(), percent=50)
        self._register(proforma)
        proforma.sudo().payment_ids.action_draft()
        proforma.sudo().payment_ids.action_cancel()
        self.assertRecordValues(proforma, [{"state": "issued", "amount_paid": 0.0}])

    def test_salesperson_books_nothing(self):
        proforma = self._issue(self._new_confirmed(), percent=50)
        with self.assertRaises(AccessError):
            self.env["sales.proforma.advance"].with_user(self.salesman).create(
                {"proforma_id": proforma.id}
            )

    def test_paid_one_is_not_withdrawn(self):
        proforma = self._issue(self._new_confirmed(), percent=50)
        self._pay_online(proforma)
        with self.assertRaisesRegex(ProformaError, "is paid on it"):
            proforma.action_cancel()

    def test_quotation_is_not_invoiced(self):
        proforma = self._issue(self._new_taxed_order(100.0), percent=50)
        self._register(proforma)
        with self.assertRaisesRegex(ProformaError, "Confirm the order"):
            proforma.action_create_down_payment()

    def test_credit_limit(self):
        """Over the limit it is refused; when an advance is paid it can be issued."""
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 110.0
        order = self._new_confirmed()
        proforma = self._create(order, percent=30)
        self.assertEqual(proforma.guard_state, "waiting")
        with self.assertRaises(GuardError) as caught:
            proforma.action_issue()
        self.assertIn("119.00", str(caught.exception))
        self.assertEqual(proforma.state, "draft")
        self.assertFalse(proforma.credit_result)
        self.customer.credit_limit = 120.0
        first = self._issue(order, percent=30)
        self.assertIn("119.00", first.credit_result)
        self._register(first)
        self.customer.credit_limit = 110.0
        proforma.action_issue()
        self.assertIn("83.30", proforma.credit_result)

    def test_order_rules_are_asked(self):
        """What stands against the order's proforma stops the proforma."""
        asked = []

        def _get_guard_findings(orders, operation, baseline=None):
            asked.append(operation)
            finding = Finding("test", "On hold: ask Ann.", "hold")
            return {order.id: [finding] for order in orders}

        self.patch(
            self.env.registry["sale.order"], "_get_guard_findings", _get_guard_findings
        )
        proforma = self._create(self._new_taxed_order(10.0), percent=10)
        with self.assertRaisesRegex(GuardError, "ask Ann"):
            proforma.action_issue()
        self.assertIn("proforma", asked)
