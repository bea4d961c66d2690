from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...hooks import uninstall_hook
from ...models.order.sales_order_link import FAMILIES
from ...models.payment.payment_restriction import LIMITS
from ...models.payment.res_partner_credit import HOLDS
from ...models.seam.sales_presence_mixin import KEY
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestPresence(SalesPlusCommon):
    """A new row is found at once, whatever was known before."""

    def setUp(self):
        super().setUp()
        self.tags = self.env["sales.handling.tag"]
        found = patch.object(
            self.env.registry["sales.presence.mixin"],
            "_find_filled_models",
            lambda _self: {},
        )
        found.start()
        self.addCleanup(found.stop)
        self.tags._forget_presence()
        self.addCleanup(self.tags._forget_presence)

    def test_created_is_found(self):
        self.assertFalse(self.tags._has_records())
        tag = self.tags.create({"name": "Thin ice"})
        self.assertTrue(self.tags._has_records())
        self.assertIn(tag, self.tags.search([("name", "=", "Thin ice")]))


@tagged("post_install", "-at_install")
class TestPresenceNoted(SalesPlusCommon):
    """What the database notes, and when."""

    def setUp(self):
        super().setUp()
        self.tags = self.env["sales.handling.tag"]
        self._forget_all()
        self.addCleanup(self.tags._forget_presence)

    def _forget_all(self):
        """As in a company that has nothing of ours yet."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM sales_presence")
        self._begin()

    def _begin(self):
        """As a transaction that has asked nothing yet."""
        self.env.flush_all()
        self.env[KEY]._forget_presence()

    def _get_presence(self):
        self._begin()
        return self.env[KEY]._get_presence()

    def test_first_row_is_noted_whoever_wrote_it(self):
        self.assertNotIn(self.tags._name, self._get_presence())
        self.env.cr.execute(
            "INSERT INTO sales_handling_tag (name) VALUES ('\"First\"')"
        )
        self.assertIn(self.tags._name, self._get_presence())
        self.assertTrue(self.tags._has_records())

    def test_it_is_noted_once(self):
        self.tags.create([{"name": "One"}, {"name": "Two"}])
        self.tags.create({"name": "Three"})
        self.env.flush_all()
        notes = self.env["sales.presence"].search([("name", "=", self.tags._name)])
        self.assertEqual(len(notes), 1)

    def test_written_but_rolled_back_is_not_there(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.tags.create({"name": "Gone"})
            self.assertTrue(self.tags._has_records())
            raise ZeroDivisionError
        self.assertNotIn(self.tags._name, self._get_presence())

    def test_only_what_counts_is_noted(self):
        """A reason to lose an order is of interest once customers may choose it."""
        known = self.env["crm.lost.reason"].with_context(active_test=False)
        known.search([]).customer_choice = False
        reason = self.env["crm.lost.reason"].create({"name": "Too late"})
        self.assertNotIn(reason._name, self._get_presence())
        self.assertFalse(reason._is_empty_table(), "others than those that count")
        reason.customer_choice = True
        self.assertIn(reason._name, self._get_presence())
        reason.customer_choice = False
        self.assertNotIn(reason._name, self._get_presence())

    def test_first_shown_to_customers_when_created(self):
        reasons = self.env["crm.lost.reason"]
        reasons.create({"name": "Too late", "customer_choice": True})
        self.assertIn(reasons._name, self._get_presence())

    def test_pending_changes_are_seen(self):
        """What waits to be written counts too."""
        template = self.env["sale.order.template"].create({"name": "For some"})
        self.assertNotIn(template._name, self._get_presence())
        template.customer_class = "vip"
        self.assertTrue(template._has_records())

    def test_orders_that_are_parts(self):
        partner = self.env["res.partner"].create({"name": "Parts"})
        first, second = self.env["sale.order"].create([{"partner_id": partner.id}] * 2)
        self.assertNotIn(FAMILIES, self._get_presence())
        second.parent_order_id = first
        self.assertIn(FAMILIES, self._get_presence())

    def test_customers_held_by_name(self):
        partner = self.env["res.partner"].create({"name": "Held"})
        self.assertNotIn(HOLDS, self._get_presence())
        partner.credit_hold = "on"
        self.assertIn(HOLDS, self._get_presence())

    def test_customers_with_some_ways_to_pay(self):
        partner = self.env["res.partner"].create({"name": "Limited"})
        provider = self.env["payment.provider"].create({"name": "Only", "code": "none"})
        self.assertNotIn(LIMITS, self._get_presence())
        partner.allowed_provider_ids = provider
        self.assertIn(LIMITS, self._get_presence())

    def test_version_of_what_is_kept_in_memory(self):
        """Asked for from the first record on; there is none without any."""
        rules = self.env["sales.address.rule"]
        self.assertNotIn(rules._name, self._get_presence())
        country = self.env.ref("base.aq")
        rule = {"country_id": country.id, "zip_regex": "\\d{3}", "zip_example": "123"}
        rules.create(rule)
        self.assertTrue(self._get_presence()[rules._name])
        rules.with_context(active_test=False).search([]).unlink()
        self.assertNotIn(rules._name, self._get_presence(), "noted, but nothing there")

    def test_everything_is_watched(self):
        """Each of these models has its trigger, and so has what else is asked for."""
        names = self.env[KEY]._get_presence_models()
        tables = {self.env[name]._table for name in names}
        others = {"sale_order", "res_partner", "res_partner_allowed_provider_rel"}
        self.assertEqual(tables | others, self._get_watched_tables())

    def _get_watched_tables(self):
        query = SQL(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s",
            "sales_presence_%",
        )
        return {table for [table] in self.env.execute_query(query)}

    def test_records_from_before_are_noted(self):
        """When it is installed or upgraded over what is there."""
        self.tags.create({"name": "Old"})
        self._forget_all()
        presence = self.env["sales.presence"]
        for _time in range(2):
            presence._create_watch(self.tags._name, self.tags._table, None)
        self.assertIn(self.tags._name, self._get_presence())
        self.assertEqual(presence.search_count([("name", "=", self.tags._name)]), 1)

    def test_others_can_go_on_when_we_are_gone(self):
        uninstall_hook(self.env)
        query = SQL(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE %s", "sales_presence%"
        )
        self.assertEqual(self.env.execute_query(query), [(0,)])
        reason = {"name": "Too late", "customer_choice": True}
        self.assertTrue(self.env["crm.lost.reason"].create(reason))
