from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangePolicy(ChangeCommon):
    """The first policy that fits an order holds for it."""

    def _new_policy(self, name, **vals):
        return self.env["sales.change.policy"].create(
            {"name": name, "company_id": self.company.id, **vals}
        )

    def _get_for(self, order):
        return self.env["sales.change.policy"]._get_for(order)

    def test_no_policy_costs_no_query_an_order(self):
        order = self._confirmed()
        self.assertFalse(self._get_for(order))
        with self.assertQueryCount(0):
            self._get_for(order)

    def test_first_that_fits(self):
        order = self._confirmed()
        tag = self.env["res.partner.category"].create({"name": "Key account"})
        key = self._new_policy("Key", sequence=1, partner_category_ids=tag.ids)
        rest = self._new_policy("Rest", sequence=2)
        self.assertEqual(self._get_for(order), rest)
        self.customer.category_id = tag
        self.assertEqual(self._get_for(order), key)
        key.active = False
        self.assertEqual(self._get_for(order), rest)
        rest.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self._get_for(order))
