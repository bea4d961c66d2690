from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common import SelfServiceCommon


class SelfServiceTours(SelfServiceCommon):
    """Change, sign, cancel and return, with nothing but the link of the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = ("quantity", "date", "delivery_address", "instructions")
        cls.policy = cls.env["sales.change.policy"].create(
            {
                "name": "Tours",
                "company_id": cls.company.id,
                "limit_changes": True,
                "return_portal": True,
                "change_kind_ids": [Command.clear()]
                + [
                    Command.create(
                        {"kind": kind, "is_free": True, "is_for_customer": True}
                    )
                    for kind in kinds
                ],
            }
        )

    def _tour(self, order, name):
        self.env.flush_all()
        url = order.sudo().get_portal_url()
        self.start_tour(url, f"sales_order_plus_self_{name}")
        self.env.invalidate_all()

    def _check_change(self):
        order = self._confirmed((self.product, 4))
        self._tour(order, "change")
        self.assertEqual(order.order_line.product_uom_qty, 6)

    def _check_sign(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed((self.product, 4))
        line = order.order_line
        order.sudo()._request_change_as_customer(
            [{"kind": "quantity", "line_id": line.id, "quantity": 5}]
        )
        self._tour(order, "sign")
        change = order.sudo().change_ids
        self.assertEqual((change.state, change.accepted_by), ("applied", "Paul Phone"))
        self.assertEqual(line.product_uom_qty, 5)

    def _check_cancel(self):
        self.env["sales.cancel.reason"].search([]).active = False
        self.env["sales.cancel.reason"].create({"name": "Ordered too much"})
        window = {"open": True, "until": None, "text": "Until we pack it."}
        orders = type(self.env["sale.order"])
        order = self._confirmed((self.product, 4))
        with patch.object(orders, "_get_cancel_window", lambda order: window):
            self._tour(order, "cancel")
        one = order.sudo().cancellation_ids
        self.assertEqual((one.state, one.line_ids.quantity), ("applied", 1))
        self.assertEqual(self._open(order), 3)

    def _check_return(self):
        order = self._confirmed((self.product, 4))
        self._deliver(order, 4)
        self._tour(order, "return")
        self.assertEqual(order.sudo().return_ids.line_ids.resolution, "replacement")


@tagged("post_install", "-at_install")
class TestSelfServiceDesktop(SelfServiceTours):
    browser_size = "1440x900"

    def test_change(self):
        self._check_change()

    def test_sign(self):
        self._check_sign()

    def test_cancel(self):
        self._check_cancel()

    def test_return(self):
        self._check_return()


@tagged("post_install", "-at_install")
class TestSelfServicePhone(SelfServiceTours):
    browser_size = "375x667"
    touch_enabled = True

    def test_change(self):
        self._check_change()

    def test_sign(self):
        self._check_sign()

    def test_cancel(self):
        self._check_cancel()

    def test_return(self):
        self._check_return()


@tagged("post_install", "-at_install")
class TestStaffTours(SelfServiceCommon):
    """A salesperson changes and cancels a confirmed order, from its form."""

    def test_change(self):
        self._control()
        order = self._confirmed((self.product, 4))
        self.env.flush_all()
        self.start_tour(
            f"/odoo/orders/{order.id}",
            "sales_order_plus_staff_change",
            login=self.salesman.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 6)
        self.assertEqual(order.change_ids.state, "applied")

    def test_cancel(self):
        self.env["sales.cancel.reason"].create({"name": "Tour reason"})
        order = self._confirmed((self.product, 4))
        self.env.flush_all()
        self.start_tour(
            f"/odoo/orders/{order.id}",
            "sales_order_plus_staff_cancel",
            login=self.salesman.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.sudo().cancellation_ids.reason_id.name, "Tour reason")
