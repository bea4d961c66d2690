from dis import get_instructions
from functools import wraps
from inspect import unwrap
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common_order import OrderCommon

QUOTATIONS = "/odoo/action-sale.action_quotations"


def get_names(code):
    """Yield the attributes that a function sets, and its texts, which may be keys."""
    for step in get_instructions(code):
        if step.opname == "STORE_ATTR":
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from constant
        elif hasattr(constant, "co_consts"):
            yield from get_names(constant)


class LateCommon(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tz = "Europe/Brussels"
        cls.abroad = cls.env["res.partner"].create(
            {"name": "Tokyo Customer", "tz": "Asia/Tokyo"}
        )

    def _get_marked(self, mark="o_sales_late"):
        """Return the fields that the client may leave out, as the server says."""
        orders = self.env["sale.order"].with_user(self.salesman)
        view = self.env.ref("sale.view_order_form")
        arch = etree.fromstring(orders.get_view(view.id, "form")["arch"])
        nodes = arch.xpath("//field[not(ancestor::field)]")
        return {one.get("name") for one in nodes if mark in one.get("class", "")}


@tagged("post_install", "-at_install")
class TestOrderLatePages(LateCommon, HttpCase):
    """A salesperson opens pages of the form that were not read with the order."""

    def _tour(self, url, name):
        self.env.flush_all()
        self.start_tour(url, name, login=self.salesman.login)
        self.env.invalidate_all()

    def _record(self, name):
        """Return the fields that each call of a method asks for, from now on."""
        found = []
        orders = self.env.registry["sale.order"]
        core = getattr(orders, name)

        @wraps(core)
        def call(records, *args, **kwargs):
            found.append(kwargs.get("specification") or args[-1])
            return core(records, *args, **kwargs)

        self.patch(orders, name, call)
        return found

    def test_open_edit_discard_save_and_go_on(self):
        first = self._new_order(name="LATE-1", project_code="P-1")
        second = self._new_order(name="LATE-2", project_code="P-2")
        found = self._record("web_read")
        self._tour(QUOTATIONS, "sales_order_plus_late_pages")
        self.assertEqual(first.project_code, "P-3")
        self.assertRecordValues(
            second,
            [
                {
                    "partner_id": self.abroad.id,
                    "order_tz": "Asia/Tokyo",
                    "project_code": "P-2",
                }
            ],
        )
        forms = [set(one) for one in found if "project_code" in one or "note" in one]
        opened, page = forms[:2]
        self.assertFalse({"project_code", "order_tz", "fraud_score"} & opened)
        self.assertLessEqual({"partner_id", "order_line", "user_id", "state"}, opened)
        self.assertLessEqual({"project_code", "order_tz", "fraud_score"}, page)
        self.assertFalse(opened & page)

    def test_unsaved_change_shows_on_a_page_opened_late(self):
        order = self._new_order()
        self._tour(f"{QUOTATIONS}/{order.id}", "sales_order_plus_late_pages_typed")
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_tz, "Europe/Brussels")

    def _check_new(self, tour):
        self._tour(QUOTATIONS, tour)
        typed = self.env["sale.order"].search([("partner_id", "=", self.abroad.id)])
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.abroad
        other = form.save()
        names = [
            name
            for name in self._get_marked()
            if typed._fields[name].store and typed._fields[name].type != "datetime"
        ]
        self.assertIn("order_tz", names)
        return typed, typed.read(names)[0], other.read(names)[0]

    def test_new_order_gets_what_nobody_looked_at(self):
        _order, typed, other = self._check_new("sales_order_plus_late_pages_new")
        self.assertEqual(typed | {"id": 0}, other | {"id": 0})

    def test_new_order_with_an_opened_page(self):
        order, typed, other = self._check_new("sales_order_plus_late_pages_new_open")
        self.assertEqual(order.project_code, "P-7")
        changed = {"id": 0, "project_code": "P-7"}
        self.assertEqual(typed | changed, other | changed)

    def test_error_leaves_the_form_usable(self):
        order = self._new_order()
        self.env.flush_all()
        orders = self.env.registry["sale.order"]
        core, message = orders.web_read, "Not today"

        def web_read(records, specification):
            if "fraud_score" in specification:
                raise UserError(message)
            return core(records, specification)

        with patch.object(orders, "web_read", web_read):
            self._tour(f"{QUOTATIONS}/{order.id}", "sales_order_plus_late_pages_broken")


