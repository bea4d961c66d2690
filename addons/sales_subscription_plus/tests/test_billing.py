from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..exceptions import NothingDueError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestBilling(SubscriptionCommon):
    def _fail_for(self, subscription, message="No journal"):
        """Make creating the order of one subscription fail."""
        orders = self.env.registry["sale.order"]
        create = orders.create

        def create_or_fail(self, vals_list):
            for vals in vals_list if isinstance(vals_list, list) else [vals_list]:
                if vals.get("origin") == subscription.name:
                    raise UserError(message)
            return create(self, vals_list)

        return patch.object(orders, "create", create_or_fail)

    def test_month_ends_from_the_anchor(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        for at in ("2026-02-28", "2026-03-31", "2026-04-30"):
            self._bill(f"{at} 12:00:00")
        self.assertEqual(
            self._get_ledger(subscription),
            [
                (1, "2026-01-31", "2026-02-27", "ordered"),
                (2, "2026-02-28", "2026-03-30", "invoiced"),
                (3, "2026-03-31", "2026-04-29", "invoiced"),
                (4, "2026-04-30", "2026-05-30", "invoiced"),
            ],
        )

    def test_not_a_day_early(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self._bill("2026-02-27 23:59:59")
        self.assertEqual(subscription.period_no, 1)
        self._bill("2026-02-28 00:00:00")
        self.assertEqual(subscription.period_no, 2)

    def test_leap_day_yearly(self):
        subscription = self._subscribe((self.report, 1), at="2024-02-29 10:00:00")
        self._bill("2028-02-29 12:00:00")
        self.assertEqual(
            [row[1] for row in self._get_ledger(subscription)],
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        )

    def test_running_it_again_bills_nothing(self):
        subscription = self._subscribe()
        for _run in range(3):
            self._bill("2026-02-28 12:00:00")
        self.assertEqual(len(subscription.period_ids), 2)
        orders = self.env["sale.order"].search([("origin", "=", subscription.name)])
        self.assertEqual(len(orders), 1)
        self.assertEqual(len(orders.invoice_ids), 1)

    def test_due_where_the_customer_lives(self):
        # One instant: 11:30 UTC on 27 February is 28 February in Auckland (UTC+13),
        # 27 February in Los Angeles.
        subscriptions = {}
        for tz in ("Pacific/Auckland", "America/Los_Angeles"):
            self.customer.tz = tz
            subscriptions[tz] = self._new_subscription("2026-01-28")
            with freeze_time("2026-02-01 12:00:00"):
                subscriptions[tz].action_start()
        self._bill("2026-02-01 12:00:00")
        auckland, los_angeles = subscriptions.values()
        self.assertEqual((auckland.period_no, los_angeles.period_no), (1, 1))
        self._bill("2026-02-27 11:30:00")
        self.assertEqual((auckland.period_no, los_angeles.period_no), (2, 1))
        self._bill("2026-02-28 07:59:00")
        self.assertEqual(los_angeles.period_no, 1)
        self._bill("2026-02-28 08:00:00")
        self.assertEqual((auckland.period_no, los_angeles.period_no), (2, 2))

    def test_catches_up_after_downtime_one_period_each(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self._bill("2026-06-30 12:00:00")
        self.assertEqual(subscription.period_no, 6)
        orders = self.env["sale.order"].search([("origin", "=", subscription.name)])
        self.assertEqual(len(orders), 5)
        self.assertEqual(orders.mapped("amount_untaxed"), [50.0] * 5)

    def test_more_than_one_pass_of_subscriptions(self):
        subscriptions = self.env["sales.subscription"]
        for _number in range(3):
            subscriptions |= self._subscribe(at="2026-01-31 10:00:00")
        model = self.env.registry["sales.subscription"]
        with patch.object(model._cron_bill, "__defaults__", (2,)):
            self._bill("2026-03-31 12:00:00")
        self.assertEqual(subscriptions.mapped("period_no"), [3, 3, 3])

    def test_paused_cancelled_and_drafts_are_left_alone(self):
        draft = self._new_subscription("2026-01-31")
        paused, cancelled = self._subscribe(), self._subscribe()
        paused.action_pause()
        cancelled.action_cancel()
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(draft.period_no, 0)
        self.assertEqual(paused.period_no, 1)
        self.assertEqual(cancelled.period_no, 1)

    def test_the_order_of_a_period(self):
        subscription = self._subscribe(
            (self.product, 1), (self.care, 3), client_order_ref="PO 7"
        )
        subscription.origin_order_id.order_line[1].discount = 10
        subscription.line_ids.discount = 10
        self._bill("2026-02-28 12:00:00")
        order = subscription.period_ids[0].order_id
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "origin": subscription.name,
                    "user_id": self.salesman.id,
                    "partner_id": self.customer.id,
                    "amount_untaxed": 135.0,
                    "require_signature": False,
                }
            ],
        )
        section, line = order.order_line
        self.assertIn(subscription.name, section.name)
        self.assertEqual((line.product_id, line.product_uom_qty), (self.care, 3.0))
        # The order of a period starts no subscription of its own.
        self.assertFalse(line.sales_plan_id)
        self.assertFalse(order.sales_subscription_ids)

    def test_price_stays_as_agreed(self):
        subscription = self._subscribe()
        self.care.list_price = 70.0
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(subscription.period_ids[0].amount, 50.0)

    def test_taxes_and_currency_of_the_origin_order(self):
        tax = self.env["account.tax"].create(
            {"name": "Test 20%", "amount": 20.0, "type_tax_use": "sale"}
        )
        self.care.taxes_id = tax
        foreign = self.env.ref("base.GBP")
        if self.company.currency_id == foreign:
            foreign = self.env.ref("base.EUR")
        foreign.active = True
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Foreign",
                "currency_id": foreign.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 33.33})
                ],
            }
        )
        subscription = self._subscribe((self.care, 3), pricelist_id=pricelist.id)
        # 3 × 33.33 = 99.99, 20 % of it is 20.00.
        self.assertEqual(subscription.amount_untaxed, 99.99)
        self.assertEqual(subscription.amount_total, 119.99)
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        self.assertEqual(period.order_id.currency_id, foreign)
        self.assertEqual(period.move_id.currency_id, foreign)
        self.assertEqual(period.amount, 119.99)
        self.assertEqual(period.move_id.amount_total, 119.99)

    def test_plan_decides_whether_invoices_are_posted(self):
        monthly = self._subscribe((self.care, 1), at="2025-02-10 10:00:00")
        yearly = self._subscribe((self.report, 1), at="2025-02-10 10:00:00")
        self._bill("2026-02-10 12:00:00")
        self.assertEqual(monthly.period_ids[0].move_id.state, "posted")
        self.assertEqual(yearly.period_ids[0].move_id.state, "draft")

    def test_invoice_is_dated_where_the_customer_lives(self):
        self.customer.tz = "Pacific/Auckland"
        subscription = self._subscribe(at="2026-01-09 12:00:00")
        self.assertEqual(str(subscription.anchor_date), "2026-01-10")
        self._bill("2026-02-09 12:00:00")
        self.assertEqual(
            str(subscription.period_ids[0].move_id.invoice_date), "2026-02-10"
        )

    def test_bills_in_the_company_that_sells(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", other, False)
        seller = new_test_user(
            self.env,
            login="tsop_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=other.ids,
        )
        care = self.care.with_company(other)
        subscription = self._subscribe((care, 1), user=seller, company_id=other.id)
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0].sudo()
        self.assertEqual(period.order_id.company_id, other)
        self.assertEqual(period.move_id.company_id, other)
        self.assertEqual(period.move_id.journal_id.company_id, other)
        self.assertEqual(period.state, "invoiced")

    # === Failure === #

    def test_a_failure_is_kept_and_the_others_go_on(self):
        broken, sound = self._subscribe(), self._subscribe()
        with self._fail_for(broken):
            self._bill("2026-02-28 12:00:00")
        self.assertEqual(sound.period_no, 2)
        self.assertEqual(broken.period_no, 1)
        # The row of the ledger went with the rest.
        self.assertEqual(len(broken.period_ids), 1)
        self.assertEqual(broken.billing_error, "No journal")
        self.assertEqual(str(broken.billing_retry_at), "2026-02-28 13:00:00")
        self.assertEqual(broken.activity_ids.user_id, self.salesman)
        self.assertIn("subscription.billing_failed", self._get_events(broken))

    def test_tries_again_later_and_later(self):
        subscription = self._subscribe()
        retries = []
        with self._fail_for(subscription):
            for at in ("02-28 12:00", "02-28 12:30", "02-28 13:00", "02-28 17:00"):
                self._bill(f"2026-{at}:00")
                retries.append(str(subscription.billing_retry_at))
        self.assertEqual(
            retries,
            [
                "2026-02-28 13:00:00",
                "2026-02-28 13:00:00",
                "2026-02-28 17:00:00",
                "2026-03-01 17:00:00",
            ],
        )
        self.assertEqual(subscription.billing_failures, 3)
        self.assertEqual(len(subscription.activity_ids), 1)
        self._bill("2026-03-01 17:00:00")
        self.assertEqual(subscription.period_no, 2)
        self.assertFalse(subscription.billing_error)
        self.assertFalse(subscription.billing_retry_at)
        self.assertEqual(subscription.billing_failures, 0)

    def test_a_failure_does_not_make_the_scheduler_spin(self):
        subscription = self._subscribe()
        passes = []
        model = self.env.registry["sales.subscription"]
        original = model._bill_or_postpone

        def count(records):
            passes.append(records.ids)
            return original(records)

        with (
            self._fail_for(subscription),
            patch.object(model, "_bill_or_postpone", count),
        ):
            self._bill("2026-02-28 12:00:00")
        self.assertEqual(passes, [subscription.ids])
        progress = self.env["ir.cron.progress"].search(
            [("cron_id", "=", self.env.ref("sales_subscription_plus.ir_cron_bill").id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual(progress.remaining, 0)

    # === By hand === #

    def test_accounting_bills_what_is_due(self):
        subscription = self._subscribe()
        with freeze_time("2026-03-31 12:00:00"):
            subscription.invalidate_recordset(["is_due"])
            subscription.with_user(self.accountant).action_bill_now()
        self.assertEqual(subscription.period_no, 3)
        self._bill("2026-03-31 13:00:00")
        self.assertEqual(subscription.period_no, 3)

    def test_nothing_due_is_told(self):
        subscription = self._subscribe()
        with (
            freeze_time("2026-02-01 12:00:00"),
            self.assertRaisesRegex(NothingDueError, "2026-02-28"),
        ):
            subscription.with_user(self.manager).action_bill_now()

    @mute_logger("odoo.sql_db")
    def test_by_hand_the_failure_is_shown(self):
        subscription = self._subscribe()
        with freeze_time("2026-02-28 12:00:00"), self._fail_for(subscription):
            subscription.invalidate_recordset(["is_due"])
            with self.assertRaisesRegex(UserError, "No journal"):
                subscription.with_user(self.manager).action_bill_now()
