from odoo.fields import Command
from odoo.tests import tagged

from .common import ValidationCommon

DOMAINS = (
    "[('client_order_ref', '=', 'wrong')]",
    "[('amount_total', '>', 10000000)]",
    "[('order_line.discount', '>', 90)]",
    "[('partner_id.country_id.code', '=', 'XX')]",
)


@tagged("post_install", "-at_install")
class TestValidationCost(ValidationCommon):
    """Queries of rules; what they take is measured by ``./dev bench rules``."""

    def _new_rules(self, count):
        for number in range(count):
            self._new_filter(f"cost_{number}", DOMAINS[number % len(DOMAINS)])

    def test_without_rules_no_query(self):
        orders = self._new_order() + self._new_order()
        rules = self.env["sales.validation.rule"]
        rules._get_rules("confirm")
        with self.assertQueryCount(0):
            rules._get_findings(orders, "confirm")
            self.assertFalse(orders[0].rule_findings)

    def test_hundred_lines_and_fifty_rules(self):
        self._new_rules(40)
        for number in range(10):
            self._new_rule(
                f"line_{number}",
                target="line",
                line_domain="[('product_uom_qty', '>', 1000)]",
            )
        rules = self.env["sales.validation.rule"].with_user(self.salesman)

        def check(count):
            order = self._new_order(*[(self.product, 1)] * count)
            return self._count(lambda: rules._get_findings(order, "confirm"))

        check(10)
        self.assertEqual(check(100), check(10))

    def test_hundred_orders_and_twenty_rules(self):
        """Twenty rules ask some queries for all the orders together."""

        def confirm(count):
            line = Command.create({"product_id": self.service.id})
            orders = self.env["sale.order"].create(
                [
                    {"partner_id": self.customer.id, "order_line": [line]}
                    for _number in range(count)
                ]
            )
            return self._count(orders.action_confirm)

        confirm(10)
        few, many = confirm(10), confirm(100)
        self._new_rules(20)
        confirm(10)
        self.assertLessEqual(confirm(10) - few, 20)
        self.assertLessEqual(confirm(100) - many, 20)

    def _count(self, run):
        """Return the queries of ``run``, with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
