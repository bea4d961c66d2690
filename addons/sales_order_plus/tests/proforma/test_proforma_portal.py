import json

from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from ..common import SIGNATURE
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProformaPortal(ProformaCommon, HttpCase):
    """The customer sees, downloads, signs and pays his proformas, and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env.ref("payment.payment_provider_transfer").copy(
            {"state": "test", "company_id": cls.company.id, "is_published": True}
        )
        cls.provider.payment_method_ids = [Command.link(cls.method.id)]

    def setUp(self):
        super().setUp()
        # What is tested is the proforma; booking the money has tests of its own.
        self.patch(
            self.env.registry["payment.transaction"],
            "_create_payment",
            lambda transaction, **values: transaction.env["account.payment"],
        )

    def _login(self):
        self.authenticate(self.portal_user.login, self.portal_user.login)

    def _start_payment(self, proforma, token=None, **values):
        return self.make_jsonrpc_request(
            f"/my/proformas/{proforma.id}/transaction",
            {
                "access_token": token or proforma._portal_ensure_token(),
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": "/my",
                "amount": 0.01,
                **values,
            },
        )

    def test_list(self):
        order = self._new_taxed_order(100.0)
        shown = self._issue(order, percent=30)
        draft = self._create(order, percent=10)
        foreign = self._issue(
            self._new_taxed_order(50.0, partner_id=self.stranger.id), percent=30
        )
        self._login()
        page = self.url_open("/my/proformas").text
        self.assertIn(shown.name, page)
        self.assertIn(order.name, page)
        self.assertNotIn(foreign.name, page)
        self.assertNotIn(draft.display_name, page)
        self.assertNotIn(shown.name, self.url_open("/my/proformas?filterby=paid").text)
        odd = self.url_open("/my/proformas?filterby=x&sortby=%27--")
        self.assertEqual(odd.status_code, 200)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["proforma_count"]}
        )
        self.assertEqual(answer["proforma_count"], 1)

    def test_portal_user_reads_his_own_only(self):
        own = self._issue(self._new_taxed_order(100.0), percent=30)
        foreign = self._issue(
            self._new_taxed_order(50.0, partner_id=self.stranger.id), percent=30
        )
        found = self.env["sales.proforma"].with_user(self.portal_user).search([])
        self.assertIn(own, found)
        self.assertNotIn(foreign, found)
        lines = self.env["sales.proforma.line"].with_user(self.portal_user).search([])
        self.assertEqual(lines.proforma_id, found)
        fields = found.fields_get()
        for name in ("credit_result", "guard_message", "payment_ids", "issued_on"):
            self.assertNotIn(name, fields)

    def test_page_and_pdf_by_token(self):
        proforma = self._issue(self._new_taxed_order(100.0), percent=30)
        page = self.url_open(proforma.get_portal_url())
        self.assertIn(proforma.name, page.text)
        self.assertIn("35.70", page.text)
        self.assertIn('id="pay"', page.text)
        pdf = self.url_open(proforma.get_portal_url(report_type="pdf"))
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        self.assertTrue(pdf.content.startswith(b"%PDF"))

    def test_wrong_token_shows_nothing(self):
        proforma = self._issue(self._new_taxed_order(100.0), percent=30)
        for token in ("", "?access_token=x"):
            page = self.url_open(f"/my/proformas/{proforma.id}{token}")
            self.assertNotIn(proforma.name, page.text)

    def test_draft_is_not_the_customers(self):
        draft = self._create(self._new_taxed_order(100.0), percent=30)
        page = self.url_open(draft.get_portal_url())
        self.assertNotIn("35.70", page.text)

    def test_pay(self):
        order = self._new_taxed_order(
            100.0, require_payment=True, prepayment_percent=0.3
        )
        order.action_quotation_sent()
        proforma = self._issue(order, percent=30)
        values = self._start_payment(proforma)
        transaction = proforma.sudo().transaction_ids
        self.assertEqual(values["reference"], transaction.reference)
        # The page said 0.01: it is the open amount that is paid.
        self.assertRecordValues(
            transaction,
            [{"amount": 35.7, "sale_order_ids": order.ids, "state": "draft"}],
        )
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(proforma.state, "paid")
        self.assertEqual(order.state, "sale")
        page = self.url_open(proforma.get_portal_url()).text
        self.assertIn("this proforma is paid", page)
        self.assertNotIn('id="pay"', page)

    @mute_logger("odoo.http")
    def test_what_cannot_be_paid(self):
        order = self._new_taxed_order(100.0)
        proforma = self._issue(order, percent=30)
        with self.assertRaises(JsonRpcException):
            self._start_payment(proforma, token="x")
        proforma.action_cancel()
        with self.assertRaisesRegex(JsonRpcException, "ProformaError"):
            self._start_payment(proforma)
        expired = self._create(order, percent=30, valid_until="2020-01-01")
        expired.action_issue()
        with self.assertRaisesRegex(JsonRpcException, "ProformaError"):
            self._start_payment(expired)
        self.assertFalse((proforma | expired).sudo().transaction_ids)

    def test_sign(self):
        order = self._new_taxed_order(100.0)
        proforma = self._create(order, percent=30, require_signature=True)
        proforma.action_issue()
        page = self.url_open(proforma.get_portal_url()).text
        self.assertIn('id="sign"', page)
        self.assertNotIn('id="pay"', page)
        url = proforma.get_portal_url(suffix="/accept")
        empty = self.make_jsonrpc_request(url, {"name": "", "signature": SIGNATURE})
        self.assertIn("Name", empty["error"])
        self.make_jsonrpc_request(url, {"name": "Paula", "signature": SIGNATURE})
        evidence = proforma.signature_ids
        self.assertRecordValues(
            evidence,
            [
                {
                    "name": "Paula",
                    "state": "valid",
                    "is_intact": True,
                    "amount_total": 35.7,
                }
            ],
        )
        self.assertEqual(evidence.ip_address, "127.0.0.1")
        self.assertTrue(evidence.user_agent)
        again = self.make_jsonrpc_request(url, {"name": "Eve", "signature": SIGNATURE})
        self.assertIn("error", again)
        self.assertIn('id="pay"', self.url_open(proforma.get_portal_url()).text)

    def test_json_is_plain(self):
        """What the page gives to the payment form can be sent."""
        proforma = self._issue(self._new_taxed_order(100.0), percent=30)
        json.dumps(self._start_payment(proforma))
