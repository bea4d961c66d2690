import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_race import RaceCommon
from .common import FakeProviderMixin

SENDING = "odoo.addons.sales_order_plus.models.refund.sales_order_refund_send"


class Killed(BaseException):
    """The process ends: nothing of ours catches it."""


@tagged("post_install", "-at_install")
class TestRefundRace(FakeProviderMixin, RaceCommon):
    """Real transactions: two workers, and one that dies between provider and commit."""

    def setUp(self):
        super().setUp()
        self.server = self._patch_provider(self.registry)
        with self._open_worker() as env:
            self._create_records(env)
        self.addCleanup(self._remove)

    def patch(self, owner, name, value):
        one = patch.object(owner, name, value)
        one.start()
        self.addCleanup(one.stop)

    def _create_records(self, env):
        partner = env["res.partner"].create({"name": "Refund race"})
        product = env["product.product"].create(
            {"name": "Refund race", "type": "service", "taxes_id": [Command.clear()]}
        )
        line = {"product_id": product.id, "product_uom_qty": 5, "price_unit": 100.0}
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        self.support = self._get_method(env).support_refund
        provider = self._make_provider(env, order.company_id)
        transaction = env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self._get_method(env).id,
                "reference": f"{order.name}-race",
                "amount": 500,
                "currency_id": order.currency_id.id,
                "partner_id": partner.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction._set_done()
        transaction.is_post_processed = True
        reason = env.ref("sales_order_plus.cancel_reason_changed_mind")
        one = order._new_cancellation(None, reason, "Race", "staff")
        refund = env["sales.order.refund"].create(
            {
                "reference": f"R-{transaction.reference}",
                "order_id": order.id,
                "cancellation_id": one.id,
                "transaction_id": transaction.id,
                "amount": 500,
            }
        )
        self.ids = {
            "sale_order": order.id,
            "sales_order_refund": refund.id,
            "payment_transaction": transaction.id,
            "sales_order_cancellation": one.id,
            "payment_provider": provider.id,
        }
        self.partner_id, self.product_id = partner.id, product.id

    def _remove(self):
        with self._open_worker() as env:
            env["mail.message"].search(
                [("model", "=", "sales.order.refund"), ("res_id", "=", self._refund_id)]
            ).unlink()
            for table, column, name in (
                ("sales_order_refund", "id", "sales_order_refund"),
                ("payment_transaction", "source_transaction_id", "payment_transaction"),
                ("payment_transaction", "id", "payment_transaction"),
                ("payment_provider", "id", "payment_provider"),
                ("sales_order_cancellation", "id", "sales_order_cancellation"),
                ("sales_order_version", "order_id", "sale_order"),
                ("sale_order_line", "order_id", "sale_order"),
                ("sale_order", "id", "sale_order"),
            ):
                self._delete_rows(env, table, column, [self.ids[name]])
            self._get_method(env).support_refund = self.support
            env["product.product"].browse(self.product_id).active = False
            env["res.partner"].browse(self.partner_id).active = False

    @property
    def _refund_id(self):
        return self.ids["sales_order_refund"]

    def _work(self, barrier=None):
        with self._open_worker() as env:
            refund = env["sales.order.refund"].browse(self._refund_id)
            self.assertEqual(refund.state, "to_send")
            if barrier:
                barrier.wait(30)
            refund._run()

    def _get_state(self):
        with self._open_worker() as env:
            refund = env["sales.order.refund"].browse(self._refund_id)
            return refund.state, refund.child_id.state

    @mute_logger("odoo.sql_db", SENDING)
    def test_two_workers(self):
        barrier = threading.Barrier(2)
        threads = [
            threading.Thread(target=self._work, args=(barrier,)) for _one in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(len(self.server.asked), 1)
        self.assertEqual(self._get_state(), ("done", "done"))

    @mute_logger("odoo.sql_db", SENDING)
    def test_killed_between_provider_and_commit(self):
        self.server.answer = Killed()
        with self.assertRaises(Killed):
            self._work()
        self.assertEqual(self._get_state(), ("sent", "draft"))
        self.server.answer = "done"
        with self._open_worker() as env:
            refund = env["sales.order.refund"].browse(self._refund_id)
            refund.sent_on = fields.Datetime.now() - timedelta(minutes=11)
        for _again in range(2):
            with self._open_worker() as env:
                env["sales.order.refund"].browse(self._refund_id)._run()
        self.assertEqual(len(self.server.asked), 1, "nobody asks again")
        self.assertEqual(self._get_state(), ("unknown", "draft"))
