from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestAccessRights(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.mine = self._subscribe()
        self.theirs = self._subscribe(user=self.colleague)

    def _find(self, user, model="sales.subscription"):
        return (
            self.env[model]
            .with_user(user)
            .search([("company_id", "=", self.company.id)])
            .sudo()
        )

    def test_salesperson_sees_and_changes_his_own(self):
        found = self._find(self.salesman)
        self.assertIn(self.mine, found)
        self.assertNotIn(self.theirs, found)
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.salesman).action_pause()
        with self.assertRaises(AccessError):
            self.theirs.line_ids.with_user(self.salesman).price_unit = 1
        self.mine.with_user(self.salesman).action_pause()

    def test_salesperson_sees_the_periods_of_his_own(self):
        found = self._find(self.salesman, "sales.subscription.period")
        self.assertIn(self.mine.period_ids, found)
        self.assertNotIn(self.theirs.period_ids.sudo(), found)

    def test_all_documents_sees_all(self):
        found = self._find(self.colleague)
        self.assertLessEqual(self.mine | self.theirs, found)

    def test_accounting_reads_all_and_changes_nothing(self):
        reader = new_test_user(
            self.env,
            login="tsop_reader",
            groups="base.group_user,account.group_account_readonly",
        )
        for user in (self.accountant, reader):
            self.assertLessEqual(self.mine | self.theirs, self._find(user))
            with self.assertRaises(AccessError):
                self.mine.with_user(user).action_cancel()

    def test_salespeople_do_not_bill_by_hand(self):
        for user in (self.salesman, self.colleague):
            with self.assertRaises(AccessError), freeze_time("2026-05-01 12:00:00"):
                self.mine.with_user(user).action_bill_now()

    def test_stock_users_see_no_subscriptions_but_open_the_order(self):
        with self.assertRaises(AccessError):
            self.mine.with_user(self.storeman).read(["name"])
        order = self.mine.origin_order_id.with_user(self.storeman)
        order.order_line.read(["sales_plan_id", "product_recurring_ok"])
        arch = order.get_view(view_type="form")["arch"]
        self.assertNotIn("sales_subscription_count", arch)

    def test_portal_reads_its_company_only(self):
        other = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self._subscribe(partner_id=other.id)
        portal = self.portal_user
        self.assertIn(self.mine, self._find(portal))
        self.assertNotIn(foreign, self._find(portal))
        with self.assertRaises(AccessError):
            foreign.with_user(portal).read(["name"])
        with self.assertRaises(AccessError):
            foreign.period_ids.with_user(portal).read(["amount"])
        with self.assertRaises(AccessError):
            foreign.line_ids.with_user(portal).read(["price_unit"])

    def test_portal_changes_nothing(self):
        subscription = self.mine.with_user(self.portal_user)
        for change in (
            lambda: subscription.write({"state": "paused"}),
            subscription.action_cancel,
            subscription.action_bill_now,
            lambda: subscription.line_ids.write({"price_unit": 0}),
            lambda: subscription.create({"partner_id": self.customer.id}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_portal_does_not_read_internal_fields(self):
        subscription = self.mine.with_user(self.portal_user)
        subscription.read(["name", "state", "amount_total", "next_billing_date"])
        for name in (
            "billing_error",
            "billing_retry_at",
            "team_id",
            "audit_event_count",
            "order_count",
        ):
            with self.assertRaises(AccessError, msg=name):
                subscription.read([name])
        with self.assertRaises(AccessError):
            subscription.period_ids.read(["waiting_reason"])
        with self.assertRaises(AccessError):
            self.mine.origin_order_id.with_user(self.portal_user).read(
                ["sales_subscription_ids"]
            )

    def test_other_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            login="tsop_other",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.env["sales.subscription"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.mine.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            self.mine.period_ids.with_user(stranger).read(["state"])

    def test_changes_and_charges_follow_the_subscription(self):
        models = {
            "sales.subscription.change": {
                "kind": "quantity",
                "quantity": 2,
            },
            "sales.subscription.discount": {"name": "X", "percent": 5},
        }
        for model, values in models.items():
            for subscription, seen in ((self.mine, True), (self.theirs, False)):
                record = self.env[model].create(
                    {"subscription_id": subscription.id, **values}
                )
                found = self.env[model].with_user(self.salesman).search([]).sudo()
                self.assertEqual(record in found, seen, model)
            with self.assertRaises(AccessError):
                record.with_user(self.accountant).write({"subscription_id": 1})
            with self.assertRaises(AccessError):
                record.with_user(self.portal_user).read(["subscription_id"])

    def test_ledgers_are_written_by_code_alone(self):
        for name in (
            "sales.subscription.charge",
            "sales.subscription.period",
            "sales.dunning.case",
            "sales.dunning.action",
            "sales.revenue.schedule",
            "sales.revenue.schedule.line",
        ):
            for user in (self.salesman, self.manager, self.accountant):
                model = self.env[name].with_user(user)
                for right in ("create", "write", "unlink"):
                    self.assertFalse(model.has_access(right), (name, right))

    def test_only_managers_set_prices_and_policies(self):
        for name in (
            "sales.plan.family",
            "sales.plan.bundle.line",
            "sales.plan.price",
            "sales.plan.price.tier",
            "sales.subscription.season",
            "sales.subscription.offer",
            "sales.usage.meter",
            "sales.dunning.policy",
            "sales.dunning.step",
            "sales.plan.migration",
        ):
            self.assertFalse(
                self.env[name].with_user(self.salesman).has_access("write")
            )
            self.assertTrue(self.env[name].with_user(self.manager).has_access("write"))
            self.assertFalse(
                self.env[name].with_user(self.portal_user).has_access("read")
            )

    def test_usage_follows_the_subscription(self):
        events = self.env["sales.usage.event"]
        self.assertTrue(events.with_user(self.salesman).has_access("create"))
        for user in (self.accountant, self.portal_user):
            self.assertFalse(events.with_user(user).has_access("create"))
