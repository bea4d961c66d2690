from odoo.fields import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..common import SalesPlusCommon


class PaymentCommon(SalesPlusCommon, AccountTestInvoicingCommon):
    """A company with a chart of accounts, so that debts can be booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls._new_user(
            "tsop_con", "sales_order_plus.group_credit_controller"
        )

    @classmethod
    def _book_invoice(cls, amount, *, partner=None, date=None, post=True):
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "invoice_date": date or "2026-01-01",
                "invoice_payment_term_id": False,
                "invoice_date_due": date or "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Old debt",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _support_capture(cls):
        """Let the test provider authorize, capture in parts and refund."""

        def support(providers):
            providers.update(
                {"support_manual_capture": "partial", "support_refund": "partial"}
            )

        cls.classPatch(
            cls.env.registry["payment.provider"],
            "_compute_feature_support_fields",
            support,
        )

    @classmethod
    def _new_provider(cls, name="Test Card", **values):
        return cls.env["payment.provider"].create(
            {
                "name": name,
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [
                    Command.set(cls.env.ref("payment.payment_method_unknown").ids)
                ],
                **values,
            }
        )

    @classmethod
    def _new_transaction(cls, order, amount=None, *, provider=None, state="done"):
        order = order.sudo()
        transaction = cls.env["payment.transaction"].create(
            {
                "provider_id": (provider or cls.provider).id,
                "payment_method_id": cls.env.ref("payment.payment_method_unknown").id,
                "reference": f"{order.name}-{len(order.transaction_ids) + 1}",
                "amount": order.amount_total if amount is None else amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        cls._move_transaction(transaction, state)
        return transaction

    @classmethod
    def _move_transaction(cls, transaction, state):
        setters = {
            "pending": "_set_pending",
            "authorized": "_set_authorized",
            "done": "_set_done",
            "cancel": "_set_canceled",
            "error": "_set_error",
        }
        if state == "error":
            transaction._set_error("Refused by the bank")
        elif state != "draft":
            getattr(transaction, setters[state])()
