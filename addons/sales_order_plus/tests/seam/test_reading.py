from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged

from ...models.seam.reading import same_groups
from ...models.seam.sales_presence_mixin import KEY


@tagged("post_install", "-at_install")
class TestReading(TransactionCase):
    """What is remembered while a screen is read, and not a moment longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "tsop_read", groups="sales_team.group_sale_salesman"
        )

    def test_groups_are_remembered_within_the_block(self):
        manager = self.env.ref("sales_team.group_sale_manager")
        spec = "sales_team.group_sale_manager,!base.group_portal"
        with same_groups():
            self.assertFalse(self.user.has_groups(spec))
        self.user.group_ids = [Command.link(manager.id)]
        self.assertTrue(self.user.has_groups(spec))
        with same_groups():
            self.assertTrue(self.user.has_groups(spec))
            other = self.env.ref("base.public_user")
            self.assertFalse(other.has_groups(spec), "each user has his own groups")

    def test_groups_are_looked_up_again_when_they_change(self):
        manager = self.env.ref("sales_team.group_sale_manager")
        with same_groups():
            self.assertFalse(self.user.has_groups("sales_team.group_sale_manager"))
            self.user.group_ids = [Command.link(manager.id)]
            self.assertTrue(self.user.has_groups("sales_team.group_sale_manager"))
            manager.user_ids = [Command.unlink(self.user.id)]
            self.assertFalse(self.user.has_groups("sales_team.group_sale_manager"))

    def test_nothing_of_ours_is_read_beside_a_list(self):
        """A list of orders asks neither what there is nor what lies beside each."""
        orders = self.env["sale.order"].with_user(self.user)
        partner = self.env["res.partner"].create({"name": "Reader"})
        both = orders.create([{"partner_id": partner.id} for _number in range(2)])
        self.env.flush_all()
        self.env.invalidate_all()
        statements = []
        execute = Cursor.execute

        def listen(cursor, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", listen)
        both.web_read({"name": {}, "tracking_refs": {}, "lifecycle_stage": {}})
        asked = [one for one in statements if "sales_" in one or "stock_picking" in one]
        tables = [one for one in asked if 'FROM "sale_order"' not in one]
        self.assertFalse(tables)

    def test_limits_are_found_in_the_transaction_that_made_them(self):
        """What says that there is nothing is asked anew as soon as there is something."""
        partner = self.env["res.partner"].create({"name": "Held"})
        provider = self.env["payment.provider"].create({"name": "Only", "code": "none"})
        partner.credit_hold = "on"
        self.assertTrue(partner._has_credit_holds())
        partner.allowed_provider_ids = provider
        self.assertTrue(partner._has_allowed_providers())

    def test_an_order_that_is_gone(self):
        """Odoo gives nothing for it, and so do we."""
        partner = self.env["res.partner"].create({"name": "Gone"})
        order = self.env["sale.order"].create({"partner_id": partner.id})
        self.env.flush_all()
        order.unlink()
        self.assertEqual(order.with_user(self.user).web_read({"name": {}}), [])

    def test_first_record_is_found_whoever_wrote_it(self):
        """A table without a row is left out of the question; its first row is noticed."""
        tags, presence = self.env["sales.handling.tag"], self.env[KEY]
        tables = presence._find_tables()
        oid, _written = tables[tags._table]
        # As in a company that never had any.
        never = tables | {tags._table: (oid, False)}
        with patch.object(self.env.registry[KEY], "_find_tables", lambda _: never):
            self.env.registry.clear_cache()
            _names, query = presence._get_presence_query()
        self.assertNotIn(tags._table, query.code)
        tags.create({"name": "First"})
        self.assertTrue(tags._has_records())
        self.assertIn(tags._table, presence._get_presence_query()[1].code)

    def test_written_but_rolled_back_is_not_there(self):
        """Its file has grown, but no transaction sees a record."""
        tags = self.env["sales.handling.tag"]
        tags.search([]).unlink()
        tags._forget_presence()
        self.assertFalse(tags._has_records())
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            tags.create({"name": "Gone"})
            self.assertTrue(tags._has_records())
            raise ZeroDivisionError
        tags._forget_presence()
        self.assertIn(tags._name, self.env[KEY]._get_written_models())
        self.assertFalse(tags._has_records())
