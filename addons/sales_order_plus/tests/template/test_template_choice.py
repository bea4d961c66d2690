from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestTemplateChoice(SalesPlusCommon):
    """Which template a new quotation begins with, and which ones are offered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order.template"].search([]).active = False
        cls.company.sale_order_template_id = cls._new_template("Company")
        cls.industry = cls.env["res.partner.industry"].create({"name": "Test Mining"})
        group = cls.env.ref("sale_management.group_sale_order_template")
        cls.salesman.group_ids += group

    @classmethod
    def _new_template(cls, name, **values):
        return cls.env["sale.order.template"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )

    def _get_proposed(self, partner=None):
        """Return the template of an order made over RPC, which runs no onchange."""
        values = {"partner_id": (partner or self.customer).id}
        order = self.env["sale.order"].with_user(self.salesman).create(values)
        return order.sale_order_template_id

    def test_order_of_precedence(self):
        """Customer before class before industry before the company's."""
        self.assertEqual(self._get_proposed().name, "Company")
        self._new_template("Industry", industry_id=self.industry.id)
        self.customer.industry_id = self.industry
        self.assertEqual(self._get_proposed().name, "Industry")
        self._new_template("Class", customer_class="vip")
        self.customer.customer_class = "vip"
        self.assertEqual(self._get_proposed().name, "Class")
        made_for = self._new_template(
            "Customer", partner_ids=[Command.set(self.customer.ids)]
        )
        self.assertEqual(self._get_proposed().name, "Customer")
        own = self._new_template("Own")
        self.customer.with_company(self.company).sale_order_template_id = own
        self.assertEqual(self._get_proposed().name, "Own")
        self.customer.with_company(self.company).sale_order_template_id = False
        made_for.active = False
        self.assertEqual(self._get_proposed().name, "Class")

    def test_contact_has_the_template_of_his_company(self):
        self._new_template("Customer", partner_ids=[Command.set(self.customer.ids)])
        contact = self.portal_user.partner_id
        self.assertEqual(self._get_proposed(contact).name, "Customer")

    def test_meant_for_others(self):
        self._new_template("Others", customer_class="government")
        self.customer.customer_class = "retail"
        self.assertEqual(self._get_proposed().name, "Company")

    def test_one_reason_is_enough(self):
        """A template for a class and an industry is for either of them."""
        self._new_template("Either", customer_class="vip", industry_id=self.industry.id)
        self.customer.industry_id = self.industry
        self.assertEqual(self._get_proposed().name, "Either")

    def test_season(self):
        """From the first to the last day, in the time zone of who asks."""
        christmas = self._new_template(
            "Christmas",
            customer_class="retail",
            date_from=date(2026, 12, 1),
            date_to=date(2026, 12, 26),
        )
        self.customer.customer_class = "retail"
        days = {
            "2026-11-30 12:00:00": "Company",
            "2026-12-01 12:00:00": "Christmas",
            "2026-12-26 12:00:00": "Christmas",
            "2026-12-27 12:00:00": "Company",
        }
        for day, name in days.items():
            with self.subTest(day=day), freeze_time(day):
                christmas.invalidate_recordset()
                self.assertEqual(self._get_proposed().name, name)
                offered = christmas.search([("in_season", "=", True)])
                self.assertEqual(christmas in offered, name == "Christmas")
                closed = christmas.search([("in_season", "=", False)])
                self.assertEqual(christmas in closed, name != "Christmas")

    def test_season_ends_at_midnight_of_the_user(self):
        template = self._new_template("Day", date_to=date(2026, 12, 1))
        with freeze_time("2026-12-02 03:00:00"):
            west = template.with_context(tz="America/Los_Angeles")
            self.assertTrue(west.in_season)
            self.assertFalse(template.with_context(tz="Europe/London").in_season)

    def test_refused_values(self):
        with (
            self.assertRaisesRegex(CheckViolation, "season_sane"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_template(
                "Wrong", date_from=date(2026, 2, 1), date_to=date(2026, 1, 1)
            )
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": elsewhere.id}
        )
        with self.assertRaisesRegex(ValidationError, "Customers: Theirs"):
            self._new_template("Wrong", partner_ids=[Command.set(partner.ids)])

    def test_form_loads_the_lines_of_the_customers_template(self):
        self._new_template(
            "Customer",
            partner_ids=[Command.set(self.customer.ids)],
            sale_order_template_line_ids=[
                Command.create({"product_id": self.product.id, "product_uom_qty": 7})
            ],
        )
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.sale_order_template_id.name, "Customer")
        order = form.record
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.order_line.product_uom_qty, 7)

    def test_form_keeps_typed_lines(self):
        """Whoever typed lines first and chose the customer then loses nothing."""
        self._new_template("Customer", partner_ids=[Command.set(self.customer.ids)])
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.portal_user.partner_id
            with form.order_line.new() as line:
                line.product_id = self.service
            form.partner_id = self.customer
            self.assertEqual(len(form.order_line), 1)

    def test_proposal_by_category(self):
        """A printer is added: the template for printers is proposed, not applied."""
        category = self.env["product.category"].create({"name": "Test Printers"})
        below = self.env["product.category"].create(
            {"name": "Test Laser", "parent_id": category.id}
        )
        printers = self._new_template("Printers", categ_ids=[Command.set(category.ids)])
        printer = self._new_product("Printer", 200.0, categ_id=below.id)
        order = self._new_order((self.service, 1))
        self.assertFalse(order.template_proposal_id)
        order.order_line = [
            Command.create({"product_id": printer.id}),
            Command.create({"product_id": printer.id}),
        ]
        self.assertEqual(order.template_proposal_id, printers)
        self.assertEqual(order.sale_order_template_id.name, "Company")

    def test_list_shows_fitting_ones_first(self):
        other = self._new_template("Test A other", customer_class="government")
        fitting = self._new_template("Test B fitting", industry_id=self.industry.id)
        everybody = self._new_template("Test C everybody")
        self.customer.industry_id = self.industry
        templates = self.env["sale.order.template"].with_user(self.salesman)
        found = templates.with_context(
            template_partner_id=self.customer.id
        ).name_search("Test")
        ids = [id_ for id_, _name in found]
        self.assertEqual(ids, [fitting.id, everybody.id, other.id])
        rows = self.env["sales.order.api"].with_user(self.salesman)
        rows = rows.list_templates(customer_id=self.customer.id)
        ranks = {row["id"]: row["rank"] for row in rows}
        self.assertEqual(
            (ranks[fitting.id], ranks[everybody.id], ranks[other.id]), (2, 4, None)
        )
