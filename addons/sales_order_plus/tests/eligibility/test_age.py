import re

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ...exceptions import AgeError, DecisionError, GuardError
from .common import EligibilityCommon, EligibilityPathsCommon

TODAY = "2026-03-02 12:00:00"


class AgeMixin:
    """Wine, for adults only, in some countries from another age on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wine = cls._new_product("Wine", 15, type="service", min_age=18)
        cls.customer.write({"country_id": cls.env.ref("base.be").id, "tz": "UTC"})

    def setUp(self):
        super().setUp()
        self._new_check("age_verification")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAge(AgeMixin, EligibilityCommon):
    def _verify(self, birthdate, partner=None):
        officers = (partner or self.customer).with_user(self.officer)
        officers.birthdate = birthdate
        officers.action_verify_age()

    def test_unverified_then_adult(self):
        order = self._new_order((self.wine, 1), (self.service, 1))
        message = self._assert_refused(order, "age_verification")
        self.assertIn("Test Customer has to be 18 years old for Wine", message)
        self._verify("2008-03-02")
        self._assert_confirms(order)
        self.assertRecordValues(
            self.customer,
            [
                {
                    "age_verification_method": "document",
                    "age_verified_by_id": self.officer.id,
                }
            ],
        )

    def test_one_day_too_young(self):
        self._verify("2008-03-03")
        order = self._new_order((self.wine, 1))
        self._assert_refused(order, "age_verification")
        with freeze_time("2026-03-03 12:00:00"):
            self._assert_confirms(order)

    def test_known_but_not_verified(self):
        self.customer.with_user(self.officer).birthdate = "1980-01-01"
        order = self._new_order((self.wine, 1))
        self._assert_refused(order, "age_verification")

    def test_other_date_is_another_claim(self):
        self._verify("1980-01-01")
        self.customer.with_user(self.officer).birthdate = "1981-01-01"
        self.assertFalse(self.customer.age_verified_on)

    def test_age_of_the_country(self):
        self.wine.age_limit_ids = [
            (0, 0, {"country_id": self.env.ref("base.us").id, "min_age": 21}),
            (0, 0, {"country_id": self.env.ref("base.de").id, "min_age": 0}),
        ]
        self._verify("2006-01-01")
        self._assert_confirms(self._new_order((self.wine, 1)))
        self.customer.country_id = self.env.ref("base.us")
        order = self._new_order((self.wine, 1))
        self.assertIn("21 years", self._assert_refused(order, "age_verification"))
        self.customer.country_id = self.env.ref("base.de")
        self.customer.with_user(self.officer).birthdate = False
        self._assert_confirms(self._new_order((self.wine, 1)))

    def test_anybody_of_a_company(self):
        self.customer.is_company = True
        order = self._new_order((self.wine, 1))
        self._assert_refused(order, "age_verification")
        self._verify("1980-01-01", self.portal_user.partner_id)
        self._assert_confirms(order)

    def test_secret_and_decided_by_an_officer(self):
        self._verify("1980-01-01")
        own = self.customer.with_user(self.salesman)
        with self.assertRaises(AccessError):
            own.read(["birthdate"])
        with self.assertRaises(DecisionError):
            own.age_verified_on = "2026-01-01"
        with self.assertRaises(DecisionError):
            own.action_verify_age()
        partner = self.portal_user.partner_id
        with self.assertRaises(AccessError):
            partner.with_user(self.portal_user).read(["age_verified_on"])
        with self.assertRaises(AgeError):
            partner.with_user(self.officer).action_verify_age()
        with self.assertRaises(AgeError):
            partner.with_user(self.officer).birthdate = "2027-01-01"


@tagged("post_install", "-at_install")
class TestAgePortal(AgeMixin, EligibilityPathsCommon):
    """The customer is asked before he accepts."""

    def setUp(self):
        super().setUp()
        self.order = self._new_quotation((self.wine, 1), require_signature=True)

    def _get_csrf(self):
        """Return the token of the form on the page."""
        page = self.url_open(self.order.get_portal_url()).text
        form = page.split("o_sales_birthdate")[1]
        return re.search(r'name="csrf_token" value="([^"]+)"', form)[1]

    def _give(self, birthdate):
        """Send the form of the page; return the page that follows."""
        token = self._get_csrf()
        answer = self.url_open(
            f"/my/orders/{self.order.id}/birthdate"
            f"?access_token={self.order.sudo().access_token}",
            data={"csrf_token": token, "birthdate": birthdate},
        )
        self.env.invalidate_all()
        return answer.text

    def test_accept_asks_first(self):
        answer = self._sign(self.order)
        self.assertIn("18 years", answer["error"])
        self.assertRecordValues(self.order, [{"state": "sent", "signed_by": False}])
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn('name="birthdate"', page)
        self.assertNotIn('id="accept"', page)

    def test_adult_passes_and_it_is_kept(self):
        page = self._give("1980-05-17")
        self.assertIn("You can accept the order now", page)
        self.assertIn('id="accept"', page)
        self.assertNotIn('name="birthdate"', page)
        self._sign(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertRecordValues(
            self.customer,
            [
                {
                    "birthdate": self.env["res.partner"]
                    ._fields["birthdate"]
                    .to_date("1980-05-17"),
                    "age_verification_method": "birthdate",
                    "age_verified_by_id": False,
                }
            ],
        )
        self.assertTrue(self.customer.age_verified_on)
        again = self._new_quotation((self.wine, 1), require_signature=True)
        self._sign(again)
        self.assertEqual(again.state, "sale")

    def test_under_age_is_refused_and_cannot_try_again(self):
        page = self._give("2020-05-17")
        self.assertIn("You have to be 18 years old", page)
        self.assertFalse(self.customer.age_verified_on)
        page = self._give("1980-05-17")
        self.assertIn("not the date of birth we know", page)
        self.assertIn("error", self._sign(self.order))
        self.assertEqual(self.order.state, "sent")

    def test_nonsense(self):
        for text in ("", "yesterday", "1700-01-01", "2999-01-01"):
            self.assertIn("give the day you were born", self._give(text))
        self.assertFalse(self.customer.birthdate)

    def test_person_who_acts_for_a_company(self):
        self.customer.is_company = True
        self.portal_user.password = "tsop_portal"
        self.authenticate("tsop_portal", "tsop_portal")
        self._give("1980-05-17")
        self.assertFalse(self.customer.birthdate)
        self.assertTrue(self.portal_user.partner_id.age_verified_on)
        self._sign(self.order)
        self.assertEqual(self.order.state, "sale")

    def test_visitor_who_acts_for_a_company(self):
        self.customer.is_company = True
        self._give("2020-05-17")
        self.assertRecordValues(
            self.customer, [{"birthdate": False, "age_verified_on": False}]
        )
        self._give("1980-05-17")
        self._sign(self.order)
        self.assertEqual(self.order.state, "sale")

    def test_somebody_without_the_link(self):
        answer = self.url_open(
            f"/my/orders/{self.order.id}/birthdate",
            data={"csrf_token": self._get_csrf(), "birthdate": "1980-05-17"},
        )
        self.assertNotIn(self.order.name, answer.text)
        self.assertFalse(self.customer.birthdate)

    def test_payment(self):
        self.order.write({"require_signature": False, "require_payment": True})
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                f"/my/orders/{self.order.id}/transaction",
                {"access_token": self.order._portal_ensure_token()},
            )
        self._pay_order(self.order)._post_process()
        self.assertEqual(self.order.state, "sent")
        self.assertIn("18 years", self.order.hold_reason)

    @mute_logger("odoo.http")
    def test_rpc(self):
        with self.assertRaises(GuardError), self.cr.savepoint():
            self.order.write({"state": "sale"})
        self.assertEqual(self._confirm_over_json2(self.order).status_code, 422)

    def test_orders_without_such_goods(self):
        order = self._new_quotation(require_signature=True)
        page = self.url_open(order.get_portal_url()).text
        self.assertNotIn('name="birthdate"', page)
        self._sign(order)
        self.assertEqual(order.state, "sale")
