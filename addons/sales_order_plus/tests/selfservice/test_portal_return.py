import base64

from odoo.tests import tagged

from ..common import SIGNATURE
from .common import SelfServiceCommon

PHOTO = base64.b64decode(SIGNATURE)


@tagged("post_install", "-at_install")
class TestPortalReturn(SelfServiceCommon):
    """The customer asks to send goods back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["sales.change.policy"].create(
            {
                "name": "Returns",
                "company_id": cls.company.id,
                "return_portal": True,
                "return_days": 14,
            }
        )
        cls.reason = cls.env["sales.return.reason"].create({"name": "Too small"})
        cls.secret = cls.env["sales.return.reason"].create(
            {"name": "Fraud suspected", "portal_visible": False}
        )

    def _delivered(self):
        order = self._confirmed((self.product, 6))
        self._deliver(order, 6)
        return order

    def _wish(self, order, quantity, **values):
        line = order.order_line[:1]
        return {
            f"quantity_{line.id}": quantity,
            "reason_id": self.reason.id,
            "resolution": "refund",
            **values,
        }

    def _send(self, order, files=None, **wish):
        return self._post(order, "/return", step="submit", files=files, **wish)

    def test_form_preview_and_request(self):
        order = self._delivered()
        self.assertIn("o_sales_return", self._browse(self._link(order)).text)
        page = self._browse(self._link(order, "/return"))
        self.assertIn("Too small", page.text)
        self.assertNotIn("Fraud suspected", page.text)
        self.assertIn('max="6.0"', page.text)
        page = self._post(order, "/return", step="preview", **self._wish(order, "2"))
        self.assertIn("o_sales_preview", page.text)
        self.assertFalse(order.sudo().return_ids)
        page = self._send(order, **self._wish(order, "2", note="It pinches"))
        self.assertIn("we have your return", page.text)
        one = order.sudo().return_ids
        self.assertEqual((one.state, one.channel), ("requested", "portal"))
        self.assertEqual(one.line_ids.quantity, 2)
        self.assertEqual(one.note, "It pinches")
        self.assertIn(one.name, page.text)

    def test_more_than_was_delivered(self):
        order = self._delivered()
        self._send(order, **self._wish(order, "4"))
        page = self._send(order, **self._wish(order, "3"))
        self.assertIn("o_sales_error", page.text)
        self.assertEqual(len(order.sudo().return_ids), 1)

    def test_photos_are_kept_and_checked(self):
        order = self._delivered()
        files = [("photos", ("../../evil.html", PHOTO, "image/png"))]
        self._send(order, files=files, **self._wish(order, "1"))
        one = order.sudo().return_ids
        photo = self.env["ir.attachment"].search(
            [("res_model", "=", one._name), ("res_id", "=", one.id)]
        )
        self.assertEqual((photo.name, photo.mimetype), ("photo-1.png", "image/png"))
        files = [("photos", ("a.png", b"<script>x</script>", "image/png"))]
        page = self._send(order, files=files, **self._wish(order, "1"))
        self.assertIn("is no picture", page.text)
        self.assertEqual(len(order.sudo().return_ids), 1)
        files = [("photos", (f"{n}.png", PHOTO, "image/png")) for n in range(5)]
        page = self._send(order, files=files, **self._wish(order, "1"))
        self.assertIn("at most 4", page.text)

    def test_reason_that_is_not_for_customers(self):
        order = self._delivered()
        wish = self._wish(order, "1", reason_id=self.secret.id)
        page = self._send(order, **wish)
        self.assertIn("choose why you send it back", page.text)
        self.assertFalse(order.sudo().return_ids)

    def test_line_of_another_order(self):
        order, other = self._delivered(), self._delivered()
        page = self._send(order, **self._wish(other, "1"))
        self.assertIn("no open line of the order", page.text)

    def test_closed(self):
        order = self._delivered()
        self.policy.return_portal = False
        page = self._browse(self._link(order, "/return"))
        self.assertIn("o_sales_closed", page.text)
        self.assertNotIn("o_sales_return", self._browse(self._link(order)).text)

    def test_program(self):
        order = self._delivered()
        wish = {
            "quantities": {order.order_line.id: 2},
            "reason_id": self.reason.id,
            "resolution": "replacement",
        }
        data = self._call(order, "/return/preview", **wish)
        self.assertEqual(data["lines"][0]["after"], "2 Units")
        self.assertFalse(order.sudo().return_ids)
        data = self._call(order, "/return/submit", **wish)
        self.assertEqual((data["kind"], data["state"]), ("return", "requested"))
        wish["resolution"] = "none"
        data = self._call(order, "/return/submit", **wish)
        self.assertEqual(data["error"]["field"], "resolution")

    def test_he_takes_it_back(self):
        order = self._delivered()
        self._send(order, **self._wish(order, "2"))
        path = f"/requests/return/{order.sudo().return_ids.id}"
        page = self._browse(self._link(order, path))
        self._post(order, f"{path}/withdraw", page)
        self.assertEqual(order.sudo().return_ids.state, "withdrawn")
