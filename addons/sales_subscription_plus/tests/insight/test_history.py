from freezegun import freeze_time
from lxml import etree, html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import AppendOnlyError

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestHistory(SubscriptionCommon):
    """Each period with its order, invoice, payment and delivery; events that stay."""

    def setUp(self):
        super().setUp()
        self.subscription = self._subscribe((self.care, 1), (self.box, 2))
        self._set_stock(self.box, 10)
        self._bill("2026-02-28 12:00:00")

    def _pay(self, move):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()

    def test_each_period_with_what_became_of_it(self):
        period = self.subscription.period_ids.filtered(lambda row: row.period_no == 2)
        with freeze_time("2026-03-02 12:00:00"):
            picking = period.order_id.picking_ids
            picking.move_ids.write({"quantity": 2, "picked": True})
            picking.button_validate()
            self._invoice("2026-03-02 13:00:00")
            self._pay(period.move_id)
        own = period.with_user(self.salesman)
        self.assertEqual(own.delivery_status, "full")
        self.assertIn(own.payment_state, ("paid", "in_payment"))
        first = self.subscription.period_ids.filtered(lambda row: row.period_no == 1)
        self.assertEqual(first.delivery_status, "pending")
        mine = self.subscription.with_user(self.salesman)
        self.assertEqual(mine.picking_count, 2)
        action = mine.action_view_deliveries()
        self.assertEqual(action["domain"], [("id", "in", mine._get_pickings().ids)])
        paid = self.subscription.with_user(self.accountant)
        self.assertEqual(paid.payment_count, 1)
        self.assertEqual(paid.action_view_payments()["res_id"], paid._get_payments().id)

    def test_the_form_shows_them(self):
        arch = self.subscription.with_user(self.salesman).get_view(view_type="form")
        tree = etree.fromstring(arch["arch"])
        [page] = tree.xpath("//page[@name='periods']")
        self.assertEqual(page.get("string"), "History")
        names = [
            field.get("name")
            for field in page.xpath("./field[@name='period_ids']/list/field")
        ]
        for name in (
            "order_id",
            "move_id",
            "payment_state",
            "delivery_status",
            "state",
        ):
            self.assertIn(name, names)

    def test_events_cannot_be_changed_or_deleted(self):
        events = self.env["sales.audit.event"].search(
            [
                ("model", "=", "sales.subscription"),
                ("res_id", "=", self.subscription.id),
            ]
        )
        self.assertGreaterEqual(
            set(events.mapped("code")), {"subscription.created", "subscription.billed"}
        )
        for user in (self.salesman, self.manager):
            own = events.with_user(user)
            # Refused before rights are looked at: nobody at all may.
            with self.assertRaises(AppendOnlyError), self.env.cr.savepoint():
                own.write({"code": "subscription.cancelled"})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                own.unlink()
        for refused in (events.unlink, lambda: events.write({"code": "x"})):
            with self.assertRaises(AppendOnlyError), self.env.cr.savepoint():
                refused()

    def test_who_did_what_from_where(self):
        with freeze_time("2026-03-05 12:00:00"):
            self.subscription.with_user(self.salesman).action_pause()
        event = self.env["sales.audit.event"].search(
            [
                ("model", "=", "sales.subscription"),
                ("res_id", "=", self.subscription.id),
                ("code", "=", "subscription.paused"),
            ]
        )
        self.assertEqual(event.user_id, self.salesman)
        self.assertEqual(str(event.date)[:10], "2026-03-05")

    def test_statement(self):
        content = (
            self.env["ir.actions.report"]
            .with_user(self.salesman)
            ._render_qweb_html(
                "sales_subscription_plus.report_subscription_statement",
                self.subscription.ids,
            )[0]
        )
        page = html.fromstring(content)
        rows = page.xpath("//table[@id='statement_periods']/tbody/tr")
        self.assertEqual(len(rows), 2)
        orders = self.subscription.period_ids.order_id
        text = page.text_content()
        for order in orders:
            self.assertIn(order.name, text)
        events = page.xpath("//table[@id='statement_events']//tr")
        self.assertIn("Subscription started", events[1].text_content())
