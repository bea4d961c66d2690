from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError
from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

from ..exceptions import SubscriptionStateError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestFromOrder(SubscriptionCommon):
    def test_one_subscription_with_the_recurring_lines(self):
        two = self._new_recurring("Test Care Plus", 80.0, self.monthly, type="service")
        subscription = self._subscribe((self.product, 1), (self.care, 2), (two, 1))
        self.assertRecordValues(
            subscription,
            [
                {
                    "state": "active",
                    "partner_id": self.customer.id,
                    "user_id": self.salesman.id,
                    "plan_id": self.monthly.id,
                    "tz": "Europe/London",
                    "amount_untaxed": 180.0,
                    "period_no": 1,
                }
            ],
        )
        self.assertRegex(subscription.name, r"^SUB/20\d\d/\d{5}$")
        self.assertRecordValues(
            subscription.line_ids,
            [
                {"product_id": self.care.id, "quantity": 2.0, "price_unit": 50.0},
                {"product_id": two.id, "quantity": 1.0, "price_unit": 80.0},
            ],
        )

    def test_the_order_itself_bills_the_first_period(self):
        subscription = self._subscribe((self.product, 1), (self.care, 2))
        order = subscription.origin_order_id
        self.assertEqual(
            self._get_ledger(subscription),
            [(1, "2026-01-31", "2026-02-27", "ordered")],
        )
        period = subscription.period_ids
        self.assertTrue(period.is_origin)
        self.assertEqual(period.order_id, order)
        self.assertEqual(period.amount, 100.0)
        self.assertEqual(str(subscription.next_billing_date), "2026-02-28")

    def test_one_subscription_a_plan(self):
        subscriptions = self._subscribe((self.care, 1), (self.report, 1))
        self.assertEqual(len(subscriptions), 2)
        self.assertEqual(subscriptions.plan_id, self.monthly | self.yearly)
        self.assertEqual(set(subscriptions.mapped("amount_untaxed")), {50.0, 300.0})

    def test_orders_without_plan_start_nothing(self):
        self.assertFalse(self._subscribe((self.product, 1), (self.service, 1)))

    def test_plan_is_proposed_and_can_be_left_out(self):
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.care
                self.assertEqual(line.sales_plan_id, self.monthly)
                line.sales_plan_id = self.env["sales.subscription.plan"]
            with form.order_line.new() as line:
                line.product_id = self.report
                line.sales_plan_id = self.monthly
        form.record.action_confirm()
        subscription = form.record.sales_subscription_ids
        self.assertEqual(subscription.plan_id, self.monthly)
        self.assertEqual(subscription.line_ids.product_id, self.report)

    def test_plan_needs_a_recurring_product(self):
        order = self._new_order((self.product, 1))
        self.assertFalse(order.order_line.sales_plan_id)
        with self.assertRaisesRegex(ValidationError, "not sold as a subscription"):
            order.order_line.sales_plan_id = self.monthly

    def test_plan_of_another_company_is_not_proposed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.monthly.company_id = other
        order = self._new_order((self.service, 1))
        self.assertFalse(order.order_line.sales_plan_id)

    def test_plan_cannot_change_once_confirmed(self):
        order = self._subscribe().origin_order_id
        with self.assertRaisesRegex(UserError, "its subscription has started"):
            order.order_line.sales_plan_id = False

    def test_returns_are_not_repeated(self):
        subscription = self._subscribe((self.care, 1), (self.report, -1))
        self.assertEqual(subscription.plan_id, self.monthly)

    def test_terms_are_those_of_the_order(self):
        contact = self.env["res.partner"].create(
            {"name": "Bills", "parent_id": self.customer.id, "type": "invoice"}
        )
        term = self.env.ref("account.account_payment_term_30days")
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        subscription = self._subscribe(
            payment_term_id=term.id,
            fiscal_position_id=position.id,
            partner_invoice_id=contact.id,
        )
        self.assertRecordValues(
            subscription,
            [
                {
                    "payment_term_id": term.id,
                    "fiscal_position_id": position.id,
                    "partner_invoice_id": contact.id,
                    "partner_shipping_id": self.customer.id,
                }
            ],
        )

    def test_start_is_the_day_where_the_customer_lives(self):
        self.customer.tz = "Pacific/Auckland"
        subscription = self._subscribe(at="2026-01-31 12:00:00")
        self.assertEqual(str(subscription.anchor_date), "2026-02-01")

    def test_time_zone_falls_back_to_the_company_then_utc(self):
        self.customer.tz = False
        self.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self._subscribe().tz, "Asia/Tokyo")
        self.company.partner_id.tz = False
        self.assertEqual(self._subscribe().tz, "UTC")

    def test_term_gives_the_end_date(self):
        self.monthly.term_count = 12
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self.assertEqual(str(subscription.end_date), "2027-01-30")

    # === Every path to confirmation === #

    def test_rpc_write_of_the_state_starts_it(self):
        order = self._new_order((self.care, 1))
        order.write({"state": "sale"})
        self.assertEqual(order.sales_subscription_ids.state, "active")

    def test_rpc_create_in_state_sale_starts_it(self):
        order = self._new_order((self.care, 1), state="sale")
        self.assertEqual(order.sales_subscription_ids.state, "active")

    def test_customer_signature_starts_it(self):
        order = self._new_order((self.care, 1))
        order.action_quotation_sent()
        # The portal route confirms as the public user with superuser rights.
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        self.assertEqual(order.sales_subscription_ids.state, "active")
        self.assertEqual(order.sales_subscription_ids.user_id, self.salesman)

    def test_nothing_starts_while_the_gate_is_shut(self):
        order = self._new_order((self.care, 1))

        def get_findings(orders, operation, baseline=None):
            return {one.id: [Finding("test", "Not yet")] for one in orders}

        self.patch(type(order), "_get_guard_findings", get_findings)
        for confirm in (
            order.action_confirm,
            lambda: order.write({"state": "sale"}),
            lambda: self._new_order((self.care, 1), state="sale"),
        ):
            with self.assertRaises(GuardError), self.env.cr.savepoint():
                confirm()
        self.assertFalse(
            self.env["sales.subscription"].search(
                [("partner_id", "=", self.customer.id)]
            )
        )

    # === Again, and back === #

    def test_cancelling_the_order_cancels_the_subscription(self):
        subscription = self._subscribe((self.care, 1), (self.report, 1))
        subscription[:1].origin_order_id.action_cancel()
        self.assertEqual(set(subscription.mapped("state")), {"cancelled"})
        self.assertEqual(set(subscription.period_ids.mapped("state")), {"waived"})
        self.assertFalse(any(subscription.mapped("next_billing_date")))

    def test_confirming_again_does_not_double(self):
        subscription = self._subscribe((self.care, 1), at="2026-01-31 10:00:00")
        order = subscription.origin_order_id
        order.action_cancel()
        order.action_draft()
        self.assertEqual(subscription.state, "draft")
        self.assertEqual(subscription.period_ids.state, "waived")
        order.order_line.product_uom_qty = 3
        with freeze_time("2026-02-10 10:00:00"):
            order.action_confirm()
        self.assertEqual(order.sales_subscription_ids, subscription)
        self.assertEqual(subscription.state, "active")
        self.assertEqual(subscription.line_ids.quantity, 3)
        self.assertEqual(
            self._get_ledger(subscription),
            [(1, "2026-02-10", "2026-03-09", "ordered")],
        )
        self._bill("2026-03-10 12:00:00")
        self.assertEqual(len(subscription.period_ids), 2)

    def test_confirming_again_after_billed_periods_begins_anew(self):
        old = self._subscribe(at="2026-01-31 10:00:00")
        order = old.origin_order_id
        self._bill("2026-03-01 12:00:00")
        order.action_cancel()
        order.action_draft()
        self.assertEqual(old.state, "cancelled")
        order.action_confirm()
        new = order.sales_subscription_ids - old
        self.assertEqual((old.state, new.state), ("cancelled", "active"))
        self.assertEqual(new.period_no, 1)

    def test_a_cancelled_order_keeps_its_subscription_from_starting(self):
        subscription = self._subscribe()
        subscription.origin_order_id.action_cancel()
        subscription.action_draft()
        with self.assertRaisesRegex(SubscriptionStateError, "is not confirmed"):
            subscription.action_start()

    def test_a_line_added_later_joins_the_subscription(self):
        subscription = self._subscribe((self.care, 1))
        order = subscription.origin_order_id
        order.order_line = [Command.create({"product_id": self.report.id})]
        self.assertEqual(len(order.sales_subscription_ids), 2)
        extra = self._new_recurring("Test Extra", 10.0, self.monthly, type="service")
        order.order_line = [Command.create({"product_id": extra.id})]
        self.assertEqual(len(order.sales_subscription_ids), 2)
        self.assertEqual(subscription.line_ids.product_id, self.care | extra)
        self.assertEqual(subscription.period_ids.amount, 60.0)

    def test_orders_of_a_subscription_cannot_be_deleted(self):
        order = self._subscribe().origin_order_id
        order.action_cancel()
        with self.assertRaisesRegex(UserError, "belongs to a subscription"):
            order.with_user(self.manager).unlink()

    def test_copies_of_the_order_are_orders_of_their_own(self):
        order = self._subscribe().origin_order_id
        copy = order.copy()
        self.assertFalse(copy.sales_subscription_ids)
        copy.action_confirm()
        self.assertEqual(len(copy.sales_subscription_ids), 1)
        self.assertNotEqual(copy.sales_subscription_ids, order.sales_subscription_ids)

    def test_smart_buttons_lead_to_the_subscription(self):
        subscription = self._subscribe()
        order = subscription.origin_order_id
        self.assertEqual(order.sales_subscription_count, 1)
        self.assertEqual(order.action_view_subscriptions()["res_id"], subscription.id)
        partner = self.customer.with_user(self.salesman)
        self.assertEqual(partner.sales_subscription_count, 1)
        self.assertEqual(partner.action_view_subscriptions()["res_id"], subscription.id)
        self._bill("2026-03-01 12:00:00")
        billed = subscription.period_ids.order_id - order
        self.assertEqual(billed.sales_subscription_count, 1)
