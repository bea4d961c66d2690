from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged

from ...models.order.sales_order_link import FAMILIES
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
        self._ask_as_if_never_written(tags._table)
        names, _query = presence._get_presence_query()
        self.assertNotIn(tags._name, names)
        tags.create({"name": "First"})
        presence._forget_presence()
        self.assertTrue(tags._has_records())
        self.assertIn(tags._name, presence._get_presence_query()[0])

    def _ask_as_if_never_written(self, name, oid=None):
        """Let the next question of what there is leave out a table or an index."""
        query = "SELECT oid, relkind FROM pg_class WHERE relname = %s"
        self.env.cr.execute(query, [name])
        [(found, kind)] = self.env.cr.fetchall()
        empty = 8192 if kind == "i" else 0
        presence = self.env[KEY]
        self.env.registry.clear_cache()
        files = presence._find_files() | {name: (oid or found, empty)}
        with patch.object(self.env.registry[KEY], "_find_files", lambda _: files):
            presence._get_presence_query()
        presence._forget_presence()

    def test_first_row_of_an_index_is_found(self):
        """Orders that are parts of others: their index grows, and is asked about."""
        partner = self.env["res.partner"].create({"name": "Parts"})
        first, second = self.env["sale.order"].create([{"partner_id": partner.id}] * 2)
        presence = self.env[KEY]
        second.parent_order_id = first
        self.env.flush_all()
        presence._forget_presence()
        self.assertIn(FAMILIES, presence._get_presence())
        self.assertIn(FAMILIES, presence._get_presence_query()[0])

    def test_an_index_that_was_built_anew_is_looked_up_again(self):
        """It has another number then; what is not there is not taken for empty."""
        partner = self.env["res.partner"].create({"name": "Parts"})
        first, second = self.env["sale.order"].create([{"partner_id": partner.id}] * 2)
        second.parent_order_id = first
        self.env.flush_all()
        presence = self.env[KEY]
        name = presence._get_presence_files()[FAMILIES]
        self._ask_as_if_never_written(name, oid=1)
        self.assertNotIn(FAMILIES, presence._get_presence_query()[0])
        self.assertIn(FAMILIES, presence._get_presence())

    def test_every_file_that_tells_of_rows_exists(self):
        """A name that is wrong would be searched each time, and never found."""
        names = set(self.env[KEY]._get_presence_files().values())
        query = "SELECT relname FROM pg_class WHERE relname = ANY(%s)"
        self.env.cr.execute(query, [list(names)])
        self.assertEqual(names, {name for [name] in self.env.cr.fetchall()})

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
        self.assertIn(tags._name, self.env[KEY]._get_presence_query()[0])
        self.assertFalse(tags._has_records())
