from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestApi(BackorderCommon):
    """The facade for integrators."""

    def setUp(self):
        super().setUp()
        self.other = self._new_product(
            "Test Widget", 5.0, is_storable=True, default_code="TSBO-W"
        )
        self._set_stock(self.product, 1)
        self.order = self._confirm((self.product, 3), (self.other, 2))

    def _api(self, user=None):
        return self.env["sales.order.api"].with_user(user or self.salesman)

    def test_list_of_an_order(self):
        receipt = self._plan_receipt(self.product, 5, days=2)
        rows = self._api().list_backorders(name=self.order.name)
        self.assertEqual([row["product"] for row in rows], ["Test Gadget", "TSBO-W"])
        row = rows[0]
        explanation = row.pop("explanation")
        self.assertIn(receipt.name, explanation)
        self.assertEqual(
            row,
            {
                "id": self._find(self.order, self.product).id,
                "order": self.order.name,
                "customer": "Test Customer",
                "product": "Test Gadget",
                "unit": "Units",
                "ordered": 3.0,
                "delivered": 0.0,
                "to_deliver": 3.0,
                "reserved": 1.0,
                "short": 2.0,
                "priority": "1",
                "promised": str(self.today),
                "expected": str(self._in_days(2)),
                "source": "receipt",
                "late": True,
            },
        )
        self.assertIsNone(rows[1]["expected"])

    def test_list_by_rights(self):
        theirs = self._confirm((self.product, 3), user=self.colleague)
        mine = {row["order"] for row in self._api().list_backorders(limit=1000)}
        self.assertIn(self.order.name, mine)
        self.assertNotIn(theirs.name, mine)
        every = self._api(self.storeman).list_backorders(limit=1000)
        self.assertIn(theirs.name, {row["order"] for row in every})

    def test_list_by_state_and_limit(self):
        self.assertEqual(len(self._api().list_backorders(limit=1)), 1)
        self._receive(self.other, 2)
        filled = self._api().list_backorders(name=self.order.name, state="filled")
        self.assertEqual([row["product"] for row in filled], ["TSBO-W"])
        for limit in (0, -1, 1001):
            with self.subTest(limit=limit), self.assertRaisesRegex(UserError, "limit:"):
                self._api().list_backorders(limit=limit)
        with self.assertRaisesRegex(UserError, "state: choose one of cancelled, "):
            self._api().list_backorders(state="gone")
        with self.assertRaises(UserError):
            self._api().list_backorders(name="no such order")

    def test_set_priority(self):
        rows = self._api().set_backorder_priority(
            name=self.order.name, priority="3", product="TSBO-W"
        )
        self.assertEqual(
            [(r["product"], r["priority"]) for r in rows], [("TSBO-W", "3")]
        )
        self.assertEqual(self._find(self.order, self.product).priority, "1")
        self._api().set_backorder_priority(name=self.order.name, priority="2")
        self.assertEqual(set(self._find(self.order).mapped("priority")), {"2"})

    def test_set_priority_refused(self):
        with self.assertRaisesRegex(UserError, "priority: choose one of 0, 1, 2, 3"):
            self._api().set_backorder_priority(name=self.order.name, priority="9")
        with self.assertRaisesRegex(UserError, "no such open backorder"):
            self._api().set_backorder_priority(
                name=self.order.name, priority="2", product="nothing"
            )

    def test_set_priority_by_rights(self):
        theirs = self._confirm((self.product, 3), user=self.colleague)
        with self.assertRaises(UserError):
            self._api().set_backorder_priority(name=theirs.name, priority="3")
        with self.assertRaises(AccessError):
            self._api(self.portal_user).set_backorder_priority(
                name=self.order.name, priority="3"
            )
        self.assertEqual(self._find(theirs).priority, "1")
