from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestRateLock(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1.1), ("2026-02-01", 1.2)]
        )
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": cls.currency.id}
        )

    def _new_quotation(self, **values):
        with freeze_time("2026-01-15 12:00:00"):
            return self._new_order(
                pricelist_id=self.pricelist.id,
                date_order="2026-01-15 12:00:00",
                **values,
            )

    def _confirm(self, order, day):
        with freeze_time(f"{day} 12:00:00"):
            order.action_confirm()
            order.env.flush_all()
        return order.currency_rate

    def test_unlocked_takes_the_rate_of_the_day(self):
        order = self._new_quotation(validity_date="2026-02-28")
        self.assertEqual(order.currency_rate, 1.1)
        self.assertEqual(self._confirm(order, "2026-02-10"), 1.2)

    def test_locked_keeps_the_quoted_rate(self):
        order = self._new_quotation(rate_locked=True, validity_date="2026-02-28")
        self.assertEqual(order.currency_rate, 1.1)
        self.assertEqual(self._confirm(order, "2026-02-10"), 1.1)
        self.assertEqual(order.date_order.date(), fields.Date.to_date("2026-02-10"))

    def test_lock_ends_with_the_quotation(self):
        order = self._new_quotation(rate_locked=True, validity_date="2026-02-05")
        self.assertEqual(self._confirm(order, "2026-02-05"), 1.1)
        late = self._new_quotation(rate_locked=True, validity_date="2026-02-05")
        self.assertEqual(self._confirm(late, "2026-02-06"), 1.2)

    def test_copy_locks_its_own_rate(self):
        order = self._new_quotation(rate_locked=True, validity_date="2026-02-28")
        with freeze_time("2026-02-10 12:00:00"):
            copy = order.copy({"date_order": "2026-02-10 12:00:00"})
            self.assertEqual(copy.locked_rate, 1.2)
