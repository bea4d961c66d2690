from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestTerritory(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.texas = cls.env.ref("base.state_us_44")
        cls.usa = cls.env.ref("base.us")
        cls.team = cls.env["crm.team"].create({"name": "Southerners"})
        cls.south = (
            cls.env["sales.territory"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "South",
                    "sequence": 2,
                    "country_ids": [Command.link(cls.usa.id)],
                    "state_ids": [Command.link(cls.texas.id)],
                    "user_id": cls.colleague.id,
                    "team_id": cls.team.id,
                }
            )
        )
        cls.customer.write({"country_id": cls.usa.id, "state_id": cls.texas.id})

    def _quote(self):
        vals = {"partner_id": self.customer.id}
        return self.env["sale.order"].with_user(self.colleague).create(vals)

    def test_address_brings_salesperson_and_team(self):
        order = self._quote()
        self.assertEqual(order.territory_id, self.south)
        self.assertEqual(order.user_id, self.colleague)
        self.assertEqual(order.team_id, self.team)

    def test_salesperson_by_hand_stays(self):
        form = Form(self.env["sale.order"].with_user(self.colleague))
        form.partner_id = self.customer
        self.assertEqual(form.user_id, self.colleague)
        form.user_id = self.salesman
        order = form.save()
        self.assertEqual(order.user_id, self.salesman)
        with Form(order) as form:
            form.client_order_ref = "PO 1"
        self.assertEqual(order.user_id, self.salesman)

    def test_moved_order_keeps_its_salesperson(self):
        other = self.env["res.partner"].create(
            {"name": "Elsewhere", "country_id": self.env.ref("base.fr").id}
        )
        order = self._quote()
        order.partner_shipping_id = other
        self.assertFalse(order.territory_id)
        self.assertEqual(order.user_id, self.colleague)

    def test_first_that_fits_by_zip(self):
        austin = self.south.copy(
            {"name": "Austin", "zip_prefixes": "787, 786", "sequence": 1}
        )
        self.customer.zip = "78701"
        self.assertEqual(self._quote().territory_id, austin)
        self.customer.zip = "75001"
        self.assertEqual(self._quote().territory_id, self.south)

    def test_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.south.sudo().company_id = other
        self.assertNotEqual(self._quote().territory_id, self.south)

    def test_who_looks_after_it_in_the_office(self):
        order = self._new_order()
        self.assertEqual(order.order_owner_id, self.salesman)
        order.order_owner_id = self.colleague
        self.assertEqual(order.user_id, self.salesman)

    def test_tag_many_at_once(self):
        tags = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Old"}])
        orders = self.env["sale.order"].union(*(self._new_order() for _i in range(5)))
        orders.tag_ids = tags[1]
        untagged = self._new_order()
        wizard = self.env["sales.order.tag"].with_user(self.salesman)
        wizard = wizard.with_context(active_ids=orders.ids)
        wizard.create({"tag_ids": tags[0].ids}).action_apply()
        found = self.env["sale.order"].search([("tag_ids", "in", tags[0].ids)])
        self.assertEqual(found, orders)
        self.assertNotIn(untagged, found)
        wizard.create({"tag_ids": tags[1].ids, "mode": "remove"}).action_apply()
        self.assertEqual(orders.tag_ids, tags[0])
