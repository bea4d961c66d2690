from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import DeliveryError
from .common import ShippingCommon


@tagged("post_install", "-at_install")
class TestDeliveryHints(ShippingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {
                "address_kind": "residential",
                "delivery_preference": "leave_at_door",
                "delivery_access_code": "4711#",
                "delivery_instructions": "Second gate",
            }
        )
        cls.fragile = cls.env["sales.handling.tag"].create({"name": "Very fragile"})

    def setUp(self):
        super().setUp()
        self.order = self._new_order(
            (self.product, 1), handling_tag_ids=self.fragile.ids
        )

    def _get_picking(self):
        return self.order.sudo().picking_ids.with_user(self.storeman)

    def _render(self, report):
        return (
            self.env["ir.actions.report"]
            .with_user(self.storeman)
            ._render_qweb_html(report, self._get_picking().ids)[0]
            .decode()
        )

    def _post(self, path, **data):
        page = self.url_open(self.order.get_portal_url()).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/my/orders/{self.order.id}/{path}",
            data={
                "csrf_token": token,
                "access_token": self.order.access_token,
                **data,
            },
        )

    def test_from_address_to_transfer_and_slip(self):
        self.assertEqual(self.order.delivery_instructions, "Second gate")
        self.order.action_confirm()
        picking = self._get_picking()
        self.assertRecordValues(
            picking,
            [
                {
                    "delivery_instructions": "Second gate",
                    "handling_tag_ids": self.fragile.ids,
                    "delivery_preference": "leave_at_door",
                }
            ],
        )
        slip = self._render("stock.action_report_delivery")
        for text in ("Second gate", "Very fragile", "Leave at the door", "Residential"):
            self.assertIn(text, slip)

    def test_access_code_is_on_the_internal_sheet_only(self):
        self.order.action_confirm()
        self.assertIn("4711#", self._render("stock.action_report_picking"))
        # The customer may download this one from his page.
        self.assertNotIn("4711#", self._render("stock.action_report_delivery"))
        self.assertNotIn("4711#", self.url_open(self.order.get_portal_url()).text)
        with self.assertRaises(AccessError):
            self.portal_user.partner_id.with_user(self.portal_user).read(
                ["delivery_access_code"]
            )

    def test_three_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.order.action_confirm()
        pickings = self._get_picking()
        self.assertEqual(set(pickings.mapped("delivery_instructions")), {"Second gate"})

    def test_changed_after_confirmation(self):
        self.order.action_confirm()
        self.order.delivery_instructions = "Ring twice"
        picking = self._get_picking()
        self.assertEqual(picking.delivery_instructions, "Ring twice")
        self.assertIn("Ring twice", picking.message_ids[0].body)

    def test_nothing_changes_after_shipping(self):
        self._ship(self.order)
        with self.assertRaisesRegex(DeliveryError, "Delivery Instructions"):
            self.order.delivery_instructions = "Too late"
        self.assertEqual(self._get_picking().delivery_instructions, "Second gate")

    def test_customer_changes_instructions(self):
        self.order.action_confirm()
        self._post("instructions", instructions="Blue door")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.delivery_instructions, "Blue door")
        self.assertEqual(self._get_picking().delivery_instructions, "Blue door")
        bodies = "".join(self.order.message_ids.mapped("body"))
        self.assertIn("Blue door", bodies)

    def test_customer_is_late(self):
        self._ship(self.order)
        page = self._post("instructions", instructions="Blue door").text
        self.assertIn("were not saved", page)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.delivery_instructions, "Second gate")
        self.assertNotIn("Save instructions", page)

    @mute_logger("odoo.http")
    def test_instructions_need_token_and_csrf(self):
        self.order._portal_ensure_token()
        url = f"/my/orders/{self.order.id}/instructions"
        answer = self.url_open(url, data={"access_token": self.order.access_token})
        self.assertEqual(answer.status_code, 400)
        self._post("instructions", access_token="wrong", instructions="Hacked")
        self.order.invalidate_recordset()
        self.assertEqual(self.order.delivery_instructions, "Second gate")


@tagged("post_install", "-at_install")
class TestInvoiceAddress(ShippingCommon, HttpCase):
    """The customer chooses among his own invoice addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.env["res.partner"].create(
            [
                {"name": name, "type": "invoice", "parent_id": cls.customer.id}
                for name in ("Bills North", "Bills South")
            ]
        )
        cls.foreign = cls.env["res.partner"].create({"name": "Foreign Co"})

    def setUp(self):
        super().setUp()
        self.order = self._new_order(
            (self.service, 1), partner_invoice_id=self.first.id
        )
        self.order.action_quotation_sent()

    def _choose(self, partner):
        page = self.url_open(self.order.get_portal_url()).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.url_open(
            f"/my/orders/{self.order.id}/address",
            data={
                "csrf_token": token,
                "access_token": self.order.access_token,
                "partner_id": partner.id,
            },
        )
        self.order.invalidate_recordset()
        return page, answer

    def test_offered_if_there_are_several(self):
        addresses = self.first | self.second
        self.assertTrue(self.order._has_invoice_choice())
        addresses.active = False
        self.assertFalse(self.order._has_invoice_choice())
        self.assertEqual(self.order._get_invoice_addresses(), self.customer)
        self.second.write({"active": True, "type": "delivery"})
        self.assertFalse(self.order._has_invoice_choice())
        self.order.partner_id = self.second
        self.assertTrue(self.order._has_invoice_choice())
        self.assertEqual(len(self.order._get_invoice_addresses()), 2)

    def test_second_address(self):
        page, _answer = self._choose(self.second)
        self.assertIn("Bills South", page)
        self.assertNotIn("Foreign Co", page)
        self.assertEqual(self.order.partner_invoice_id, self.second)
        self.order.action_confirm()
        invoice = self.order.sudo()._create_invoices()
        self.assertEqual(invoice.partner_id, self.second)

    @mute_logger("odoo.http")
    def test_foreign_address(self):
        _page, answer = self._choose(self.foreign)
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.order.partner_invoice_id, self.first)

    @mute_logger("odoo.http")
    def test_not_after_confirmation(self):
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("Use this address", page)
        self.order.action_confirm()
        self.assertNotIn(
            "Use this address", self.url_open(self.order.get_portal_url()).text
        )
