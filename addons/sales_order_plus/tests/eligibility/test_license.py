from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import DecisionError, GuardError, LicenseError, OwnFieldError
from .common import EligibilityCommon, EligibilityPathsCommon

TODAY = "2026-03-02 09:00:00"


class LicenseMixin:
    """A product that pharmacies alone may buy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = (
            cls.env["sales.license.type"]
            .with_user(cls.officer)
            .create({"name": "Pharma", "code": "T_PHARMA"})
        )
        cls.medicine = cls._new_product(
            "Medicine", 20, type="service", license_type_ids=cls.kind.ids
        )

    def _new_license(self, number="P-1", verified=True, **values):
        one = (
            self.env["sales.partner.license"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.customer.id,
                    "license_type_id": self.kind.id,
                    "number": number,
                    "valid_from": "2026-01-01",
                    "valid_to": "2026-12-31",
                    **values,
                }
            )
        )
        if verified:
            one.with_user(self.officer).action_verify()
        return one


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLicense(LicenseMixin, EligibilityCommon):
    def setUp(self):
        super().setUp()
        self._new_check("license_valid")

    def _refuse(self, **values):
        return self._assert_refused(
            self._new_order((self.medicine, 1), **values), "license_valid"
        )

    def test_none_then_unverified_then_verified(self):
        order = self._new_order((self.medicine, 1), (self.service, 1))
        message = self._assert_refused(order, "license_valid")
        self.assertIn("Medicine is sold only with the licence Pharma", message)
        self.assertIn("Test Customer has none", message)
        one = self._new_license(verified=False)
        message = self._assert_refused(order, "license_valid")
        self.assertIn("P-1 is not verified", message)
        one.with_user(self.officer).action_verify()
        self._assert_confirms(order)

    def test_ended(self):
        self._new_license(valid_to="2026-03-31")
        with freeze_time("2026-04-01 09:00:00"):
            self.assertIn("P-1 ends on 2026-03-31", self._refuse())

    def test_delivery_after_the_end_and_before_the_begin(self):
        self._new_license(valid_to="2026-03-31")
        message = self._refuse(commitment_date="2026-04-10 09:00:00")
        self.assertIn("delivery is on 2026-04-10", message)
        order = self._new_order(
            (self.medicine, 1), commitment_date="2026-03-31 09:00:00"
        )
        self._assert_confirms(order)
        self._new_license("P-2", valid_from="2026-04-01")
        self._assert_confirms(
            self._new_order((self.medicine, 1), commitment_date="2026-04-10 09:00:00")
        )

    def test_last_day_in_the_zone_of_the_order(self):
        self._new_license(valid_to="2026-03-31")
        self.customer.tz = "America/New_York"
        # Still the 31st over there.
        order = self._new_order(
            (self.medicine, 1), commitment_date="2026-04-01 02:00:00"
        )
        self._assert_confirms(order)

    def test_line_with_a_day_of_its_own(self):
        self._new_license(valid_to="2026-03-31")
        order = self._new_order((self.medicine, 1))
        order.order_line.requested_date = "2026-04-02"
        self._assert_refused(order, "license_valid")

    def test_other_country_or_product(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        one = self._new_license(country_ids=belgium.ids)
        self.customer.country_id = france
        self.assertIn("P-1 is not for this country", self._refuse())
        self.customer.country_id = belgium
        officers = one.with_user(self.officer)
        officers.product_tmpl_ids = self.service.product_tmpl_id
        self.assertIn("P-1 is not for this product", self._refuse())
        above = self.env["product.category"].create({"name": "Health"})
        self.medicine.categ_id = above.create({"name": "Rx", "parent_id": above.id})
        officers.categ_ids = above
        self._assert_confirms(self._new_order((self.medicine, 1)))

    def test_every_type_is_needed(self):
        other = self.kind.create({"name": "Export", "code": "T_EXP"})
        self.medicine.license_type_ids += other
        self._new_license()
        message = self._refuse()
        self.assertIn("Export", message)
        self.assertNotIn("Pharma", message)

    def test_rule_for_one_category_only(self):
        rule = self.env["sales.validation.rule"].search(
            [("code", "=", "license_valid")]
        )
        category = self.env["product.category"].create({"name": "Rx"})
        rule.categ_ids = category
        self._assert_confirms(self._new_order((self.medicine, 1)))
        self.service.categ_id = category
        self._assert_confirms(self._new_order((self.medicine, 1), (self.service, 1)))
        self.medicine.categ_id = category
        self._refuse()

    def test_of_a_contact_counts_for_his_company(self):
        self._new_license(partner_id=self.portal_user.partner_id.id)
        self._assert_confirms(self._new_order((self.medicine, 1)))

    def test_of_somebody_else_does_not(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._new_license(partner_id=stranger.id)
        self._refuse()

    def test_verified_by_an_officer_alone(self):
        one = self._new_license(verified=False)
        with self.assertRaises(DecisionError):
            one.action_verify()
        for lie in ({"state": "verified"}, {"verified_by_id": self.officer.id}):
            with self.assertRaises(OwnFieldError):
                one.write(lie)
        with self.assertRaises(OwnFieldError):
            self._new_license("P-9", verified=False, state="verified")
        one.number = "P-7"
        one.with_user(self.officer).action_verify()
        self.assertRecordValues(
            one, [{"state": "verified", "verified_by_id": self.officer.id}]
        )
        with self.assertRaises(DecisionError):
            one.valid_to = "2030-01-01"
        with self.assertRaises(AccessError):
            one.unlink()

    def test_ended_ones_are_not_verified(self):
        with self.assertRaises(LicenseError):
            self._new_license(valid_to="2026-03-01")


@tagged("post_install", "-at_install")
class TestLicenseExpiry(LicenseMixin, EligibilityCommon):
    def _run(self):
        """Run the cron and return the mails it made."""
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        cron = self.env.ref("sales_order_plus.ir_cron_license_expire")
        cron.method_direct_trigger()
        return mails.search([]) - before

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.user_id = cls.salesman

    def test_reminded_once(self):
        with freeze_time(TODAY):
            one = self._new_license(valid_to="2026-04-30")
            later = self._new_license("P-2", valid_to="2026-12-31")
        with freeze_time("2026-03-30 09:00:00"):
            self.assertFalse(self._run())
        with freeze_time("2026-03-31 09:00:00"):
            mail = self._run()
            self.assertEqual(len(mail), 1)
            self.assertEqual(mail.recipient_ids, self.customer)
            self.assertIn("P-1", mail.subject)
            self.assertFalse(self._run())
        with freeze_time("2026-04-15 09:00:00"):
            self.assertFalse(self._run())
        self.assertFalse(later.reminded_for)
        # A new end is reminded of anew.
        one.with_user(self.officer).valid_to = "2027-04-30"
        with freeze_time("2027-04-01 09:00:00"):
            self.assertIn("P-1", self._run().mapped("subject")[-1])

    def test_ended(self):
        with freeze_time(TODAY):
            one = self._new_license(valid_to="2026-03-31")
        with freeze_time("2026-03-31 09:00:00"):
            self._run()
            self.assertEqual(one.state, "verified")
        with freeze_time("2026-04-01 09:00:00"):
            self._run()
            self.assertEqual(one.state, "expired")

    def test_unverified_ones_are_left_alone(self):
        with freeze_time(TODAY):
            self._new_license(valid_to="2026-03-20", verified=False)
            self.assertFalse(self._run())


@tagged("post_install", "-at_install")
class TestLicensePaths(LicenseMixin, EligibilityPathsCommon):
    def setUp(self):
        super().setUp()
        self._new_check("license_valid")
        self.order = self._new_quotation((self.medicine, 1), require_signature=True)

    def _assert_held(self):
        self.assertEqual(self.order.state, "sent")
        self.assertIn("Pharma", self.order.hold_reason)

    def test_portal(self):
        self._sign(self.order)
        self._assert_held()

    def test_payment(self):
        self.order.write({"require_signature": False, "require_payment": True})
        self._pay_order(self.order)._post_process()
        self._assert_held()

    @mute_logger("odoo.http")
    def test_rpc(self):
        with self.assertRaises(GuardError), self.cr.savepoint():
            self.order.write({"state": "sale"})
        self.assertEqual(self._confirm_over_json2(self.order).status_code, 422)
