from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import SignatureError
from ..shipping.common import PNG
from .common_signature import SignatureProviderCommon


@tagged("post_install", "-at_install")
class TestSignatureButton(SignatureProviderCommon):
    """Request Signature on the quotation, and what it says afterwards."""

    def setUp(self):
        super().setUp()
        self.company.signature_provider = "fake"

    def _get_status(self):
        self.env.invalidate_all()
        order = self.order
        return order.can_request_signature, order.signature_request_state

    def test_button_is_there_where_signing_is_wanted(self):
        self.assertEqual(self._get_status(), (True, False))
        self.order.require_signature = False
        self.assertEqual(self._get_status(), (False, False))

    def test_no_button_without_a_provider(self):
        self.company.signature_provider = False
        self.assertEqual(self._get_status(), (False, False))
        with self.assertRaisesRegex(SignatureError, "Signature Provider"):
            self.order.action_ask_for_signature()

    def test_no_button_once_the_provider_is_uninstalled(self):
        self.patch(
            self.registry["sales.signature.provider"], "_get_providers", lambda _p: {}
        )
        self.assertEqual(self._get_status(), (False, False))
        self.assertFalse(self.company.has_signature_providers)

    def test_waiting_then_signed(self):
        action = self.order.action_ask_for_signature()
        self.assertIn("Fake Sign", action["params"]["message"])
        self.assertEqual(self._get_status(), (True, "waiting"))
        self.assertEqual(
            self.order.action_open_signing_page()["url"], "https://sign.test/1"
        )
        self.order._get_last_signature_request()._receive_signed("Paula", PNG)
        self.assertEqual(self._get_status(), (False, "signed"))
        self.assertEqual(self.order.state, "sale")

    def test_declined(self):
        self.order.action_ask_for_signature()
        self.order._get_last_signature_request()._receive_declined("Too dear")
        self.assertEqual(self._get_status(), (True, "declined"))
        self.assertIn("Too dear", self.order.signature_request_text)

    def test_outdated_by_a_change(self):
        self.order.action_ask_for_signature()
        self.order.order_line.price_unit = 40
        self.assertFalse(
            self.order._get_last_signature_request()._receive_signed("Paula", PNG)
        )
        self.assertEqual(self._get_status(), (True, "outdated"))
        self.order.action_ask_for_signature()
        self.assertEqual(self._get_status(), (True, "waiting"))

    def test_taken_back(self):
        self.order.action_ask_for_signature()
        self.order.action_withdraw_signature_request()
        self.assertEqual(self.cancelled, ["ENV-1"])
        self.assertEqual(self._get_status(), (True, "outdated"))
        with self.assertRaisesRegex(SignatureError, "none of"):
            self.order.action_withdraw_signature_request()

    def test_kept_in_the_audit_trail(self):
        self.order.action_ask_for_signature()
        self.order.action_withdraw_signature_request()
        self.order.action_ask_for_signature()
        self.order._get_last_signature_request()._receive_declined("No")
        events = self.env["sales.audit.event"].search(
            [("model", "=", "sale.order"), ("res_id", "=", self.order.id)], order="id"
        )
        codes = [code for code in events.mapped("code") if "signature." in code]
        self.assertEqual(
            codes,
            [
                "signature.requested",
                "signature.withdrawn",
                "signature.requested",
                "signature.declined",
            ],
        )

    def test_no_address_of_the_provider(self):
        with self.assertRaisesRegex(SignatureError, "Signing Page"):
            self.order.action_open_signing_page()

    def test_not_for_the_order_of_a_colleague(self):
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        for name in ("action_ask_for_signature", "action_withdraw_signature_request"):
            with self.assertRaises(AccessError):
                getattr(self.order.with_user(other), name)()

    def test_over_rpc(self):
        api = self.env["sales.order.api"].with_user(self.salesman)
        name = self.order.name
        self.assertEqual(api.get_signature_request(name=name)["state"], "")
        answer = api.request_signature(name=name)
        self.assertEqual(answer, api.get_signature_request(name=name))
        self.assertEqual(
            answer,
            {
                "state": "waiting",
                "provider": "fake",
                "reference": "ENV-1",
                "url": "https://sign.test/1",
                "reason": "",
            },
        )
        with self.assertRaisesRegex(SignatureError, "none of fake"):
            api.request_signature(name=name, provider="other")

    def test_on_the_form_and_in_the_settings(self):
        arch = etree.fromstring(self.order.get_view(view_type="form")["arch"])
        (button,) = arch.xpath("//header/button[@name='action_ask_for_signature']")
        self.assertIn("can_request_signature", button.get("invisible"))
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.has_signature_providers)
        self.assertEqual(settings.signature_provider, "fake")
