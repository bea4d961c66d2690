from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.sales_order_plus.tests.common import SalesPlusCommon


class SubscriptionCommon(SalesPlusCommon):
    """Plans, products sold on them, and the scheduler at a given time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tz = "Europe/London"
        # What other data brought along would be billed at the tests' times too.
        running = cls.env["sales.subscription"].search([("state", "=", "active")])
        running.action_pause()
        cls.company.sales_deferred_account_id = False
        cls.accountant = new_test_user(
            cls.env,
            login="tsop_acc",
            groups="base.group_user,account.group_account_invoice",
            company_id=cls.company.id,
        )
        cls.monthly = cls._new_plan("Monthly")
        cls.yearly = cls._new_plan("Yearly", interval_unit="year", auto_post=False)
        cls.care = cls._new_recurring("Test Care", 50.0, cls.monthly, type="service")
        cls.report = cls._new_recurring(
            "Test Report", 300.0, cls.yearly, type="service"
        )
        cls.box = cls._new_recurring(
            "Test Box", 20.0, cls.monthly, is_storable=True, invoice_policy="delivery"
        )

    @classmethod
    def _new_plan(cls, name, **values):
        return cls.env["sales.subscription.plan"].create({"name": name, **values})

    @classmethod
    def _new_recurring(cls, name, price, plan, **values):
        values = {"invoice_policy": "order", **values}
        return cls._new_product(
            name, price, recurring_ok=True, sales_plan_id=plan.id, **values
        )

    def _subscribe(self, *lines, at="2026-01-31 10:00:00", user=None, **values):
        """Sell (product, quantity) pairs as the salesman at a time (UTC)."""
        with freeze_time(at):
            order = self._new_order(*lines or ((self.care, 1),), user=user, **values)
            order.action_confirm()
        return order.sales_subscription_ids

    def _new_subscription(self, start, *lines, user=None, **values):
        """Prepare a subscription by hand as the salesman; it is not started."""
        user = user or self.salesman
        return (
            self.env["sales.subscription"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "plan_id": self.monthly.id,
                    "anchor_date": start,
                    "line_ids": [
                        Command.create({"product_id": product.id, "quantity": quantity})
                        for product, quantity in lines or ((self.care, 1),)
                    ],
                    **values,
                }
            )
        )

    def _run_cron(self, name, at):
        """Let the scheduler run one of our jobs at a time (UTC), as OdooBot."""
        with freeze_time(at):
            self.env.ref(f"sales_subscription_plus.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _bill(self, at):
        self._run_cron("ir_cron_bill", at)

    def _invoice(self, at):
        self._run_cron("ir_cron_invoice", at)

    def _bill_february(self, *lines, **values):
        """Sell pairs in January and bill the second period of what they started.

        :return: the subscription and that period
        """
        subscription = self._subscribe(*lines, **values)
        self._bill("2026-02-28 12:00:00")
        return subscription, subscription.period_ids[0]

    def _get_ledger(self, subscription):
        """Return [(number, first day, last day, state)] in the order of the periods."""
        return [
            (row.period_no, str(row.date_start), str(row.date_end), row.state)
            for row in subscription.period_ids.sorted("period_no")
        ]

    def _get_events(self, record):
        """Return the codes of the audit events of ``record`` in order."""
        events = self.env["sales.audit.event"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )
        return events.mapped("code")
