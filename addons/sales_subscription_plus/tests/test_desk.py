from freezegun import freeze_time

from odoo import models
from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestDesk(SubscriptionCommon):
    def _get_counter(self, user):
        counters = self.env["sale.order"].with_user(user).get_order_desk()
        return next((one for one in counters if one["key"] == "to_renew"), None)

    def test_counts_what_ends_within_30_days(self):
        self.yearly.term_count = 1
        subscription = self._subscribe((self.report, 1), at="2025-03-01 10:00:00")
        self.assertEqual(str(subscription.end_date), "2026-02-28")
        counts = {}
        for day in ("2026-01-28", "2026-01-29", "2026-02-28", "2026-03-05"):
            with freeze_time(f"{day} 12:00:00"):
                counts[day] = self._get_counter(self.salesman)["count"]
        self.assertEqual(
            counts,
            {"2026-01-28": 0, "2026-01-29": 1, "2026-02-28": 1, "2026-03-05": 1},
        )
        with freeze_time("2026-02-01 12:00:00"):
            subscription.action_renew()
            self.assertEqual(self._get_counter(self.salesman)["count"], 0)

    def test_its_action_shows_the_same_records(self):
        self.yearly.term_count = 1
        subscription = self._subscribe((self.report, 1), at="2025-03-01 10:00:00")
        self._subscribe()
        xml_id = self._get_counter(self.salesman)["action"]
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        self.assertIn("search_default_to_renew", action["context"])
        with freeze_time("2026-02-01 12:00:00"):
            subscriptions = self.env["sales.subscription"].with_user(self.salesman)
            found = subscriptions.search(subscriptions._get_to_renew_domain())
        self.assertEqual(found, subscription)

    def test_no_counter_for_those_who_may_not_read(self):
        self.assertFalse(self._get_counter(self.storeman))

    def test_views_of_each_kind_open(self):
        subscriptions = self.env["sales.subscription"].with_user(self.salesman)
        for kind in ("list", "kanban", "form", "calendar", "pivot", "graph", "search"):
            subscriptions.get_view(view_type=kind)

    def test_every_field_has_help(self):
        own = (
            "sales.subscription",
            "sales.subscription.line",
            "sales.subscription.plan",
        )
        for model in (*own, "sales.subscription.period"):
            for name, field in self.env[model]._fields.items():
                if field._module == "sales_subscription_plus" and not field.related:
                    automatic = name in models.MAGIC_COLUMNS + ["display_name"]
                    self.assertTrue(automatic or field.help, f"{model}.{name}")
