from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestTemplatePromotion(SalesPlusCommon):
    """A template brings its promotion along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False

    def _new_program(self, code=None, minimum=0):
        rule = {"minimum_amount": minimum, "reward_point_mode": "order"}
        if code:
            rule.update(mode="with_code", code=code)
        return self.env["loyalty.program"].create(
            {
                "name": "Test Promotion",
                "program_type": "promo_code" if code else "promotion",
                "trigger": "with_code" if code else "auto",
                "applies_on": "current",
                "rule_ids": [Command.create(rule)],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )

    def _new_promoted(self, program, **values):
        template = self.env["sale.order.template"].create(
            {
                "name": "Promoted",
                "company_id": self.company.id,
                "program_id": program.id,
            }
        )
        return self._new_order(sale_order_template_id=template.id, **values)

    def test_automatic(self):
        order = self._new_promoted(self._new_program())
        self.assertEqual(order.amount_untaxed, 90)
        self.assertEqual(len(order.order_line.filtered("is_reward_line")), 1)

    def test_code(self):
        order = self._new_promoted(self._new_program(code="TSOPXMAS"))
        self.assertEqual(order.amount_untaxed, 90)

    def test_once(self):
        """Saving again gives no second reward; more lines give a larger one."""
        order = self._new_promoted(self._new_program())
        order.write({"order_line": [Command.create({"product_id": self.product.id})]})
        self.assertEqual(len(order.order_line.filtered("is_reward_line")), 1)

    def test_not_earned_yet(self):
        order = self._new_promoted(self._new_program(minimum=150))
        self.assertEqual(order.amount_untaxed, 100)
        order.write({"order_line": [Command.create({"product_id": self.product.id})]})
        self.assertEqual(order.amount_untaxed, 180)

    def test_program_over(self):
        with freeze_time("2026-12-27"):
            program = self._new_program()
            program.date_to = "2026-12-26"
            order = self._new_promoted(program)
        self.assertEqual(order.amount_untaxed, 100)

    def test_without_program_nothing_is_added(self):
        self._new_program(code="TSOPNOT")
        template = self.env["sale.order.template"].create({"name": "Plain"})
        order = self._new_order(sale_order_template_id=template.id)
        self.assertFalse(order.order_line.filtered("is_reward_line"))
