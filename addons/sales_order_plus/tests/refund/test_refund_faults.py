from datetime import timedelta

import requests

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...exceptions import RefundError
from .common import RefundCommon, raise_connection, raise_http

SENDING = "odoo.addons.sales_order_plus.models.refund.sales_order_refund_send"
PROVIDER = "odoo.addons.payment.models.payment_provider"


@tagged("post_install", "-at_install")
class TestRefundFaults(RefundCommon):
    """Whatever breaks: nothing is given back twice, and nothing is forgotten."""

    def setUp(self):
        super().setUp()
        self.order, _invoice, self.transaction = self._paid()
        self._cancelled(self.order, {0: 4})
        self.refund = self._get_refunds(self.order)

    def _later(self, **delta):
        """Run the queue after a while."""
        moment = fields.Datetime.now() + timedelta(**delta)
        with freeze_time(moment):
            self._send()

    @mute_logger(SENDING, PROVIDER)
    def test_never_reached_is_tried_again(self):
        self.server.answer = raise_connection(requests.ConnectTimeout())
        self._send()
        self.assertEqual((self.refund.state, self.refund.attempts), ("to_send", 1))
        self._send()
        self.assertEqual(len(self.server.asked), 1, "not before its time")
        self.server.answer = "done"
        self._later(minutes=2)
        self.assertEqual(self.refund.state, "done")
        references = {reference for reference, _amount in self.server.asked}
        self.assertEqual(references, {self.refund.reference})
        self.assertEqual(len(self.transaction.child_transaction_ids), 1)

    @mute_logger(SENDING, PROVIDER)
    def test_given_up_after_the_last(self):
        self.server.answer = raise_connection(requests.ConnectTimeout())
        for _try in range(6):
            self.refund.next_try = fields.Datetime.now()
            self._send()
        self.assertEqual(self.refund.state, "failed")
        self.assertIn("476", self.order.activity_ids.summary)
        self.assertEqual(len(self.server.asked), 6)

    @mute_logger(SENDING, PROVIDER)
    def test_refused(self):
        self.server.answer = raise_http(402)
        self._send()
        self.assertEqual(self.refund.state, "failed")
        self.assertEqual(self.refund.child_id.state, "error")
        self.assertIn("Pay back", self.order.activity_ids.summary)
        self.assertFalse(self._mails_of(self.refund))
        self._later(days=1)
        self.assertEqual(len(self.server.asked), 1)

    @mute_logger(SENDING, PROVIDER)
    def test_a_person_has_it_sent_again(self):
        self.server.answer = raise_http(402)
        self._send()
        self.server.answer = "done"
        self.refund.with_user(self.bookkeeper).action_retry()
        self._send()
        self.assertEqual(self.refund.state, "done")
        old, new = (reference for reference, _amount in self.server.asked)
        self.assertEqual(new, f"{old}-2")
        with self.assertRaises(RefundError) as caught, self.env.cr.savepoint():
            self.refund.with_user(self.bookkeeper).action_retry()
        self.assertEqual(caught.exception.context["rule"], "state")

    @mute_logger(SENDING, PROVIDER)
    def test_unclear_answers_are_looked_at_by_a_person(self):
        for answer in (
            raise_http(500),
            raise_http(409),
            raise_connection(requests.ReadTimeout()),
            raise_connection(requests.ConnectionError("reset")),
            KeyError("status"),
        ):
            with self.subTest(answer), self.env.cr.savepoint() as savepoint:
                asked = len(self.server.asked)
                self.server.answer = answer
                self._send()
                self.assertEqual(self.refund.state, "unknown")
                self.assertIn("Check", self.order.activity_ids.summary)
                self._later(days=1)
                self.assertEqual(len(self.server.asked), asked + 1)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_worker_that_died(self):
        """It was sent, nobody knows more: see test_refund_race for how it comes there."""
        self.assertTrue(self.refund._announce())
        self._later(minutes=9)
        self.assertEqual(self.refund.state, "sent", "a worker may still be at it")
        self._later(minutes=11)
        self.assertEqual(self.refund.state, "unknown")
        self.assertFalse(self.server.asked, "nobody asks again")
        self.assertIn("Check", self.order.activity_ids.summary)

    @mute_logger(SENDING, PROVIDER)
    def test_webhook_after_all(self):
        """The provider tells later by itself that it has given the money back."""
        self.server.answer = raise_http(500)
        self._send()
        self.refund.child_id._set_done()
        self._post_process(self.order)
        self.assertEqual(self.refund.state, "done")
        self.assertEqual(len(self._mails_of(self.refund)), 1)

    def test_answer_comes_later(self):
        for answer in ("pending", "later"):
            with self.subTest(answer), self.env.cr.savepoint() as savepoint:
                self.server.answer = answer
                self._send()
                self.assertEqual(self.refund.state, "sent")
                self._later(days=1)
                self.assertEqual(self.refund.state, "sent")
                self._later(days=6)
                self.assertEqual(self.refund.state, "unknown")
                self.refund.child_id._set_error("Card closed")
                self._post_process(self.order)
                self.assertEqual(self.refund.state, "failed")
                savepoint.rollback()
                self.env.invalidate_all()

    @mute_logger(SENDING, PROVIDER)
    def test_person_found_out(self):
        self.server.answer = raise_http(500)
        self._send()
        with self.env.cr.savepoint() as savepoint:
            self.refund.with_user(self.bookkeeper).action_confirm_done()
            self._post_process(self.order)
            self.assertEqual(self.refund.state, "done")
            self.assertEqual(self._get_credits(self.order).amount_residual, 0)
            savepoint.rollback()
            self.env.invalidate_all()
        self.refund.with_user(self.bookkeeper).action_confirm_not_done()
        self.assertEqual(self.refund.state, "failed")
        self.assertEqual(self.transaction._get_left(), 1190)

    def test_somebody_gave_it_back_meanwhile(self):
        self.transaction._refund(amount_to_refund=1000)
        self.server.asked.clear()
        self._send()
        self.assertEqual(self.refund.state, "failed")
        self.assertFalse(self.server.asked)
        self.assertIn("Pay back", self.order.activity_ids.summary)

    def test_provider_is_disabled_meanwhile(self):
        self.provider.state = "disabled"
        self._send()
        self.assertEqual(self.refund.state, "failed")
        self.assertFalse(self.server.asked)

    def test_rolled_back_cancellation_gives_nothing_back(self):
        with self.env.cr.savepoint() as savepoint:
            self._cancelled(self.order, {0: 1})
            self.assertEqual(len(self._get_refunds(self.order)), 2)
            savepoint.rollback()
            self.env.invalidate_all()
        self._send()
        self.assertEqual(len(self.server.asked), 1)
