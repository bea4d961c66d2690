from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import ValidationRuleError
from .common import EligibilityCommon, EligibilityPathsCommon

LOG = "odoo.addons.sales_order_plus.models.eligibility.res_partner_address"


class Coder:
    """Odoo's ``base.geocoder`` as far as it is used; counts what it is asked."""

    def __init__(self):
        self.asked = []
        self.down = False
        self.found = (38.8977, -77.0365)

    def geo_query_address(self, **address):
        return ", ".join(value for value in address.values() if value)

    def geo_find(self, text, **options):
        if self.down:
            raise ConnectionError
        self.asked.append(text)
        return self.found


class AddressMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usa = cls.env.ref("base.us")
        cls.usa.write({"zip_required": True, "state_required": True})
        cls.address = {
            "street": "1600 Pennsylvania Avenue",
            "city": "Washington",
            "zip": "20500",
            "state_id": cls.env.ref("base.state_us_9").id,
            "country_id": cls.usa.id,
        }

    def _set_address(self, **values):
        self.customer.write({**self.address, **values})


@tagged("post_install", "-at_install")
class TestAddress(AddressMixin, EligibilityCommon):
    def _get_state(self):
        return self.customer.with_user(self.salesman).address_state

    def test_states_of_an_address(self):
        self.assertEqual(self._get_state(), "unchecked")
        self._set_address(zip=False, state_id=False)
        self.assertEqual(self._get_state(), "incomplete")
        self.assertEqual(self.customer.address_issues, "ZIP, State")
        self._set_address()
        self.assertEqual(self._get_state(), "complete")
        self.assertFalse(self.customer.address_issues)

    def test_confirm_names_what_is_missing(self):
        self._new_check("address")
        self._set_address(zip=False, state_id=False)
        order = self._new_order()
        message = self._assert_refused(order, "address")
        self.assertIn("Test Customer lacks: ZIP, State. Complete the address", message)
        self._set_address()
        self._assert_confirms(order)

    def test_zip_that_is_none(self):
        self._new_check("address")
        order = self._new_order()
        for number in ("2050", "20500-1", "K1A 0B1"):
            self._set_address(zip=number)
            message = self._assert_refused(order, "address")
            self.assertIn("ZIP (such as 20500)", message)
        self._set_address(zip="20500-0003")
        self._assert_confirms(order)

    def test_format_of_a_manager(self):
        formats = self.env["sales.address.rule"].with_user(self.manager)
        malta = self.env.ref("base.mt")
        self._set_address(country_id=malta.id, zip="1234", state_id=False)
        self.assertEqual(self._get_state(), "complete")
        row = formats.create(
            {
                "country_id": malta.id,
                "zip_regex": r"[A-Z]{3} \d{4}",
                "zip_example": "VLT 1117",
            }
        )
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.address_issues, "ZIP (such as VLT 1117)")
        for pattern in ("[A-Z", r"\d{9}"):
            with self.assertRaises(ValidationRuleError), self.cr.savepoint():
                row.zip_regex = pattern


@tagged("post_install", "-at_install")
class TestGeocode(AddressMixin, EligibilityCommon):
    def setUp(self):
        super().setUp()
        self.coder = Coder()
        self.patch(
            self.env.registry["res.partner"], "_get_geocoder", lambda model: self.coder
        )
        others = [("id", "not in", self.customer.ids), ("street", "!=", False)]
        partners = self.env["res.partner"].with_context(active_test=False)
        partners.search(others).write({"geocode_state": "failed"})
        self._set_cap(5)
        self._set_address()

    def _set_cap(self, cap):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("sales_order_plus.geocode_daily_cap", cap)

    def _run(self):
        self.env.ref("sales_order_plus.ir_cron_geocode").method_direct_trigger()
        self.env.invalidate_all()

    def test_found_once(self):
        self._run()
        self.assertRecordValues(
            self.customer,
            [
                {
                    "address_state": "geocoded",
                    "partner_latitude": 38.8977,
                    "partner_longitude": -77.0365,
                }
            ],
        )
        self.assertIn("Washington", self.coder.asked[0])
        self._run()
        # Written again as it was: known already.
        self._set_address()
        self.assertEqual(self.customer.address_state, "complete")
        self._run()
        self.assertEqual(self.customer.address_state, "geocoded")
        self.assertEqual(len(self.coder.asked), 1)
        self._set_address(street="1 Main Street")
        self._run()
        self.assertEqual(len(self.coder.asked), 2)

    def test_not_found_stops_no_order(self):
        self._new_check("address")
        self.coder.found = None
        self._run()
        self.assertEqual(self.customer.address_state, "failed")
        self._assert_confirms(self._new_order())

    def test_provider_down(self):
        self._new_check("address")
        self.coder.down = True
        with mute_logger(LOG):
            self._run()
        self.assertEqual(self.customer.address_state, "complete")
        self._assert_confirms(self._new_order())
        self.coder.down = False
        self._run()
        self.assertEqual(self.customer.address_state, "geocoded")

    def test_at_most_so_many_a_day(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"T {number}", **self.address, "street": f"{number} Main St"}
                for number in range(3)
            ]
        )
        self._set_cap(2)
        with freeze_time("2026-03-02 09:00:00"):
            self._run()
            self._run()
        self.assertEqual(len(self.coder.asked), 2)
        with freeze_time("2026-03-03 09:00:00"):
            self._run()
        with freeze_time("2026-03-04 09:00:00"):
            self._run()
        # Contacts of one address are asked for once.
        self.assertEqual(len(self.coder.asked), 4)
        states = (partners | self.customer).mapped("address_state")
        self.assertEqual(set(states), {"geocoded"})

    def test_nothing_is_asked_without_a_cap_or_an_address(self):
        self._set_cap(0)
        self._run()
        self._set_cap(5)
        self._set_address(zip=False)
        self._run()
        self.assertFalse(self.coder.asked)

    def test_without_odoos_geolocation(self):
        self.coder = None
        self._run()
        self.assertEqual(self.customer.address_state, "complete")


@tagged("post_install", "-at_install")
class TestAddressPaths(AddressMixin, EligibilityPathsCommon):
    @mute_logger("odoo.http")
    def test_portal_payment_and_rpc(self):
        self._new_check("address")
        self._set_address(zip=False, state_id=False)
        signed = self._new_quotation(require_signature=True)
        self._sign(signed)
        paid = self._new_quotation(require_signature=False)
        paid.require_payment = True
        self._pay_order(paid)._post_process()
        for order in (signed, paid):
            self.assertEqual(order.state, "sent")
            self.assertIn("ZIP, State", order.hold_reason)
        answer = self._confirm_over_json2(self._new_quotation())
        self.assertEqual(answer.status_code, 422)
        self.assertIn("ZIP, State", answer.json()["message"])
