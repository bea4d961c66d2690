import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import ValidationRuleError
from ...models.validation.sales_validation_test import RED_SUMMARY
from .common import ValidationCommon

RUN = "odoo.addons.sales_order_plus.models.validation.sales_validation_rule_run"


@tagged("post_install", "-at_install")
class TestValidationExamples(ValidationCommon):
    """A manager tries a rule before it stops anybody."""

    def setUp(self):
        super().setUp()
        self.rule = self._new_check("max_discount", threshold=10, active=False)

    def _new_example(self, order, expected, name="Example", rule=None):
        return (
            self.env["sales.validation.test"]
            .with_user(self.manager)
            .create(
                {
                    "rule_id": (rule or self.rule).id,
                    "name": name,
                    "order_id": order.id,
                    "expected": expected,
                }
            )
        )

    def _new_discounted(self, discount):
        order = self._new_order()
        order.order_line.discount = discount
        order.env.flush_all()
        return order

    def test_right_and_wrong(self):
        cheap = self._new_example(self._new_discounted(20), "block", "Cheap")
        fair = self._new_example(self._new_discounted(5), "pass", "Fair")
        odd = self._new_example(self._new_discounted(5), "block", "Odd")
        self.rule.action_run_tests()
        self.assertEqual(
            (cheap + fair + odd).mapped("state"), ["passed", "passed", "failed"]
        )
        self.assertIn("20", cheap.message)
        self.assertEqual(odd.message, "It says nothing.")
        self.assertEqual(self.rule.test_state, "failed")

    def test_nothing_is_kept_but_the_result(self):
        example = self._new_example(self._new_discounted(20), "block")
        sequence = self.env["sale.order"].search_count([])
        events = self.env["sales.audit.event"].search_count([])
        logs = self.env["sales.validation.log"].sudo().search_count([])
        example.action_run()
        self.assertEqual(example.state, "passed")
        self.assertEqual(self.env["sale.order"].search_count([]), sequence)
        self.assertEqual(self.env["sales.audit.event"].search_count([]), events)
        self.assertEqual(self.env["sales.validation.log"].sudo().search_count([]), logs)

    def test_order_as_it_was(self):
        """What becomes of the order afterwards does not change the example."""
        order = self._new_discounted(20)
        example = self._new_example(order, "block")
        order.order_line.discount = 0
        example.action_run()
        self.assertEqual(example.state, "passed")
        order.sudo()._action_cancel()
        order.with_user(self.manager).unlink()
        example.action_run()
        self.assertEqual(example.state, "passed")

    def test_values_by_hand(self):
        values = {"partner_id": self.customer.id, "order_line": []}
        rule = self._new_check("empty", active=False)
        example = self.env["sales.validation.test"].create(
            {
                "rule_id": rule.id,
                "name": "Nothing ordered",
                "values": json.dumps(values),
                "expected": "block",
            }
        )
        example.action_run()
        self.assertEqual(example.state, "passed")
        for bad in ("", "[1]", "{'single': 'quotes'}"):
            with self.assertRaises(ValidationRuleError):
                example.values = bad
        example.values = json.dumps({"partner_id": 0, "no_such_field": 1})
        example.action_run()
        self.assertEqual(example.state, "failed")
        self.assertIn("could not be made", example.message)

    def test_red_rule_is_not_switched_on(self):
        self._new_example(self._new_discounted(5), "block", "Five percent")
        with self.assertRaises(ValidationRuleError) as caught:
            self.rule.active = True
        self.assertIn("Five percent", str(caught.exception))
        self.assertFalse(self.rule.active)
        self.rule.threshold = 4
        self.rule.active = True
        with self.assertRaises(ValidationRuleError):
            self.rule.threshold = 6
        self.assertEqual(self.rule.threshold, 4)

    @mute_logger(RUN)
    def test_broken_rule_makes_its_example_red(self):
        rule = self._new_filter("broken", active=False, severity="warn")
        example = self._new_example(self._new_order(), "warn", rule=rule)
        example.action_run()
        self.assertEqual(example.state, "passed")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sales_validation_rule SET domain = %s, active = true WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        for _night in range(2):
            self.env["sales.validation.test"]._cron_run()
        self.assertEqual(example.state, "failed")
        red = rule.sudo().activity_ids.filtered(lambda a: a.summary == RED_SUMMARY)
        self.assertEqual(len(red), 1)
        self.assertEqual(red.user_id, self.manager)

    def test_services_are_not_called(self):
        admin = self.env.ref("base.user_admin")
        rule = self._new_rule(
            "service",
            user=admin,
            kind="webhook",
            url="https://service.example/check",
            active=False,
        )
        example = self._new_example(self._new_order(), "pass", rule=rule)
        with patch("requests.Session.request") as called:
            example.sudo().action_run()
        called.assert_not_called()

    def test_who_tries(self):
        example = self._new_example(self._new_order(), "pass")
        with self.assertRaises(AccessError):
            example.with_user(self.salesman).action_run()

    # === Dry run === #

    def _dry_run(self, limit=200):
        action = self.rule.with_user(self.manager).action_dry_run()
        wizard = (
            self.env["sales.validation.dry.run"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"limit": limit})
        )
        wizard.action_run()
        return wizard

    def test_dry_run(self):
        """What it would have stopped, in money; the rule stays off."""
        cheap = self._new_discounted(20)
        also = self._new_discounted(50)
        self._new_discounted(5)
        cancelled = self._new_discounted(60)
        cancelled.sudo()._action_cancel()
        also.action_confirm()
        wizard = self._dry_run()
        mine = wizard.line_ids.filtered(
            lambda x: x.order_id.partner_id == self.customer
        )
        self.assertEqual(mine.order_id, cheap + also)
        self.assertEqual(sum(mine.mapped("amount")), 80 + 50)
        self.assertAlmostEqual(wizard.amount, sum(wizard.line_ids.mapped("amount")), 2)
        self.assertEqual(wizard.hit_count, len(wizard.line_ids))
        self.assertFalse(self.rule.active)
        self.assertEqual(mine[0].action_open()["res_id"], mine[0].order_id.id)

    def test_exempt_manager_sees_what_it_would_do(self):
        self.rule.exempt_group_ids = self.env.ref("sales_team.group_sale_manager")
        order = self._new_discounted(20)
        self.assertIn(order, self._dry_run().line_ids.order_id)
        example = self._new_example(order, "block")
        example.action_run()
        self.assertEqual(example.state, "passed")

    def test_dry_run_looks_at_the_newest(self):
        for discount in (20, 20, 20):
            order = self._new_discounted(discount)
        order.sudo().date_order = "2099-01-01"
        wizard = self._dry_run(limit=1)
        self.assertEqual((wizard.looked_at, wizard.line_ids.order_id), (1, order))

    def test_dry_run_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["sales.validation.dry.run"].with_user(self.salesman).create(
                {"rule_id": self.rule.id}
            )


@tagged("post_install", "-at_install")
class TestShippedExamples(ValidationCommon):
    """The examples of the demo rules, which are switched off, hold today."""

    @classmethod
    def setUpClass(cls):
        super(ValidationCommon, cls).setUpClass()
        cls.tests = cls.env["sales.validation.test"].search([])

    def test_they_are_right(self):
        self.assertGreaterEqual(len(self.tests), 4)
        for test in self.tests:
            with self.subTest(rule=test.rule_id.code, example=test.name):
                test.action_run()
                self.assertEqual(test.state, "passed", test.message)
