import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import UnknownCodeError
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestChannel(OrderCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bazaar = cls._new_channel("BAZAAR", kind="marketplace")

    def _create(self, **vals):
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        key = keys._generate("rpc", "test", self.env.cr.now())
        vals = {"partner_id": self.customer.id, **vals}
        return self.url_open(
            "/json/2/sale.order/create",
            data=json.dumps({"vals_list": [vals]}),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )

    def test_by_code_over_rpc(self):
        response = self._create(sales_channel_code="bazaar")
        self.assertEqual(response.status_code, 200, response.text)
        order = self.env["sale.order"].browse(response.json())
        self.assertEqual(order.sales_channel_id, self.bazaar)

    @mute_logger("odoo.http")
    def test_unknown_code_is_422(self):
        response = self._create(sales_channel_code="moon")
        self.assertEqual(response.status_code, 422)
        error = response.json()
        self.assertIn("Sales Channel", error["message"])
        self.assertEqual(error["context"]["code"], "unknown_code")
        self.assertIn("BAZAAR", error["context"]["codes"])

    def test_order_made_by_the_customer(self):
        """Whatever a portal user makes came in by the portal."""
        order = self._new_order()
        orders = self.env["sale.order"].with_user(self.portal_user).sudo()
        again = orders.browse(order.id).copy({"sales_channel_id": False})
        self.assertFalse(again.sales_channel_id)
        made = orders.create({"partner_id": self.customer.id})
        self.assertEqual(made.sales_channel_id.kind, "b2b_portal")

    def test_defaults_of_the_channel(self):
        team = self.env["crm.team"].create({"name": "Marketplaces"})
        pricelist = self.env["product.pricelist"].create({"name": "Marketplace"})
        self.bazaar.write({"team_id": team.id, "pricelist_id": pricelist.id})
        order = self._new_order(sales_channel_id=self.bazaar.id)
        self.assertEqual((order.team_id, order.pricelist_id), (team, pricelist))

    def test_type_goes_before_the_channel(self):
        lists = self.env["product.pricelist"].create([{"name": "A"}, {"name": "B"}])
        self.bazaar.pricelist_id = lists[0]
        rush = self._new_type(pricelist_id=lists[1].id)
        order = self._new_order(sales_channel_id=self.bazaar.id, order_type_id=rush.id)
        self.assertEqual(order.pricelist_id, lists[1])

    def test_default_of_the_menu(self):
        orders = self.env["sale.order"].with_context(
            default_sales_channel_id=self.bazaar.id
        )
        order = orders.create({"partner_id": self.customer.id})
        self.assertEqual(order.sales_channel_id, self.bazaar)

    def test_invoice_and_analysis(self):
        order = self._new_order((self.service, 2), sales_channel_id=self.bazaar.id)
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        self.assertEqual(invoice.sales_channel_id, self.bazaar)
        report = self.env["sale.report"].with_user(self.manager)
        [(channel, total)] = report._read_group(
            [("order_reference", "=", f"sale.order,{order.id}")],
            ["sales_channel_id"],
            ["price_total:sum"],
        )
        self.assertEqual((channel, total), (self.bazaar, 100))

    def test_code_is_unknown_to_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.bazaar.sudo().company_id = other
        with self.assertRaises(UnknownCodeError):
            self._new_order(sales_channel_code="BAZAAR")
