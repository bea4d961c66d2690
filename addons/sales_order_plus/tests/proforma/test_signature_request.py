import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import SignatureError
from ..shipping.common import PNG
from .common_signature import SignatureProviderCommon


@tagged("post_install", "-at_install")
class TestSignatureRequest(SignatureProviderCommon):
    """A provider of another addon has quotations signed."""

    def test_signed_outside_is_signed(self):
        request = self._request()
        self.assertEqual(
            self.answer, {"reference": "ENV-1", "url": "https://sign.test/1"}
        )
        self.assertTrue(self.sent[0][1].startswith(b"%PDF"))
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(request._receive_signed("Paula", PNG, b"%PDF-1 signed"))
        self.assertRecordValues(self.order, [{"state": "sale", "signed_by": "Paula"}])
        self.assertRecordValues(
            self.order.signature_ids,
            [
                {
                    "method": "external",
                    "provider_reference": "ENV-1",
                    "name": "Paula",
                    "amount_total": 100,
                    "state": "valid",
                    "is_intact": True,
                }
            ],
        )
        pdf = base64.b64decode(self.order.signature_ids.document_pdf)
        self.assertEqual(pdf, b"%PDF-1 signed")
        self.assertEqual(request.signature_id, self.order.signature_ids)

    def test_reported_twice(self):
        request = self._request()
        for _time in range(2):
            self.assertTrue(request._receive_signed("Paula", PNG))
        self.assertEqual(len(self.order.signature_ids), 1)

    def test_what_stands_against_it_still_does(self):
        self._stop_orders()
        self.assertTrue(self._request()._receive_signed("Paula", PNG))
        self.assertEqual((self.order.state, self.order.signed_by), ("sent", "Paula"))
        self.assertTrue(self.order.hold_since)

    def test_changed_meanwhile(self):
        request = self._request()
        self.order.order_line.price_unit = 40
        self.assertFalse(request._receive_signed("Paula", PNG))
        self.assertEqual((request.state, self.order.state), ("outdated", "sent"))
        self.assertFalse(self.order.signature)
        self.assertFalse(request._receive_signed("Paula", PNG))

    def test_asked_again(self):
        first = self._request()
        second = self._request()
        self.assertEqual(self.cancelled, ["ENV-1"])
        self.assertEqual((first.state, second.state), ("outdated", "waiting"))
        self.assertFalse(first._receive_signed("Paula", PNG))
        self.assertTrue(second._receive_signed("Paula", PNG))

    def test_revision_takes_it_back(self):
        request = self._request()
        self.order.action_new_revision(reason="Cheaper")
        self.assertEqual((request.state, self.cancelled), ("outdated", ["ENV-1"]))

    def test_declined(self):
        request = self._request()
        request._receive_declined("Too dear")
        self.assertEqual((request.state, request.reason), ("declined", "Too dear"))
        self.assertIn("Too dear", self.order.message_ids[0].body)
        self.assertFalse(request._receive_signed("Paula", PNG))
        self.assertEqual(self.order.state, "sent")

    def test_refused(self):
        with self.assertRaisesRegex(SignatureError, "none of fake"):
            self.order.action_request_signature(provider="other")
        draft = self._new_order((self.service, 1), require_signature=False)
        with self.assertRaisesRegex(SignatureError, "waits for none"):
            draft.action_request_signature(provider="fake")

    def test_nobody_writes_requests(self):
        request = self._request()
        for requests in (request, request.with_user(self.salesman)):
            with self.assertRaises(SignatureError):
                requests.write({"state": "signed"})
            with self.assertRaises(SignatureError):
                requests.create({"order_id": self.order.id, "provider": "fake"})
        with self.assertRaises(AccessError):
            request.with_user(self.salesman).unlink()

    def test_signed_on_his_page_is_no_request(self):
        self.order.sudo().write({"signature": PNG, "signed_by": "Paula"})
        self.assertEqual(self.order.signature_ids.method, "portal")
