from odoo.tests import tagged

from ...exceptions import ChangeError, ChangeStaleError, UnknownCodeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeApi(ChangeCommon):
    """The same by program."""

    def setUp(self):
        super().setUp()
        self._control()
        self.order = self._confirmed((self.product, 10), (self.service, 1))
        self.api = self.env["sales.order.api"].with_user(self.salesman)

    def _call(self, method="request_change_of_order", *changes, **values):
        return getattr(self.api, method)(
            name=self.order.name, changes=list(changes), **values
        )

    def test_preview_keeps_nothing(self):
        row = {"kind": "quantity", "line": "CHG-A", "quantity": 26}
        impact = self._call("preview_change", row)
        self.assertEqual(impact["after"]["lines"][0]["short"], 6)
        self._flush()
        self.assertFalse(self.order.change_ids)
        self.assertEqual(self.order.order_line[0].product_uom_qty, 10)

    def test_request_submit_apply(self):
        rows = (
            {"kind": "quantity", "line": "CHG-A", "quantity": 12},
            {"kind": "price", "line": self.order.order_line[1].id, "discount": 10},
            {"kind": "add", "product": "CHG-B", "quantity": 1},
            {"kind": "date", "commitment_date": str(self.later)},
        )
        data = self._call("request_change_of_order", *rows, reason="EDI", submit=False)
        self.assertEqual(data["state"], "draft")
        self.assertEqual(data["impact"]["after"]["totals"]["untaxed"], 1365)
        data = self.api.submit_change(number=data["number"])
        self.assertEqual(data["state"], "submitted")
        data = self.api.apply_change(number=data["number"])
        self.assertEqual(data["state"], "applied")
        self.assertEqual(self.order.amount_untaxed, 1365)
        self.assertEqual(self.order.commitment_date, self.later)
        change = self.order.change_ids
        self.assertEqual((change.channel, change.user_id), ("rpc", self.salesman))
        self.assertEqual(self.api.get_change(number=change.name), data)

    def test_all_in_one_call(self):
        row = {"kind": "priority", "order_priority": "3"}
        data = self._call("request_change_of_order", row, reason="Rush", apply=True)
        self.assertEqual(data["state"], "applied")
        self.assertEqual(self.order.order_priority, "3")

    def test_withdraw(self):
        row = {"kind": "remove", "line": "CHG-A"}
        data = self._call("request_change_of_order", row, reason="Mistake")
        data = self.api.withdraw_change(number=data["number"])
        self.assertEqual(data["state"], "withdrawn")

    def test_out_of_date(self):
        row = {"kind": "quantity", "line": "CHG-A", "quantity": 12}
        first = self._call("request_change_of_order", row, reason="a")
        second = self._call("request_change_of_order", row, reason="b")
        self.api.apply_change(number=first["number"])
        with self.assertRaises(ChangeStaleError) as refusal:
            self.api.apply_change(number=second["number"])
        self.assertTrue(refusal.exception.context["conflicts"])

    def test_what_is_not_there(self):
        for row, error in (
            ({"kind": "fly"}, UnknownCodeError),
            ({"kind": "quantity", "line": "NOPE", "quantity": 1}, UnknownCodeError),
            ({"kind": "quantity", "quantity": 1}, UnknownCodeError),
            ({"kind": "add", "product": "NOPE"}, UnknownCodeError),
            ({"kind": "carrier", "carrier_id": 0}, UnknownCodeError),
            ({"kind": "price", "line": "CHG-A", "state": "sale"}, ChangeError),
            ("quantity", UnknownCodeError),
        ):
            with self.subTest(row=row), self.assertRaises(error):
                self._call("request_change_of_order", row, reason="x")
        with self.assertRaises(UnknownCodeError):
            self.api.get_change(number="CHG/0")
