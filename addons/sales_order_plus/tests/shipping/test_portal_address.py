import json

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ShippingCommon


@tagged("post_install", "-at_install")
class TestPortalAddress(ShippingCommon, HttpCase):
    """The customer says on his address form what the driver must know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user.write({"password": "tsop_portal"})
        cls.address = cls.env["res.partner"].create(
            {
                "name": "Shop North",
                "type": "delivery",
                "parent_id": cls.customer.id,
                "email": "shop@test.example",
                "phone": "+32 2 000 00 00",
                "street": "1 Main St",
                "city": "Brussels",
                "zip": "1000",
                "country_id": cls.env.ref("base.be").id,
            }
        )

    def setUp(self):
        super().setUp()
        self.authenticate("tsop_portal", "tsop_portal")

    def _open(self):
        return self.url_open(
            f"/my/address?partner_id={self.address.id}&address_type=delivery"
        ).text

    def test_nothing_of_ours_has_to_be_filled_in(self):
        """The form marks each label with a star that does not say it is optional."""
        page = html.fromstring(self._open())
        for name in ("address_kind", "delivery_preference", "delivery_access_code"):
            (field,) = page.xpath(f"//*[@name='{name}']")
            (label,) = page.xpath(f"//label[@for='{field.get('id')}']")
            self.assertIn("label-optional", label.get("class"))
        (legend,) = page.xpath("//fieldset/legend")
        self.assertIn("label-optional", legend.get("class"))

    def _submit(self, **values):
        page = self._open()
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        address = self.address
        answer = self.url_open(
            "/my/address/submit",
            data={
                "csrf_token": token,
                "partner_id": address.id,
                "address_type": "delivery",
                "name": address.name,
                "email": address.email,
                "phone": address.phone,
                "street": address.street,
                "city": address.city,
                "zip": address.zip,
                "country_id": address.country_id.id,
                "delivery_windows": "1",
                **values,
            },
        )
        self.address.invalidate_recordset()
        return answer

    def _get_windows(self):
        windows = self.address.delivery_window_ids
        return [(one.weekday, one.hour_from, one.hour_to) for one in windows]

    def test_from_the_form_to_the_slip(self):
        page = self._open()
        for name in ("address_kind", "delivery_preference", "window_from_0"):
            self.assertIn(f'name="{name}"', page)
        answer = self._submit(
            address_kind="residential",
            delivery_preference="leave_at_door",
            delivery_access_code="4711#",
            delivery_instructions="Second gate",
            window_from_0="08:00",
            window_to_0="12:30",
        )
        self.assertNotIn("messages", json.loads(answer.text))
        self.assertRecordValues(
            self.address,
            [
                {
                    "address_kind": "residential",
                    "delivery_preference": "leave_at_door",
                    "delivery_access_code": "4711#",
                    "delivery_instructions": "Second gate",
                }
            ],
        )
        self.assertEqual(self._get_windows(), [("0", 8, 12.5)])
        order = self._new_order((self.product, 1), partner_shipping_id=self.address.id)
        order.action_confirm()
        picking = order.sudo().picking_ids.with_user(self.storeman)
        self.assertEqual(picking.delivery_windows, "Monday 08:00-12:30")
        self.assertEqual(picking.delivery_access_code, "4711#")
        for_customer = self._render("stock.action_report_delivery", picking)
        for_us = self._render("stock.action_report_picking", picking)
        for sheet in (for_customer, for_us):
            for text in ("Residential", "Leave at the door", "Monday 08:00-12:30"):
                self.assertIn(text, sheet)
        self.assertIn("4711#", for_us)
        self.assertNotIn("4711#", for_customer)
        self.assertNotIn("4711#", self._render("sale.action_report_saleorder", order))
        self.assertNotIn("4711#", self._open())

    def _render(self, report, records):
        reports = self.env["ir.actions.report"].with_user(records.env.user)
        return reports._render_qweb_html(report, records.ids)[0].decode()

    def test_saved_again_without_a_change(self):
        self.address.write({"delivery_access_code": "4711#"})
        self.env["sales.delivery.window"].create(
            [
                {"partner_id": self.address.id, "weekday": day, "hour_from": begin}
                for day, begin in (("0", 8), ("0", 13), ("3", 9))
            ]
        )
        before = self.address.delivery_window_ids
        page = self._open()
        self.assertIn('value="08:00"', page)
        self._submit(
            window_from_0="08:00",
            window_to_0="17:00",
            window_from_3="09:00",
            window_to_3="17:00",
        )
        self.assertEqual(self.address.delivery_window_ids, before)
        self.assertEqual(self.address.delivery_access_code, "4711#")
        self._submit(window_from_3="10:00", window_to_3="17:00", forget_access_code="1")
        self.assertEqual(self._get_windows(), [("3", 10, 17)])
        self.assertFalse(self.address.delivery_access_code)

    def test_a_form_without_windows_keeps_them(self):
        window = self.env["sales.delivery.window"].create(
            {"partner_id": self.address.id}
        )
        self._submit(delivery_windows="", street="2 Main St")
        self.assertEqual(self.address.street, "2 Main St")
        self.assertEqual(self.address.delivery_window_ids, window)

    def test_wrong_times(self):
        for begin, end in (("12:00", "08:00"), ("08:00", ""), ("25:00", "26:00")):
            with self.subTest(begin=begin, end=end):
                answer = self._submit(
                    street="9 Other St", window_from_2=begin, window_to_2=end
                )
                feedback = json.loads(answer.text)
                self.assertIn("window_from_2", feedback["invalid_fields"])
                self.assertIn("both times", feedback["messages"][0])
        self.assertEqual(self.address.street, "1 Main St")
        self.assertFalse(self.address.delivery_window_ids)

    @mute_logger("odoo.http")
    def test_values_the_form_does_not_offer(self):
        self._submit(address_kind="castle")
        self._submit(delivery_access_code="x" * 65)
        self.assertFalse(self.address.address_kind)
        self.assertFalse(self.address.delivery_access_code)

    def test_code_is_not_readable_by_customers(self):
        self.address.delivery_access_code = "4711#"
        with self.assertRaises(AccessError):
            self.address.with_user(self.portal_user).read(["delivery_access_code"])

    @mute_logger("odoo.http")
    def test_foreign_address(self):
        foreign = self.env["res.partner"].create({"name": "Foreign"})
        self._submit(partner_id=foreign.id, delivery_access_code="0")
        self.assertFalse(foreign.delivery_access_code)
