from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import GuardError
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestLineQuantity(LineCommon):
    """Minimum and multiple quantities, in any unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.product.write({"sale_min_qty": 10, "uom_ids": [Command.link(cls.dozen.id)]})

    def _line(self, quantity, unit=None):
        order = self._new_order((self.product, quantity))
        if unit:
            order.order_line.write(
                {"product_uom_id": unit.id, "product_uom_qty": quantity}
            )
        return order.order_line

    def test_below_minimum(self):
        line = self._line(6)
        self.assertEqual(line.qty_issue, "minimum 10 Units")
        self.assertEqual(line.qty_suggested, 10)
        line.action_round_up_qty()
        self.assertEqual(line.product_uom_qty, 10)
        self.assertFalse(line.qty_issue)

    def test_multiple(self):
        self.product.sale_multiple_qty = 5
        line = self._line(12)
        self.assertEqual(line.qty_issue, "multiples of 5 Units")
        self.assertEqual(line.qty_suggested, 15)

    def test_dozen_counts_as_twelve(self):
        self.assertFalse(self._line(1, self.dozen).qty_issue)
        self.product.sale_min_qty = 13
        line = self._line(1, self.dozen)
        self.assertEqual(line.qty_issue, "minimum 13 Units")
        self.assertEqual(line.qty_suggested, 2)

    def test_dozens_in_multiples_of_five(self):
        self.product.sale_multiple_qty = 5
        self.assertEqual(self._line(1, self.dozen).qty_suggested, 5)

    def test_no_float_noise(self):
        """0.3 is three times 0.1; 1.1 is eleven times."""
        self.product.write({"sale_min_qty": 0, "sale_multiple_qty": 0.1})
        for quantity in (0.3, 0.7, 1.1, 4.3, 1000.1):
            self.assertFalse(self._line(quantity).qty_issue, quantity)
        self.assertEqual(self._line(0.25).qty_suggested, 0.3)

    def test_variant_and_customer_before_product(self):
        line = self._line(6)
        self.product.variant_min_qty = 4
        line.invalidate_recordset()
        self.assertFalse(line.qty_issue)
        self.env["sales.customer.product"].create(
            {
                "partner_id": self.customer.id,
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "customer_code": "K-1",
                "min_qty": 8,
            }
        )
        line.invalidate_recordset()
        self.assertEqual(line.qty_issue, "minimum 8 Units")
        self.assertEqual(line.customer_product_code, "K-1")

    def test_shown_while_typing(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = 6
            self.assertEqual(line.qty_issue, "minimum 10 Units")
            line.product_uom_qty = 10
            self.assertFalse(line.qty_issue)
        form.save()

    def test_confirm_refused_only_where_wanted(self):
        order = self._line(6).order_id
        self.assertEqual(order.guard_state, "warning")
        self.company.sales_qty_check = "block"
        with self.assertRaisesRegex(GuardError, "minimum 10 Units. Round up to 10"):
            order.action_confirm()
        with self.assertRaises(GuardError):
            order.write({"state": "sale"})
        self.assertEqual(order.state, "draft")
        self.company.sales_qty_check = "warn"
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_old_order_stays_editable(self):
        """A minimum set later neither hinders saving nor closing what was ordered."""
        self.product.sale_min_qty = 0
        order = self._line(6).order_id
        order.action_confirm()
        self.product.sale_min_qty = 10
        self.company.sales_qty_check = "block"
        order.order_line.price_unit = 90
        order.order_line.product_uom_qty = 7
        self.assertEqual(order.order_line.product_uom_qty, 7)

    def test_no_way_below_after_confirming(self):
        self.company.sales_qty_check = "block"
        order = self._line(12).order_id
        order.action_confirm()
        with self.assertRaisesRegex(GuardError, "minimum 10 Units"):
            order.order_line.product_uom_qty = 6
        order.order_line.product_uom_qty = 0

    def test_option_at_zero_is_no_issue(self):
        self.assertFalse(self._line(0).qty_issue)

    def test_suggestion_is_always_accepted(self):
        line = self._line(1)

        @settings(
            max_examples=80,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(
            minimum=st.integers(0, 200),
            multiple=st.integers(0, 30),
            quantity=st.integers(1, 300),
            dozens=st.booleans(),
        )
        def check(minimum, multiple, quantity, dozens):
            self.product.write({"sale_min_qty": minimum, "sale_multiple_qty": multiple})
            unit = self.dozen if dozens else self.unit
            line.write({"product_uom_id": unit.id, "product_uom_qty": quantity})
            issue, suggested = line._get_qty_issue()
            if not issue:
                ordered = quantity * (12 if dozens else 1)
                self.assertGreaterEqual(ordered, minimum)
                self.assertFalse(multiple and ordered % multiple)
                return
            self.assertGreater(suggested, quantity)
            line.product_uom_qty = suggested
            self.assertEqual(line._get_qty_issue(), (False, 0.0))

        check()
