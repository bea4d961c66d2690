from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged

from ...models.seam.reading import same_groups


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
