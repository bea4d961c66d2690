from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestGroupLines(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.desks = categories.create({"name": "Test Desks"})
        cls.chairs = categories.create({"name": "Test Chairs"})
        cls.desk = cls._new_product("Desk", 10.0, categ_id=cls.desks.id)
        cls.chair = cls._new_product("Chair", 5.0, categ_id=cls.chairs.id)

    def _get_names(self, order):
        return order.order_line.sorted("sequence").mapped("name")

    def test_sections_with_subtotals(self):
        order = self._new_order((self.desk, 1), (self.chair, 2), (self.desk, 3))
        order.action_group_by_category()
        self.assertEqual(
            self._get_names(order),
            ["Test Chairs", "Chair", "Test Desks", "Desk", "Desk"],
        )
        sections = order.order_line.filtered("display_type").sorted("sequence")
        totals = [
            sum(s._get_section_lines().mapped("price_subtotal")) for s in sections
        ]
        self.assertEqual(totals, [10, 40])
        self.assertEqual(order.amount_untaxed, 50)

    def test_again_with_a_new_line(self):
        order = self._new_order((self.desk, 1), (self.chair, 1))
        order.action_group_by_category()
        order.order_line = [Command.create({"product_id": self.chair.id})]
        order.action_group_by_category()
        self.assertEqual(
            self._get_names(order),
            ["Test Chairs", "Chair", "Chair", "Test Desks", "Desk"],
        )

    def test_note_stays_with_its_line(self):
        order = self._new_order((self.desk, 1))
        order.order_line = [
            Command.create(
                {"display_type": "line_note", "name": "Oak", "sequence": 20}
            ),
            Command.create({"product_id": self.chair.id, "sequence": 30}),
        ]
        order.action_group_by_category()
        self.assertEqual(
            self._get_names(order),
            ["Test Chairs", "Chair", "Test Desks", "Desk", "Oak"],
        )

    def test_refused(self):
        order = self._new_order((self.desk, 1))
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "By hand"})
        ]
        with self.assertRaisesRegex(
            QuotationTemplateError, "“By hand” was made by hand"
        ):
            order.action_group_by_category()
        order.order_line.filtered("display_type").unlink()
        order.action_confirm()
        with self.assertRaisesRegex(
            QuotationTemplateError, "only the lines of quotations"
        ):
            order.action_group_by_category()

    def test_over_rpc(self):
        order = self._new_order((self.desk, 1), (self.chair, 1))
        api = self.env["sales.order.api"].with_user(self.salesman)
        data = api.group_lines_by_category(name=order.name)
        self.assertEqual([line["product"] for line in data["lines"]], ["Chair", "Desk"])
