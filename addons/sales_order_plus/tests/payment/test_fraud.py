from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import GuardError
from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestFraud(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls._new_provider()
        cls.company.fraud_hold_score = 70
        cls.gold = cls._new_product("Gold", 10000, type="service")
        cls.stranger = cls.env["res.partner"].create(
            {
                "name": "Stranger",
                "email": "Stranger@Shop.example",
                "phone": "+32 471 12 34 56",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.abroad = cls.env["res.partner"].create(
            {
                "name": "Warehouse abroad",
                "type": "delivery",
                "parent_id": cls.stranger.id,
                "country_id": cls.env.ref("base.us").id,
            }
        )

    def _new_suspicious(self, **values):
        return self._new_order(
            (self.gold, 1),
            partner_id=self.stranger.id,
            partner_invoice_id=self.stranger.id,
            partner_shipping_id=self.abroad.id,
            **values,
        )

    def _get_points(self, order):
        order.invalidate_recordset()
        lines = (order.fraud_reasons or "").splitlines()
        return {line.split(":")[0]: line for line in lines}

    def test_three_reasons_hold_the_order(self):
        order = self._new_suspicious()
        self.assertRecordValues(order, [{"fraud_score": 75, "fraud_level": "high"}])
        self.assertEqual(len(order.fraud_reasons.splitlines()), 3)
        self.assertIn("Belgium", order.fraud_reasons)
        self.assertIn("United States", order.fraud_reasons)
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            order.action_confirm()
        self.assertIn("75 of 100", str(caught.exception))
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.write({"state": "sale"})

    def test_not_configured(self):
        self.company.fraud_hold_score = 0
        order = self._new_suspicious()
        self.assertEqual((order.fraud_score, order.fraud_level), (0, "none"))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_known_customer_scores_less(self):
        self.company.fraud_hold_score = 100
        self._new_suspicious().action_confirm()
        order = self._new_suspicious()
        self.assertEqual(order.fraud_score, 50)
        self.assertNotIn("+25 First order", self._get_points(order))

    def test_blocklist(self):
        values = {
            "email": "stranger@shop.EXAMPLE",
            "domain": "shop.example",
            "phone": "0471/12.34.56",
        }
        for kind, value in values.items():
            blocklist = self.env["sales.fraud.blocklist"].with_user(self.controller)
            entry = blocklist.create({"kind": kind, "value": value})
            order = self._new_order(
                (self.service, 1),
                partner_id=self.stranger.id,
                partner_shipping_id=self.stranger.id,
            )
            self.assertEqual(order.fraud_score, 100, kind)
            self.assertIn("+100 Blocklist", self._get_points(order))
            entry.active = False
            order.invalidate_recordset()
            self.assertEqual(order.fraud_score, 25, kind)

    def test_failed_payments(self):
        order = self._new_order((self.service, 1))
        for _number in range(2):
            self._new_transaction(order, state="error")
        self.assertNotIn("+30 Failed payments", self._get_points(order))
        self._new_transaction(order, state="error")
        self.assertIn("+30 Failed payments", self._get_points(order))

    def test_velocity(self):
        orders = [self._new_order((self.service, 1)) for _number in range(4)]
        self.assertNotIn("+30 Many orders", self._get_points(orders[0]))
        self._new_order((self.service, 1), user=self.colleague)
        self.assertIn("5 orders", self._get_points(orders[0])["+30 Many orders"])

    def test_free_email(self):
        self.customer.email = "Somebody@GMail.com"
        order = self._new_order((self.service, 1))
        self.assertIn("+10 Free e-mail address", self._get_points(order))

    def test_paid_order_is_held_and_released(self):
        """The money stays, the controller is told, his release confirms."""
        self.company.credit_controller_id = self.controller
        order = self._new_suspicious(require_payment=True, require_signature=False)
        order.action_quotation_sent()
        transaction = self._new_transaction(order)
        transaction._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
        self.assertEqual(order.payment_status, "captured")
        activity = order.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == self.controller
        )
        self.assertIn("Different countries", activity.note)
        order.with_user(self.controller)._release("Called the customer")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.release_ids.mapped("kind"), ["fraud"])

    def test_change_voids_the_release(self):
        order = self._new_suspicious()
        order.with_user(self.controller)._release("Looked at it")
        self.assertEqual(order.guard_state, "free")
        self.abroad.street = "Somewhere else 1"
        order.invalidate_recordset()
        self.assertEqual(order.guard_state, "waiting")
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.action_confirm()

    def test_rules_are_not_for_salespeople(self):
        order = self._new_suspicious()
        self.assertEqual(order.env.user, self.salesman)
        with self.assertRaises(AccessError):
            self.env["sales.fraud.rule"].with_user(self.salesman).search([])
        with self.assertRaises(AccessError):
            self.env["sales.fraud.blocklist"].with_user(self.salesman).create(
                {"value": "x@y.example"}
            )
