from odoo.tests import tagged

from ...exceptions import QuotationTemplateError
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestTranslation(SalesPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.product.with_context(lang="fr_FR").name = "Bidule"
        cls.service.with_context(lang="fr_FR").name = "Prestation"

    def test_untouched_lines_only(self):
        """The customer's language was set after the quotation was written."""
        order = self._new_order((self.product, 1), (self.service, 1))
        edited = order.order_line[1]
        edited.name = "As we discussed"
        self.customer.lang = "fr_FR"
        order.action_translate_lines()
        self.assertEqual(order.order_line.mapped("name"), ["Bidule", "As we discussed"])
        self.customer.lang = "en_US"
        order.action_translate_lines()
        self.assertEqual(order.order_line[0].name, "Test Gadget")

    def test_description_of_the_template(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Template",
                "sale_order_template_line_ids": [
                    (0, 0, {"product_id": self.product.id, "name": "Our best"})
                ],
            }
        )
        line = template.sale_order_template_line_ids
        line.with_context(lang="fr_FR").name = "Le meilleur"
        order = self._new_order(sale_order_template_id=template.id)
        self.assertEqual(order.order_line.name, "Our best")
        self.customer.lang = "fr_FR"
        order.action_translate_lines()
        self.assertEqual(order.order_line.name, "Le meilleur")

    def test_confirmed_orders_stay(self):
        order = self._new_order()
        order.action_confirm()
        with self.assertRaisesRegex(QuotationTemplateError, "only quotations"):
            order.action_translate_lines()
