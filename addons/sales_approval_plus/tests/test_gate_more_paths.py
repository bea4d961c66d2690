from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon

CODE = "ALLFREE"


@tagged("post_install", "-at_install")
class TestGateMorePaths(ApprovalCommon):
    """A coupon that makes the order free, and an order that is locked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "All of it",
                "program_type": "coupons",
                "rule_ids": [Command.create({"reward_point_amount": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 100,
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        cls.coupon = cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "points": 1, "code": CODE}
        )

    def _new_free(self, **values):
        """Create a quotation that costs nothing, by a reward."""
        order = self._new_order((self.product, 1), **values)
        sudo = order.sudo()
        status = sudo._try_apply_code(CODE)
        [(coupon, rewards)] = status.items()
        sudo._apply_program_reward(rewards, coupon)
        self.assertEqual(order.amount_total, 0)
        return order

    def test_free_order_of_a_salesperson(self):
        order = self._new_free()
        with self.assertRaisesRegex(GuardError, "High discount"):
            order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")
        # Odoo spends points before it confirms: not if nothing is confirmed.
        self.assertEqual(self.coupon.points, 1)

    def test_free_order_of_a_customer(self):
        """Nothing is to be signed or paid: the shop confirms by itself."""
        order = self._new_free(require_signature=False, require_payment=False)
        order.sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(self.coupon.points, 1)
        request = self._get_request(order)
        self.assertRecordValues(request, [{"state": "pending", "origin": "portal"}])
        self._approve(order, self.ann)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.coupon.points, 0)

    def test_unlocking_opens_no_gate(self):
        """Neither a locked order nor one that was unlocked gets worse."""
        order = self._new_discounted(0)
        order.action_confirm()
        order.action_lock()
        order.with_user(self.manager).action_unlock()
        self.assertFalse(order.locked)
        for user in (self.salesman, self.manager):
            line = order.order_line.with_user(user)
            for vals in ({"discount": 50}, {"price_unit": 50}):
                with self.assertRaises(GuardError), self.env.cr.savepoint():
                    line.write(vals)
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            order.write(
                {
                    "locked": False,
                    "order_line": [
                        Command.update(order.order_line.id, {"discount": 50})
                    ],
                }
            )
