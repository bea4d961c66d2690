from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_access_rights import AccessCommon


@tagged("post_install", "-at_install")
class TestCompanies(AccessCommon):
    """What belongs to one company is not there for the people of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})
        cls.stranger = new_test_user(
            cls.env,
            "tsap_stranger",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=cls.second.id,
            company_ids=[Command.set(cls.second.ids)],
        )

    def test_history(self):
        for records in self._get_history():
            with self.subTest(model=records._name):
                self.assertFalse(self._finds(self.stranger, records))
                with self.assertRaises(AccessError):
                    self._as(self.stranger, records).read(["create_date"])

    def test_settings(self):
        local = self._new_role("Local", self.ann, company_id=self.company.id)
        for records in (self.policy, self.policy.step_ids, local):
            with self.subTest(model=records._name):
                self.assertFalse(self._finds(self.stranger, records))
                with self.assertRaises(AccessError):
                    self._as(self.stranger, records).unlink()
        # Without a company a role belongs to all of them.
        self.assertTrue(self._finds(self.stranger, self.role))

    def test_no_policy_for_another_company(self):
        policies = self.env["sales.approval.policy"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            policies.create(
                {
                    "name": "Foreign",
                    "company_id": self.company.id,
                    "criterion_ids": [Command.create({"value": 1})],
                    "step_ids": [Command.create({"role_id": self.role.id})],
                }
            )

    def test_role_of_another_company(self):
        foreign = self._new_role("Foreign", self.ann, company_id=self.second.id)
        with self.assertRaisesRegex(ValidationError, "belongs to another company"):
            self.policy.step_ids.role_id = foreign

    def test_approver_of_another_company_is_not_asked(self):
        self.role.user_ids = [Command.link(self.stranger.id)]
        order = self._new_submitted()
        people = self._get_request(order).line_ids.approver_ids
        self.assertEqual(people, self.ann)
