from functools import wraps

from odoo.tests import HttpCase, tagged

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderColumns(OrderCommon, HttpCase):
    """Lists of orders read what they show, not all that could be shown."""

    def _record_reading(self, name="web_search_read"):
        """Return the specification of each list, or form, that is read from now on."""
        found = []
        orders = self.env.registry["sale.order"]
        core = getattr(orders, name)

        @wraps(core)
        def read(records, *args, **kwargs):
            found.append(kwargs.get("specification") or args[-1])
            return core(records, *args, **kwargs)

        self.patch(orders, name, read)
        return found

    def test_hidden_column_is_read_when_it_is_turned_on(self):
        self.customer.ref = "C-4711"
        self._new_order((self.service, 1))
        self.env.flush_all()
        found = self._record_reading()
        self.start_tour(
            "/odoo/action-sale.action_quotations",
            "sales_order_plus_order_columns",
            login=self.salesman.login,
        )
        first, last = set(found[0]), set(found[-1])
        # Hidden: ours, and Odoo's that is computed from every line of every order.
        self.assertFalse({"customer_ref", "quotation_status", "expected_date"} & first)
        # Hidden, but the colour of the name depends on it.
        self.assertIn("order_priority", first)
        self.assertLessEqual({"name", "partner_id", "amount_total", "state"}, first)
        self.assertEqual(last - first, {"customer_ref"})

    def test_hidden_column_of_lines(self):
        """What was typed before the column was turned on is saved with it."""
        self.product.write({"default_code": "GADGET-1", "barcode": "4006381333931"})
        order = self._new_order((self.product, 1))
        self.env.flush_all()
        found = self._record_reading("web_read")
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "sales_order_plus_line_columns",
            login=self.salesman.login,
        )
        lines = [
            set(one["order_line"]["fields"]) for one in found if "order_line" in one
        ]
        first, last = lines[0], lines[-1]
        self.assertFalse({"product_code", "product_barcode", "last_price_unit"} & first)
        # Hidden too, but a template may give them: they come back with the line.
        self.assertLessEqual({"customer_note", "internal_note", "product_id"}, first)
        self.assertLessEqual({"product_code", "product_barcode"}, last)
        self.assertEqual(order.client_order_ref, "PO-77")

    def test_type_is_read_once_for_the_dates_of_a_list(self):
        """Whoever shows the expected date pays no query an order for its type."""
        for _number in range(5):
            self._new_order((self.product, 1))
        orders = self.env["sale.order"].with_user(self.salesman)
        specification = {"name": {}, "expected_date": {}}

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.web_search_read([], specification, limit=limit)
            return self.env.cr.sql_log_count - before

        count(5)
        self.assertEqual(count(5), count(2))
