import json

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError, OrderTypeError
from ..seam.common import GuardCommon
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderNumber(OrderCommon):
    def test_type_has_its_own_numbers(self):
        year = fields.Date.today().year
        rush = self._new_type(number_prefix="TRUSH/%(year)s/", number_padding=5)
        orders = [self._new_order(order_type_id=rush.id) for _index in range(2)]
        self.assertEqual(
            [order.name for order in orders],
            [f"TRUSH/{year}/00001", f"TRUSH/{year}/00002"],
        )

    def test_given_number_stays(self):
        rush = self._new_type(number_prefix="RUSH/")
        order = self._new_order(order_type_id=rush.id, name="MINE-1")
        self.assertEqual(order.name, "MINE-1")
        self.assertEqual(self._new_order(order_type_id=rush.id).name, "RUSH/00001")

    def test_changing_the_type_draws_no_number(self):
        rush = self._new_type(number_prefix="RUSH/")
        order = self._new_order()
        name = order.name
        order.order_type_id = rush
        self.assertEqual(order.name, name)

    def test_copy_gets_the_next_number_of_its_type(self):
        rush = self._new_type(number_prefix="RUSH/")
        order = self._new_order(order_type_id=rush.id)
        copy = order.copy()
        self.assertEqual((copy.order_type_id, copy.name), (rush, "RUSH/00002"))

    def test_numbers_follow_the_order_date(self):
        rush = self._new_type(
            number_prefix="R/%(range_year)s/", number_padding=2, number_restart=True
        )
        names = [
            self._new_order(order_type_id=rush.id, date_order=date).name
            for date in ("2024-05-01 10:00:00", "2025-05-01 10:00:00")
        ]
        self.assertEqual(names, ["R/2024/01", "R/2025/01"])

    def test_type_of_the_customer_numbers_too(self):
        rush = self._new_type(number_prefix="RUSH/")
        self.customer.sales_order_type_id = rush
        self.assertEqual(self._new_order().name, "RUSH/00001")

    def test_values_may_be_used_twice(self):
        """Odoo writes the number into the caller's dictionary; we do not."""
        vals = {"partner_id": self.customer.id}
        one = self.env["sale.order"].create(vals)
        two = self.env["sale.order"].create(vals)
        self.assertNotEqual(one.name, two.name)
        self.assertNotIn("name", vals)

    def test_bad_prefix_is_refused_when_it_is_typed(self):
        with self.assertRaisesRegex(OrderTypeError, "Number Prefix"):
            self._new_type(number_prefix="RUSH/%(decade)s/")

    @mute_logger("odoo.sql_db")
    def test_same_number_twice(self):
        self._new_order(name="IMP1")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._new_order(name="IMP1")

    def test_other_company_may_have_the_number(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._new_order(name="IMP1")
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": other.id, "name": "IMP1"}
        )
        self.assertEqual(order.name, "IMP1")


@tagged("post_install", "-at_install")
class TestOrderNumberRpc(OrderCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.sql_db")
    def test_same_number_twice_is_422(self):
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        key = keys._generate("rpc", "test", self.env.cr.now())
        self._new_order(name="IMP1")
        response = self.url_open(
            "/json/2/sale.order/create",
            data=json.dumps(
                {"vals_list": [{"partner_id": self.customer.id, "name": "IMP1"}]}
            ),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("Order Reference", response.json()["message"])


@tagged("post_install", "-at_install")
class TestQuotationNumber(GuardCommon, OrderCommon):
    def setUp(self):
        super().setUp()
        self.company.separate_quotation_number = True

    @freeze_time("2026-03-02 10:00:00")
    def test_quotation_becomes_an_order(self):
        order = self._new_order((self.product, 1))
        self.assertRegex(order.name, r"^QT/2026/\d{4}$")
        self.assertEqual(order.quotation_number, order.name)
        quotation = order.name
        order.action_confirm()
        self.assertRegex(order.name, r"^S\d{5}$")
        self.assertEqual(order.quotation_number, quotation)
        self.assertEqual(order.origin, quotation)
        self.assertEqual(order.picking_ids.origin, order.name)

    def test_revision_is_a_suffix_of_the_quotation_only(self):
        order = self._new_order((self.service, 1))
        quotation = order.name
        order.action_quotation_sent()
        order.action_new_revision(reason="Cheaper")
        self.assertEqual(order.name, quotation)
        self.assertEqual(order.display_name, f"{quotation}-R2")
        self.assertIn(f"{quotation}-R2", order._get_report_base_filename())
        orders = self.env["sale.order"].with_user(self.salesman)
        self.assertEqual(orders.name_search(f"{quotation}-R2")[0][0], order.id)
        self.assertFalse(orders.name_search(f"{quotation}-R3"))
        order.action_confirm()
        self.assertRegex(order.display_name, r"^S\d{5}$")
        self.assertEqual(order.quotation_number, quotation)

    def test_revision_on_paper_and_portal(self):
        order = self._new_order((self.service, 1))
        order.action_quotation_sent()
        order.action_new_revision(reason="Cheaper")
        order.action_quotation_sent()
        number = f"{order.name}-R2"
        report = self.env["ir.actions.report"]
        paper = report._render_qweb_html("sale.action_report_saleorder", order.ids)
        self.assertIn(number, paper[0].decode())
        order.action_confirm()
        paper = report._render_qweb_html("sale.action_report_saleorder", order.ids)
        self.assertNotIn("-R2", paper[0].decode())

    def test_both_numbers_are_found(self):
        order = self._new_order((self.service, 1))
        quotation = order.name
        order.action_confirm()
        orders = self.env["sale.order"].with_user(self.salesman)
        for number in (quotation, order.name):
            self.assertEqual(orders.name_search(number)[0][0], order.id)

    def test_confirmed_again_keeps_its_number(self):
        order = self._new_order((self.service, 1))
        order.action_confirm()
        number = order.name
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.name, number)

    def test_by_rpc_write_too(self):
        order = self._new_order((self.service, 1))
        order.write({"state": "sale"})
        self.assertRegex(order.name, r"^S\d{5}$")

    def test_refused_quotation_keeps_its_number(self):
        self._stop_orders()
        order = self._new_order((self.service, 1))
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual(order.name, order.quotation_number)

    def test_type_numbers_order_and_quotation(self):
        rush = self._new_type(number_prefix="RUSH/")
        rush.sudo().quotation_sequence_id = self.env["ir.sequence"].create(
            {"name": "Rush quotations", "prefix": "RQ", "padding": 3}
        )
        order = self._new_order((self.service, 1), order_type_id=rush.id)
        self.assertEqual(order.name, "RQ001")
        order.action_confirm()
        self.assertEqual(order.name, "RUSH/00001")

    def test_without_the_setting_the_number_stays(self):
        self.company.separate_quotation_number = False
        order = self._new_order((self.service, 1))
        number = order.name
        order.action_confirm()
        self.assertEqual(order.name, number)
        self.assertFalse(order.quotation_number)
