from odoo.tests import tagged

from ...models.seam.filters import looks_elsewhere
from ..validation.common import ValidationCommon


@tagged("post_install", "-at_install")
class TestSharedGate(ValidationCommon):
    """Batches wait for each other as a whole where the gate looks at other orders."""

    def setUp(self):
        super().setUp()
        self.company.write({"credit_check": "none", "fraud_hold_score": 0})
        self.env["sales.delivery.slot"].search([]).unlink()
        if "sales.approval.policy" in self.env:
            self.env["sales.approval.policy"].search([]).active = False

    def _is_shared(self):
        return self.env["sale.order"].with_user(self.salesman)._is_gate_shared()

    def test_nothing_configured(self):
        self.assertFalse(self._is_shared())

    def test_credit(self):
        self.company.credit_check = "warn"
        self.assertTrue(self._is_shared())

    def test_fraud(self):
        self.company.fraud_hold_score = 50
        self.assertTrue(self._is_shared())

    def test_slots(self):
        self.env["sales.delivery.slot"].create(
            {
                "warehouse_id": self.warehouse.id,
                "weekday": "1",
                "hour_from": 9,
                "hour_to": 12,
                "capacity": 5,
            }
        )
        self.assertTrue(self._is_shared())

    def test_checks(self):
        """A limit of discount is the order's own matter, what is in stock is not."""
        self._new_check("max_discount", threshold=10)
        self.assertFalse(self._is_shared())
        rule = self._new_check("stock")
        self.assertTrue(self._is_shared())
        rule.active = False
        self.assertFalse(self._is_shared())
        self._new_check("duplicate", days=7, on_confirm=False, on_send=True)
        self.assertFalse(self._is_shared())

    def test_filters(self):
        self._new_filter("own", "[('partner_id.country_id.code', '=', 'US')]")
        self.assertFalse(self._is_shared())
        self._new_filter("other", "[('order_line.product_id.free_qty', '<', 1)]")
        self.assertTrue(self._is_shared())

    def test_code(self):
        """Nobody knows what other people's code looks at."""
        self._new_rule(
            "service",
            user=self.env.user,
            kind="webhook",
            url="https://rules.test",
        )
        self.assertTrue(self._is_shared())

    def test_what_a_filter_looks_at(self):
        orders = self.env["sale.order"]
        for domain, expected in (
            ([], False),
            ([("amount_total", ">", 5), ("state", "=", "draft")], False),
            (["|", ("note", "=", False), ("partner_id.ref", "=", "A")], False),
            ([("date_order.month_number", "=", 12)], False),
            ([("partner_id.country_code", "=", "US")], False),
            ([("order_line.product_uom_qty", ">", 5)], False),
            ([("order_line", "any", [("discount", ">", 5)])], False),
            ([("tag_ids.name", "=", "A")], False),
            ([("order_line.product_id.qty_available", "<", 5)], True),
            ([("order_line", "any", [("product_id.free_qty", "<", 5)])], True),
            (["!", ("partner_id.sale_order_count", ">", 5)], True),
            ([("partner_id.sale_order_ids.amount_total", ">", 5)], True),
            ([("gone", "=", 5)], True),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(looks_elsewhere(orders, domain), expected)

    def test_who_enters(self):
        """A batch that is only created waits for nobody, and reserves nothing."""
        queue = self.env["sales.intake.queue"]
        entered = []
        queue_class = self.env.registry["sales.intake.queue"]
        self.patch(queue_class, "_is_untouched", lambda _queue: True)
        self.patch(queue_class, "_wait", lambda _queue, house: entered.append(house))
        api = self.env["sales.order.api"].with_user(self.salesman)
        only_created = api._prepare_intake_options(False, False)
        confirmed = api._prepare_intake_options(True, False)
        self.assertFalse(queue._enter(only_created))
        self.assertTrue(queue._enter(confirmed))
        self.assertFalse(entered)
        self._new_check("stock")
        self.assertFalse(queue._enter(confirmed))
        self.assertEqual(entered, [self.warehouse])

    def test_rule_that_cannot_be_read(self):
        rule = self._new_filter("broken")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_validation_rule SET domain = 'oops' WHERE id = %s", rule.ids
        )
        self.env.invalidate_all()
        self.assertTrue(rule._is_shared())

    def test_groups_of_lines(self):
        """A filter of lines is read as one of lines."""
        values = {"target": "line", "kind": "domain", "code": "lines"}
        rule = self._new_rule(**values, line_domain="[('discount', '>', 5)]")
        self.assertFalse(rule._is_shared())
        rule.line_domain = "[('qty_available_today', '<', 1)]"
        self.assertTrue(rule._is_shared())
