from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BackorderCommon

MODELS = (
    "sales.demand.forecast",
    "sales.demand.forecast.line",
    "sales.demand.season",
    "sales.channel.quota",
    "sales.channel.quota.mark",
    "sales.fulfilment.provider",
    "sales.fulfilment.message",
    "sales.marketplace.feed",
    "sales.marketplace.item",
    "sales.marketplace.batch",
)
# Written by our own code alone.
COMPUTED = (
    "sales.demand.forecast",
    "sales.demand.forecast.line",
    "sales.channel.quota.mark",
    "sales.fulfilment.message",
    "sales.marketplace.item",
    "sales.marketplace.batch",
)
AUTOMATIC = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}


@tagged("post_install", "-at_install")
class TestAccessPlanning(BackorderCommon):
    """Who sees forecasts, quotas and messages, and who decides about them."""

    def test_customers_see_nothing(self):
        for name in MODELS:
            with self.subTest(model=name):
                self.assertFalse(self.env[name].with_user(self.portal_user).has_access("read"))

    def test_nobody_writes_what_is_computed(self):
        boss = new_test_user(
            self.env,
            login="tsbo_boss",
            groups="base.group_user,stock.group_stock_manager,"
            "sales_team.group_sale_manager,purchase.group_purchase_manager",
        )
        for name in COMPUTED:
            for operation in ("create", "write", "unlink"):
                with self.subTest(model=name, operation=operation):
                    model = self.env[name].with_user(boss)
                    self.assertFalse(model.has_access(operation))

    def test_salesman(self):
        allowed = {"sales.channel.quota", "sales.channel.quota.mark"}
        for name in MODELS:
            with self.subTest(model=name):
                model = self.env[name].with_user(self.salesman)
                self.assertEqual(model.has_access("read"), name in allowed)
                self.assertFalse(model.has_access("create"))

    def test_every_field_has_help(self):
        for name in MODELS:
            info = self.env[name].fields_get(attributes=["help"])
            missing = {field for field, one in info.items() if not one.get("help")}
            inherited = {"audit_event_count"}
            self.assertFalse(missing - AUTOMATIC - inherited, name)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Test Company Two"})
        boss = new_test_user(
            self.env,
            login="tsbo_stranger_two",
            groups="base.group_user,stock.group_stock_manager,"
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        feed = self.env["sales.marketplace.feed"].create({"name": "Ours"})
        provider = self.env["sales.fulfilment.provider"].create(
            {"name": "Ours", "warehouse_id": self.warehouse.id}
        )
        quota = self.env["sales.channel.quota"].create(
            {
                "name": "Ours",
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "amount": 5,
            }
        )
        season = self.env["sales.demand.season"].create(
            {"name": "Ours", "date_from": "2026-01-01", "date_to": "2026-01-02"}
        )
        forecast = self.env["sales.demand.forecast"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "period": "month",
                "method": "few",
            }
        )
        for record in (feed, provider, quota, quota.mark_ids, season, forecast):
            with self.subTest(model=record._name):
                theirs = record.with_user(boss)
                self.assertFalse(theirs.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])
