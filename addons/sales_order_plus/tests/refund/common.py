from unittest.mock import patch

import requests

from odoo.fields import Command

from ..cancellation.common import CancellationCommon


class FakeServer:
    """A payment provider: keeps what it was asked for, and answers as it is told."""

    def __init__(self):
        self.asked = []
        self.answer = "done"

    def ask(self, transaction):
        self.asked.append((transaction.reference, transaction.amount))
        answer = self.answer
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            answer(transaction)
        elif answer == "done":
            transaction.provider_reference = f"fake-{transaction.reference}"
            if transaction.operation == "refund":
                transaction._set_done()
            else:
                transaction._set_canceled()
        elif answer == "pending":
            transaction._set_pending()
        elif answer == "later":
            transaction.provider_reference = f"fake-{transaction.reference}"


def raise_http(status):
    """Answer with ``status``, through the way Odoo's providers ask."""
    response = requests.Response()
    response.status_code = status
    response._content = b"no"
    return _through_odoo(return_value=response)


def raise_connection(error):
    """Break the connection, as Odoo's providers tell it."""
    return _through_odoo(side_effect=error)


def _through_odoo(**values):
    def answer(transaction):
        with patch.object(requests, "request", **values):
            transaction._send_api_request("POST", "refunds")

    return answer


class FakeProviderMixin:
    """A provider that takes, reserves and gives back; nothing leaves the machine."""

    @classmethod
    def _get_method(cls, env):
        return env.ref("payment.payment_method_unknown")

    @classmethod
    def _make_provider(cls, env, company, **values):
        method = cls._get_method(env)
        method.support_refund = "partial"
        return env["payment.provider"].create(
            {
                "name": "Fake Pay",
                "code": "none",
                "state": "test",
                "company_id": company.id,
                "payment_method_ids": [Command.set(method.ids)],
                **values,
            }
        )

    def _patch_provider(self, registry):
        """Have the provider answer from memory; returns the server."""
        server = FakeServer()
        test = self

        def support(providers):
            providers.update(
                {"support_manual_capture": "partial", "support_refund": "partial"}
            )

        transactions = registry["payment.transaction"]
        for owner, name, value in (
            (registry["payment.provider"], "_compute_feature_support_fields", support),
            (transactions, "_send_refund_request", server.ask),
            (transactions, "_send_void_request", server.ask),
        ):
            test.patch(owner, name, _as_method(value))
        return server


def _as_method(function):
    def method(self):
        return function(self)

    return method


class RefundCommon(FakeProviderMixin, CancellationCommon):
    """Orders that were paid online, with a provider that gives back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookkeeper = cls._new_user("tsop_boo", "account.group_account_invoice")
        cls.provider = cls._make_provider(cls.env, cls.company)
        cls.method = cls._get_method(cls.env)
        cls.outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding test receipts",
                "code": "OUTTEST",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.method_line = cls.env["account.payment.method.line"].create(
            {
                "name": "Fake Pay",
                "journal_id": journal.id,
                "payment_method_id": cls.env.ref(
                    "account.account_payment_method_manual_in"
                ).id,
                "payment_provider_id": cls.provider.id,
            }
        )
        (cls.product | cls.other | cls.service).invoice_policy = "order"

    def setUp(self):
        super().setUp()
        self.server = self._patch_provider(self.env.registry)
        self.provider._compute_feature_support_fields()
        self._book_on(self.outstanding)

    def _book_on(self, account):
        self.method_line.payment_account_id = account

    def _pay_online(self, order, amount=None, state="done", invoices=None):
        """Pay through the provider, booked as Odoo books it."""
        order = order.sudo()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{order.name}-{len(order.transaction_ids) + 1}",
                "amount": order.amount_total if amount is None else amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
                "invoice_ids": [Command.set((invoices or order.invoice_ids[:0]).ids)],
            }
        )
        if state == "done":
            transaction._set_done()
            transaction._post_process()
        else:
            transaction._set_authorized()
        self._flush()
        return transaction

    def _invoiced(self, order):
        invoice = order.sudo()._create_invoices(final=True)
        invoice.action_post()
        self._flush()
        return invoice

    def _paid(self, *lines):
        """Return an order that is invoiced and paid online."""
        order = self._confirmed(*lines or ((self.product, 10),))
        invoice = self._invoiced(order)
        transaction = self._pay_online(order, invoices=invoice)
        return order, invoice, transaction

    def _get_refunds(self, order):
        return self.env["sales.order.refund"].search(
            [("order_id", "=", order.id)], order="id"
        )

    def _send(self):
        """What the crons do after the commit."""
        self.env.ref("sales_order_plus.ir_cron_refunds").method_direct_trigger()
        self._flush()

    def _post_process(self, order):
        children = self._get_refunds(order).child_id
        children.filtered(lambda tx: not tx.is_post_processed)._post_process()
        self._flush()

    def _get_credits(self, order):
        return order.sudo().invoice_ids.filtered(
            lambda one: one.move_type == "out_refund"
        )

    def _mails_of(self, refund):
        domain = [("model", "=", refund._name), ("res_id", "=", refund.id)]
        return self.env["mail.mail"].search(domain)
