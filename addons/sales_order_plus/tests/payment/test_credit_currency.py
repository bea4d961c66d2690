from odoo.exceptions import UserError
from odoo.tests import tagged

from ...exceptions import GuardError
from .test_credit import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditCurrency(CreditCommon):
    """Eighty of the strong currency are more than the hundred he may owe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strong = cls.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        cls.home, cls.abroad = cls.env["product.pricelist"].create(
            [
                {"name": "Home", "currency_id": cls.company.currency_id.id},
                {"name": "Abroad", "currency_id": cls.strong.id},
            ]
        )

    def _new_home_order(self):
        order = self._new_order((self.ten, 8), pricelist_id=self.home.id)
        self.assertEqual(order.credit_state, "ok")
        return order

    def test_quotation_is_looked_at_anew(self):
        order = self._new_home_order()
        self.assertEqual(order.guard_state, "free")
        order.pricelist_id = self.abroad
        self.assertEqual(order.currency_id, self.strong)
        self.assertEqual((order.credit_exposure, order.credit_state), (160, "over"))
        self._assert_held(order)
        order.pricelist_id = self.home
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_confirmed_order_cannot_become_dearer(self):
        order = self._new_home_order()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "pricelist of a confirmed"):
            order.pricelist_id = self.abroad
        with self.assertRaises(GuardError) as refused, self.cr.savepoint():
            order.currency_id = self.strong
        codes = [finding["code"] for finding in refused.exception.context["findings"]]
        self.assertEqual(codes, ["credit.limit"])
        order.invalidate_recordset()
        self.assertEqual(order.currency_id, self.company.currency_id)

    def test_rate_of_a_confirmed_order(self):
        order = self._new_home_order()
        order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.sudo().currency_rate = 0.5

    def test_release_counts_until_it_becomes_dearer(self):
        order = self._new_order((self.ten, 12), pricelist_id=self.home.id)
        self._assert_held(order)
        order.with_user(self.controller)._release("Paid by telephone")
        order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.currency_id = self.strong

    def test_cheaper_is_free(self):
        order = self._new_order((self.ten, 4), pricelist_id=self.abroad.id)
        order.action_confirm()
        self.customer.credit_limit = 1
        order.currency_id = self.company.currency_id
        self.assertEqual(order.currency_rate, 1)

    def test_date_with_another_rate(self):
        self.strong.rate_ids.create(
            {"currency_id": self.strong.id, "name": "2019-01-01", "rate": 0.1}
        )
        order = self._new_order((self.ten, 8), pricelist_id=self.abroad.id)
        order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.date_order = "2019-06-01 12:00:00"