@tagged("post_install", "-at_install")
class TestOrderLateFields(LateCommon):
    """Nothing is lost of a field that the client does not know."""

    def test_which_fields_wait(self):
        marked = self._get_marked()
        self.assertLessEqual({"project_code", "order_tz", "fraud_score"}, marked)
        self.assertFalse({"partner_id", "order_line", "state", "note"} & marked)
        # Fields of others that are saved: their onchange methods may be anywhere.
        self.assertFalse({"user_id", "client_order_ref", "commitment_date"} & marked)
        # An onchange method of ours sets it, and Odoo warns of the other.
        self.assertFalse({"classification_given", "expected_date"} & marked)
        # Computed together with texts that are given by the form.
        self.assertFalse({"intro_text", "closing_text"} & marked)

    def test_what_waits_is_set_by_the_server(self):
        orders = self.env["sale.order"]
        for name in self._get_marked():
            field = orders._fields[name]
            together = orders.pool.field_computed.get(field, [field])
            with self.subTest(name):
                self.assertFalse(field.required)
                self.assertFalse(
                    [one.name for one in together if not one.readonly and one != field]
                )

    def test_counters_are_of_the_saved_order(self):
        """Nobody asks for them while an order is typed: a new one has none."""
        marked = self._get_marked("o_sales_saved")
        self.assertLessEqual({"audit_event_count", "document_count"}, marked)
        self.assertLessEqual({"lifecycle_stage", "quotation_number"}, marked)
        self.assertFalse({"guard_message", "approval_state"} & marked)
        specification = {name: {} for name in marked}
        orders = self.env["sale.order"].with_user(self.salesman)
        value = orders.onchange({}, [], specification)["value"]
        # What a new order says of itself is not shown, or says nothing.
        told = {
            "lifecycle_stage": "draft",
            "revision_number": 1,
            "cancel_state": "none",
            "customer_response": "none",
        }
        self.assertEqual(
            {name: value[name] for name in marked if value.get(name)},
            {name: one for name, one in told.items() if name in marked},
        )

    def test_what_is_of_the_saved_order_is_not_typed(self):
        """The server sets it when the order is saved."""
        fields = self.env["sale.order"]._fields
        marked = self._get_marked("o_sales_saved")
        self.assertEqual([n for n in marked if not fields[n].readonly], [])

    def test_what_onchange_methods_set_does_not_wait(self):
        """``_get_early_fields`` names all of them, as their code shows."""
        order_class = self.env.registry["sale.order"]
        names = {
            method.__name__
            for found in order_class._onchange_methods.values()
            for method in found
            if hasattr(method, "__name__")
        }
        self.assertIn("_onchange_order_classification", names)
        methods = [
            vars(base)[name]
            for base in order_class.mro()
            for name in names
            if name in vars(base)
        ]
        codes = [unwrap(method).__code__ for method in methods]
        told = {name for code in codes for name in get_names(code)}
        self.assertIn("classification_given", told)
        self.assertFalse(told & self._get_marked())

    def test_opening_a_page_does_not_load_the_template_again(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Late",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.product.id})
                ],
            }
        )
        orders = self.env["sale.order"].with_user(self.salesman)
        values = {
            "partner_id": self.customer.id,
            "sale_order_template_id": template.id,
            "order_line": [
                Command.create({"product_id": self.product.id, "product_uom_qty": 3})
            ],
        }
        late = orders.with_context(sales_late_fields=["declared_value"])
        answer = late.onchange(values, [], {"declared_value": {}, "order_line": {}})
        self.assertEqual(answer["value"]["declared_value"], 300)
