from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ...models.seam import sale_order_reading
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderNew(OrderCommon):
    """A new form is answered as by Odoo, with less work."""

    def _start(self, **context):
        """Return what a salesperson's new form shows, our way and with all computed."""
        orders = self.env["sale.order"].with_user(self.salesman).with_context(**context)
        names = sorted(sale_order_reading.LATER & orders._fields.keys())
        specification = {
            name: {"fields": {"display_name": {}}}
            if orders._fields[name].type == "many2one"
            else {}
            for name in ["partner_id", "sale_order_template_id", *names]
        }
        specification["order_line"] = {"fields": {"name": {}, "price_unit": {}}}
        found = orders.onchange({}, [], specification)["value"]
        with patch.object(sale_order_reading, "LATER", frozenset()):
            expected = orders.onchange({}, [], specification)["value"]
        return found, expected

    def test_nothing_is_there_without_customer_and_lines(self):
        found, expected = self._start()
        self.assertFalse(found["partner_id"])
        self.assertEqual(found, expected)

    def test_users_have_no_defaults_for_what_is_left_out(self):
        """They save defaults for what they can type."""
        fields = self.env["sale.order"]._fields
        left_out = [fields[name] for name in sale_order_reading.LATER]
        self.assertEqual([one.name for one in left_out if not one.readonly], [])
        self.assertEqual([one.name for one in left_out if one.default], [])

    def test_with_customer(self):
        self.customer.write({"ref": "C-77", "email": "c77@example.com"})
        found, expected = self._start(default_partner_id=self.customer.id)
        self.assertEqual(found["customer_ref"], "C-77")
        self.assertEqual(found, expected)

    def test_with_lines_of_the_companys_template(self):
        """They come without a customer."""
        product = self.env["product.product"].create(
            {"name": "Always", "list_price": 50, "standard_price": 20}
        )
        self.env.company.sale_order_template_id = self.env[
            "sale.order.template"
        ].create(
            {
                "name": "Always",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                ],
            }
        )
        found, expected = self._start()
        self.assertTrue(found["order_line"])
        for value in (found, expected):
            # Each time another mark of the same new line.
            value["order_line"] = [line for _command, _id, line in value["order_line"]]
        self.assertEqual(found, expected)

    def test_lists_of_a_new_order(self):
        """Empty, but for what is given or told by the context."""
        orders = self.env["sale.order"]
        customer = {"partner_id": self.customer.id}
        document = [Command.create({"name": "Plan"})]
        self.assertFalse(orders.new(customer).document_ids)
        given = orders.new({**customer, "document_ids": document})
        self.assertEqual(given.document_ids.mapped("name"), ["Plan"])
        told = orders.with_context(default_document_ids=document).new(customer)
        self.assertEqual(told.document_ids.mapped("name"), ["Plan"])
