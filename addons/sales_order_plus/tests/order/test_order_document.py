import base64
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...exceptions import GuardError
from ...models.order import sales_order_document
from .common_order import OrderCommon

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 64


@tagged("post_install", "-at_install")
class TestOrderDocument(OrderCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.order = self._new_order((self.service, 1))
        self.order.action_quotation_sent()
        self.order.sudo().partner_id = self.portal_user.partner_id
        self.order.sudo().message_subscribe(self.portal_user.partner_id.ids)
        self.order.sudo()._portal_ensure_token()
        self.env.flush_all()

    def _add(self, order, **values):
        vals = {
            "order_id": order.id,
            "name": "contract.pdf",
            "file": base64.b64encode(PDF),
            **values,
        }
        return self.env["sales.order.document"].with_user(self.salesman).create(vals)

    def _post(self, name, content, order=None):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        order = order or self.order
        page = self.url_open(f"/my/orders/{self.order.id}")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        return self.url_open(
            f"/my/orders/{order.id}/documents",
            data={"csrf_token": token},
            files={"file": (name, content)},
        )

    def test_customer_sends_his_purchase_order(self):
        page = self._post("po4711.pdf", PDF)
        self.assertEqual(page.status_code, 200)
        self.assertTrue("po4711.pdf" in page.text)
        document = self.order.document_ids
        self.assertRecordValues(
            document,
            [
                {
                    "name": "po4711.pdf",
                    "kind": "po",
                    "visibility": "both",
                    "uploaded_by": self.portal_user.partner_id.id,
                }
            ],
        )
        self.assertEqual(base64.b64decode(document.file), PDF)
        url = f"/my/orders/{self.order.id}/documents/{document.id}"
        self.assertEqual(self.url_open(url).content, PDF)

    def test_program_is_refused_whatever_its_name(self):
        for name in ("virus.exe", "virus.pdf"):
            page = self._post(name, EXE)
            self.assertTrue("files of this kind are not taken" in page.text)
        self.assertFalse(self.order.document_ids)

    def test_too_large_a_file_is_refused(self):
        with (
            patch.object(sales_order_document, "MAX_UPLOAD", 1024),
            patch(
                "odoo.addons.sales_order_plus.controllers.order.portal.MAX_UPLOAD", 1024
            ),
        ):
            page = self._post("big.pdf", PDF + b" " * 1024)
        self.assertTrue("the file is larger" in page.text)
        self.assertFalse(self.order.document_ids)

    def test_internal_document_stays_inside(self):
        """Not by our route, not by Odoo's, not by its id."""
        contract = self._add(self.order)
        page = self._post("po.pdf", PDF)
        self.assertNotIn("contract.pdf", page.text)
        for url in (
            f"/my/orders/{self.order.id}/documents/{contract.id}",
            f"/web/content/sales.order.document/{contract.id}/file",
        ):
            self.assertNotEqual(self.url_open(url).status_code, 200, url)
        with self.assertRaises(AccessError):
            contract.with_user(self.portal_user).read(["file"])

    def test_document_of_another_order(self):
        somebody = self.env["res.partner"].create({"name": "Somebody"})
        other = self._new_order(partner_id=somebody.id)
        shared = self._add(other, visibility="both")
        self.authenticate(self.portal_user.login, self.portal_user.login)
        url = f"/my/orders/{self.order.id}/documents/{shared.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        self._post("po.pdf", PDF, order=other)
        self.assertEqual(other.document_ids, shared)

    def test_type_needs_a_purchase_order(self):
        rush = self._new_type(required_document="po")
        order = self._new_order((self.service, 1), order_type_id=rush.id)
        with self.assertRaisesRegex(GuardError, "Purchase order"):
            order.action_confirm()
        self._add(order, kind="contract")
        with self.assertRaises(GuardError):
            order.action_confirm()
        self._add(order, kind="po")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_colleagues_see_documents_of_their_orders_only(self):
        order = self._new_order(user=self.colleague)
        document = self.env["sales.order.document"].create(
            {"order_id": order.id, "name": "x", "file": base64.b64encode(PDF)}
        )
        with self.assertRaises(AccessError):
            document.with_user(self.salesman).read(["name"])

    def test_stage_in_the_list_of_the_customer(self):
        self.order.action_confirm()
        self.env.flush_all()
        self.authenticate(self.portal_user.login, self.portal_user.login)
        page = self.url_open("/my/orders")
        # In words of the customer: for him an approved order is a confirmed one.
        self.assertRegex(page.text, r"(?s)o_sales_stage.{1,200}>\s*Confirmed")

    def test_notes_are_not_on_the_page(self):
        self.order.internal_note = "<p>never-to-be-seen</p>"
        self.order.with_user(self.manager).restricted_note = "<p>never-either</p>"
        self.env.flush_all()
        self.authenticate(self.portal_user.login, self.portal_user.login)
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertIn(self.order.name, page.text)
        self.assertNotIn("never-", page.text)
