from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPortal(BackorderCommon, HttpCase):
    """The customer sees what is still to come, and nothing internal."""

    def setUp(self):
        super().setUp()
        self.portal_user.password = "tsop_portal"
        self.covered = self._new_product("Test Covered", 5.0, is_storable=True)
        self._set_stock(self.covered, 9)
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10), (self.covered, 1))
        self.backorder = self._find(self.order)

    def _get_block(self, url=None):
        response = self.url_open(url or f"/my/orders/{self.order.id}")
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text).xpath("//section[@id='backorders']")

    def _get_text(self, block):
        return " ".join(block[0].text_content().split())

    def test_no_date_yet(self):
        self.authenticate("tsop_portal", "tsop_portal")
        text = self._get_text(self._get_block())
        self.assertIn("Test Gadget", text)
        self.assertIn("6.00", text)
        self.assertIn("no date yet", text)
        self.assertNotIn("Test Covered", text)

    def test_expected_date(self):
        receipt = self._plan_receipt(self.product, 10)
        receipt.move_ids.date = "2031-03-12 12:00:00"
        self._flush()
        self.authenticate("tsop_portal", "tsop_portal")
        text = self._get_text(self._get_block())
        self.assertIn("expected 12 March", text)
        self.assertNotIn(receipt.name, text)

    def test_guess_is_no_promise(self):
        """What is not ordered from the vendor yet has no date for the customer."""
        self._add_vendor(self.product, 7)
        self._refresh()
        self.assertEqual(self.backorder.date_source, "lead_time")
        self.authenticate("tsop_portal", "tsop_portal")
        self.assertIn("no date yet", self._get_text(self._get_block()))

    def test_block_goes_with_the_shortage(self):
        self._receive(self.product, 6)
        self.authenticate("tsop_portal", "tsop_portal")
        self.assertFalse(self._get_block())

    def test_by_access_token(self):
        url = self.order.sudo().get_portal_url()
        self.assertIn("Test Gadget", self._get_text(self._get_block(url)))

    def test_record_rule(self):
        """A colleague of the customer reads it, another customer does not."""
        seen = self.backorder.with_user(self.portal_user)
        self.assertEqual(seen.search([]), seen)
        self.assertEqual((seen.qty_short, seen.state), (6.0, "open"))
        self.assertFalse(seen.customer_date)
        stranger = new_test_user(
            self.env, login="tsbo_foreign", groups="base.group_portal"
        )
        self.assertFalse(self.backorder.with_user(stranger).search([]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.backorder.with_user(stranger).read(["qty_short"])

    def test_internal_fields(self):
        seen = self.backorder.with_user(self.portal_user)
        internal = (
            "priority note date_expected date_source supply supply_note user_id "
            "warehouse_id qty_reserved qty_chained qty_unplanned"
        ).split()
        for name in internal:
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.read([name])
        with self.assertRaises(AccessError):
            self.order.with_user(self.portal_user).read(["backorder_count"])
        with self.assertRaises(AccessError):
            self.order.order_line.with_user(self.portal_user).read(["qty_short"])

    def test_customer_changes_nothing(self):
        seen = self.backorder.with_user(self.portal_user)
        for values in ({"priority": "3"}, {"note": "hurry"}, {"qty_short": 0.0}):
            with self.subTest(**values), self.assertRaises(AccessError):
                seen.write(values)
        self.assertEqual(self.backorder.priority, "1")

    def test_signed_in_the_portal(self):
        """An order that the customer confirms himself gets its record too."""
        order = self._new_order((self.product, 3), require_signature=True)
        order.state = "sent"
        order.with_user(self.portal_user).sudo()._validate_order()
        self._flush()
        self.assertEqual(order.state, "sale")
        self.assertFigures(self._find(order), short=3.0)
