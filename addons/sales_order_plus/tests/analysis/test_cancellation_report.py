from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..refund.common import RefundCommon


@tagged("post_install", "-at_install")
class TestCancellationReport(RefundCommon):
    """What the pivot says is what happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.restocking.fee"].search([]).active = False
        cls.env["sales.retention.offer"].search([]).active = False
        cls.price = cls.env.ref("sales_order_plus.cancel_reason_price")

    def _group(self, groupby, *measures, **domain):
        report = self.env["sales.cancellation.report"]
        return report._read_group(
            [
                ("partner_id", "=", self.customer.id),
                *((name, "=", value) for name, value in domain.items()),
            ],
            [groupby],
            measures,
        )

    def _seed(self):
        self.env["sales.restocking.fee"].create(
            {"name": "Fee", "percent": 10, "company_id": self.company.id}
        ).product_id.taxes_id = False
        first, _invoice, _transaction = self._paid((self.product, 10), (self.other, 5))
        self._cancelled(first, {0: 4, 1: 1}, reason=self.price)
        second = self._confirmed((self.product, 3))
        self._deliver(second, 1)
        self._cancelled(second, {0: 2}, reason=self.ours)
        return first, second

    def test_equals_what_happened(self):
        first, _second = self._seed()
        one = first.sudo().cancellation_ids
        rows = self._group(
            "reason_id", "requests:sum", "lost:sum", "fee:sum", "refund:sum"
        )
        found = {reason: [round(v, 2) for v in values] for reason, *values in rows}
        self.assertEqual(found[self.price], [1, 520, 52, round(one.refund_amount, 2)])
        self.assertEqual(found[self.ours], [1, 200, 0, 0])

    def test_stage_and_product(self):
        self._seed()
        stages = dict(self._group("stage", "requests:sum"))
        self.assertEqual(
            {stage: round(count, 2) for stage, count in stages.items()},
            {"before": 1, "partly": 1},
        )
        products = dict(self._group("product_id", "quantity:sum"))
        self.assertEqual(products, {self.product: 6, self.other: 1})

    def test_returns_are_after_the_shipment(self):
        self.env["sales.change.policy"].search([]).active = False
        order, _invoice, _transaction = self._paid((self.product, 10))
        self._deliver(order, 10)
        reason = self.env.ref("sales_order_plus.sales_return_reason_mind")
        order.with_user(self.salesman).action_request_return(
            lines={order.order_line.id: 3}, reason=reason.id, resolution="refund"
        )
        self._flush()
        [(found, value, lost)] = self._group(
            "return_reason_id", "value:sum", "lost:sum", stage="after"
        )
        self.assertEqual((found, value, lost), (reason, 300, 0))

    def test_time_to_decide(self):
        order = self._confirmed()
        with freeze_time(order.date_order + timedelta(days=2)):
            one = self._new_cancellation(order, {0: 4})
            one.action_submit()
            self._flush()
        with freeze_time(order.date_order + timedelta(days=2, hours=6)):
            one.action_apply()
            self._flush()
        [(_state, hours, days)] = self._group(
            "state", "hours_to_decide:avg", "days:avg"
        )
        self.assertAlmostEqual(hours, 6)
        self.assertAlmostEqual(days, 2)

    def test_retained(self):
        self.env["sales.retention.offer"].create(
            {"name": "10 %", "reason_category": "price", "company_id": self.company.id}
        )
        order = self._confirmed()
        one = self._new_cancellation(order, reason=self.price)
        one.action_preview()
        one.action_accept_offer()
        self._cancelled(self._confirmed())
        rows = self._group("state", "saved:sum", "lost:sum", "retained_rate:avg")
        found = {state: values for state, *values in rows}
        self.assertEqual(found["retained"], [900, 0, 1])
        self.assertEqual(found["done"], [0, 1000, 0])

    def test_rights(self):
        order = self._confirmed()
        self._cancelled(order, {0: 4})
        report = self.env["sales.cancellation.report"]
        domain = [("order_id", "=", order.id)]
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        self.assertTrue(report.with_user(self.salesman).search(domain))
        self.assertTrue(report.with_user(self.colleague).search(domain))
        self.assertFalse(report.with_user(other).search(domain))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            report.with_user(self.storeman).search(domain).mapped("value")

    # === Changes === #

    def test_changes_by_kind_and_customer(self):
        order = self._confirmed()
        with freeze_time(fields.Datetime.now()) as clock:
            change = self._submitted(order, self._quantity(order, 12), "instructions")
            clock.tick(timedelta(hours=3))
            change.action_apply()
            self._flush()
        report = self.env["sales.change.report"]
        rows = report._read_group(
            [("partner_id", "=", self.customer.id)],
            ["kind"],
            ["requests:sum", "won:sum", "hours_to_decide:avg", "applied_rate:avg"],
        )
        found = {kind: [round(v, 2) for v in values] for kind, *values in rows}
        self.assertEqual(found["quantity"], [0.5, 119, 3, 1])
        self.assertEqual(found["instructions"], [0.5, 119, 3, 1])

    # === Alert === #

    def _alert(self):
        self.env.ref("sales_order_plus.ir_cron_cancel_alert").method_direct_trigger()
        self._flush()
        kind = "sales_order_plus.mail_activity_cancel_alert"
        return self.product.activity_search([kind], only_automated=False)

    def _ordered(self, cancelled, kept):
        for turn in range(cancelled + kept):
            order = self._confirmed((self.product, 2))
            if turn < cancelled:
                self._cancelled(order, {0: 1})

    def test_cancelled_too_often(self):
        self.company.write(
            {
                "sales_cancel_alert_rate": 10,
                "sales_cancel_alert_lines": 5,
                "sales_cancel_alert_user_id": self.manager.id,
            }
        )
        self._ordered(cancelled=1, kept=3)
        self.assertFalse(self._alert(), "four orders say nothing")
        self._ordered(cancelled=0, kept=6)
        self.assertFalse(self._alert(), "one in ten is allowed")
        self._ordered(cancelled=1, kept=0)
        activity = self._alert()
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("18.2", activity.summary)
        self.assertEqual(self._alert(), activity, "told once")

    def test_nobody_wants_to_know(self):
        self._ordered(cancelled=5, kept=0)
        self.assertFalse(self._alert())

    def test_old_orders_do_not_count(self):
        self.company.write(
            {"sales_cancel_alert_rate": 10, "sales_cancel_alert_lines": 1}
        )
        self._ordered(cancelled=2, kept=0)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertFalse(self._alert())
