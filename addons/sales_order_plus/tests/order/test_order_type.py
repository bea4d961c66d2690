from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import GuardError, OrderTypeError
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderType(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["account.payment.term"].create({"name": "In 7 days"})
        cls.rush = cls._new_type(
            kind="rush",
            payment_term_id=cls.terms.id,
            order_priority="3",
            validity_days=3,
            lead_days_cut=2,
        )
        cls.sample = cls._new_type("TSAMPLE", kind="sample")
        cls.salesman.group_ids += cls.env.ref("sales_order_plus.group_sales_order_type")

    def _new_form(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        return form

    def _add_line(self, form, product):
        with form.order_line.new() as line:
            line.product_id = product

    def test_defaults_of_the_type(self):
        order = self._new_order(order_type_id=self.rush.id)
        self.assertEqual(order.payment_term_id, self.terms)
        self.assertEqual(order.order_priority, "3")
        self.assertEqual((order.validity_date - order.date_order.date()).days, 3)

    def test_chosen_by_hand_it_stays(self):
        """OCA #1852: saving put the type of the customer back."""
        self.customer.sales_order_type_id = self.rush
        form = self._new_form()
        self.assertEqual(form.order_type_id, self.rush)
        form.order_type_id = self.sample
        order = form.save()
        self.assertEqual(order.order_type_id, self.sample)
        with Form(order) as form:
            form.client_order_ref = "PO 1"
        self.assertEqual(order.order_type_id, self.sample)

    def test_terms_by_hand_stay_when_saved_again(self):
        other = self.env["account.payment.term"].create({"name": "In 60 days"})
        order = self._new_order(order_type_id=self.rush.id, payment_term_id=other.id)
        with Form(order) as form:
            form.client_order_ref = "PO 1"
        self.assertEqual(order.payment_term_id, other)

    def test_sample_costs_nothing(self):
        form = self._new_form()
        self._add_line(form, self.product)
        with form.order_line.edit(0) as line:
            self.assertEqual(line.price_unit, 100)
        form.order_type_id = self.sample
        with form.order_line.edit(0) as line:
            self.assertEqual(line.price_unit, 0)
        self._add_line(form, self.service)
        order = form.save()
        self.assertEqual(order.order_line.mapped("price_unit"), [0, 0])
        self.assertEqual(order.amount_total, 0)

    def test_no_longer_a_sample(self):
        order = self._new_order((self.product, 2), order_type_id=self.sample.id)
        self.assertEqual(order.amount_total, 0)
        order.order_type_id = False
        self.assertEqual(order.amount_total, 200)

    def test_price_by_hand_survives_a_change_of_type(self):
        order = self._new_order((self.product, 2))
        order.order_line.price_unit = 70
        order.order_type_id = self.rush
        self.assertEqual(order.order_line.price_unit, 70)

    def test_gift_by_hand_survives_a_change_of_type(self):
        order = self._new_order((self.product, 2))
        order.order_line.price_unit = 0
        order.order_type_id = self.rush
        self.assertEqual(order.order_line.price_unit, 0)

    def test_faster_but_not_before_the_order(self):
        self.product.sale_delay = 5
        late = self._new_order((self.product, 1))
        fast = self._new_order((self.product, 1), order_type_id=self.rush.id)
        days = (late.expected_date - fast.expected_date).days
        self.assertEqual(days, 2)
        self.product.sale_delay = 1
        fast = self._new_order((self.product, 1), order_type_id=self.rush.id)
        self.assertEqual(fast.expected_date.date(), fast.date_order.date())

    def test_confirmed_orders_keep_their_type(self):
        order = self._new_order((self.service, 1))
        order.action_confirm()
        with self.assertRaisesRegex(OrderTypeError, "Order Type"):
            order.order_type_id = self.sample

    def test_template_of_the_type_is_loaded(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Rush kit",
                "sale_order_template_line_ids": [
                    Command.create(
                        {"product_id": self.service.id, "product_uom_qty": 3}
                    )
                ],
            }
        )
        self.rush.template_id = template
        form = self._new_form()
        form.order_type_id = self.rush
        order = form.save()
        self.assertEqual(order.sale_order_template_id, template)
        self.assertEqual(order.order_line.product_id, self.service)
        self.assertEqual(order.order_line.product_uom_qty, 3)

    def test_route_of_the_type(self):
        route = self.env["stock.route"].create(
            {"name": "Sample shelf", "sale_selectable": True}
        )
        self.sample.route_id = route
        order = self._new_order((self.product, 1), order_type_id=self.sample.id)
        values = order.order_line._prepare_procurement_values()
        self.assertEqual(values["route_ids"], route)

    def test_unconfigured_nothing_changes(self):
        order = self._new_order((self.product, 1))
        self.assertFalse(order.order_type_id)
        self.assertEqual(order.order_priority, "1")
        self.assertEqual(order.order_line.price_unit, 100)


@tagged("post_install", "-at_install")
class TestOrderProperties(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rush = cls._new_type(
            order_properties_definition=[
                {"name": "dock", "string": "Dock number", "type": "char"}
            ]
        )

    def test_every_order_of_the_type_has_the_field(self):
        order = self._new_order(order_type_id=self.rush.id)
        order.order_properties = {"dock": "D7"}
        found = (
            self.env["sale.order"]
            .with_user(self.salesman)
            .search([("order_properties.dock", "=", "D7")])
        )
        self.assertEqual(found, order)
        [one] = order.read(["order_properties"])[0]["order_properties"]
        self.assertEqual((one["string"], one["value"]), ("Dock number", "D7"))

    def test_required_before_confirming(self):
        self.rush.required_properties = "Dock number"
        order = self._new_order((self.service, 1), order_type_id=self.rush.id)
        with self.assertRaisesRegex(GuardError, "Dock number"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        with (
            self.assertRaisesRegex(GuardError, "Dock number"),
            self.env.cr.savepoint(),
        ):
            order.write({"state": "sale"})
        order.order_properties = {"dock": "D7"}
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_required_field_must_exist(self):
        with self.assertRaisesRegex(OrderTypeError, "Required Custom Fields"):
            self.rush.required_properties = "Gate"
