import io

from pypdf import PdfReader

from odoo.tests import tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestReportLanguage(SalesPlusCommon):
    """The language of a quotation: the customer's, or the one chosen on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        modules = cls.env["ir.module.module"].search(
            [("name", "in", ("sale", "sales_order_plus"))]
        )
        modules._update_translations("fr_FR")
        cls.product.with_context(lang="fr_FR").name = "Bidule"
        cls.service.with_context(lang="fr_FR").name = "Prestation"

    def _get_html(self, order):
        reports = self.env["ir.actions.report"].with_user(self.salesman)
        page, _kind = reports._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return page.decode()

    def _get_pdf_text(self, order):
        self.company.quotation_printer = "own"
        reports = self.env["ir.actions.report"].with_user(self.salesman)
        pdf, _kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "sale.action_report_saleorder", order.ids
        )
        return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()

    def test_customer_becomes_french_after_the_template(self):
        template = self.env["sale.order.template"].create({"name": "Two items"})
        order = self._new_order(
            (self.product, 1), (self.service, 1), sale_order_template_id=template.id
        )
        order.order_line[1].name = "As we discussed"
        french = self.customer.copy({"name": "Client", "lang": "fr_FR"})
        order.partner_id = french
        order.action_translate_lines()
        self.assertEqual(order.order_line.mapped("name"), ["Bidule", "As we discussed"])
        page = self._get_html(order)
        self.assertIn("Prix unitaire", page)
        self.assertIn("Bidule", page)
        self.assertIn("As we discussed", page)

    def test_language_of_one_quotation(self):
        order = self._new_order()
        self.assertNotIn("Prix unitaire", self._get_html(order))
        order.report_lang = "fr_FR"
        order.action_translate_lines()
        self.assertEqual(order.order_line.name, "Bidule")
        self.assertIn("Prix unitaire", self._get_html(order))
        self.assertFalse(order.partner_id.lang == "fr_FR")
        line = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.service.id}
        )
        self.assertEqual(line.name, "Prestation")

    def test_own_printer(self):
        order = self._new_order(report_lang="fr_FR")
        order.action_translate_lines()
        text = self._get_pdf_text(order)
        for part in ("Devis", "Prix unitaire", "Quantité", "Bidule", "100,00"):
            self.assertIn(part, text)
