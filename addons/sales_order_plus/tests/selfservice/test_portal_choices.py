from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestPortalChoices(SelfServiceCommon):
    """The customer chooses among free delivery slots, and published ways to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.change.policy"].create(
            {
                "name": "Web",
                "company_id": cls.company.id,
                "limit_changes": True,
                "change_kind_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {"kind": kind, "is_free": True, "is_for_customer": True}
                        )
                        for kind in ("date", "payment_method")
                    ),
                ],
            }
        )
        cls.day = fields.Date.today() + timedelta(days=5)
        cls.slot, cls.full = cls.env["sales.delivery.slot"].create(
            [
                {
                    "warehouse_id": cls.warehouse.id,
                    "weekday": str(cls.day.weekday()),
                    "hour_from": start,
                    "hour_to": start + 3,
                    "capacity": 1,
                }
                for start in (9, 12)
            ]
        )
        provider = cls.env.ref("payment.payment_provider_transfer")
        cls.card, cls.hidden = (
            cls.method_line.copy(
                {
                    "name": name,
                    "payment_provider_id": provider.copy(
                        {
                            "name": name,
                            "state": "test",
                            "is_published": published,
                            "company_id": cls.company.id,
                        }
                    ).id,
                }
            )
            for name, published in (("By card", True), ("For staff", False))
        )

    def _take(self, slot):
        return self._confirmed(
            requested_date=self.day,
            requested_window_from=slot.hour_from,
            requested_window_to=slot.hour_to,
        )

    def _send(self, order, **data):
        page = self._post(order, "/change", step="preview", **data)
        shown = page.text.split('name="shown" value="')[1].split('"')[0]
        return self._post(order, "/change", page, step="submit", shown=shown, **data)

    def test_free_slot(self):
        self._take(self.full)
        order = self._confirmed()
        page = self._browse(self._link(order, "/change")).text
        self.assertIn(f"{self.day}/{self.slot.id}", page)
        self.assertNotIn(f"{self.day}/{self.full.id}", page)
        self.assertNotIn('name="window_from"', page)
        self._send(order, slot=f"{self.day}/{self.slot.id}")
        self.assertEqual(order.sudo().requested_date, self.day)
        self.assertEqual(order.sudo().requested_window_to, 12)

    def test_full_slot_and_others_are_refused(self):
        self._take(self.full)
        order = self._confirmed()
        for value in (f"{self.day}/{self.full.id}", "2020-01-01/1", "x"):
            page = self._post(order, "/change", step="preview", slot=value)
            self.assertIn("choose one of the list", page.text)
        self.assertFalse(order.sudo().change_ids)

    def test_published_way_to_pay(self):
        order = self._confirmed()
        page = self._browse(self._link(order, "/change")).text
        self.assertIn("By card", page)
        self.assertNotIn("For staff", page)
        data = {"payment_method": str(self.hidden.id)}
        page = self._post(order, "/change", step="preview", **data)
        self.assertIn("choose one of the list", page.text)
        self._send(order, payment_method=str(self.card.id))
        self.assertEqual(order.sudo().preferred_payment_method_line_id, self.card)
        self.assertEqual(order.sudo().change_ids.state, "applied")
