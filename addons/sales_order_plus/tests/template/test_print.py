import base64
import io
from unittest.mock import patch

from lxml import html
from PIL import Image
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base.models import ir_actions_report

from ..common import SalesPlusCommon

LETTER = (612, 792)
A4 = (595, 842)


@tagged("post_install", "-at_install")
class TestPrint(SalesPlusCommon):
    """Long quotations on the paper of their template."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paperformat_id = cls.env.ref("base.paperformat_euro")
        cls.company.quotation_printer = "own"
        cls.template = cls.env["sale.order.template"].create({"name": "Long"})
        cls.product.description_sale = "With a second line, as most products have"

    def _print(self, orders, user=None, report="sale.action_report_saleorder"):
        reports = self.env["ir.actions.report"].with_user(user or self.salesman)
        pdf, kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            report, orders.ids
        )
        self.assertEqual(kind, "pdf")
        return PdfReader(io.BytesIO(pdf)).pages

    def _get_html(self, order):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return html.fromstring(content.decode())

    def _new_long_order(self, count=120, **values):
        lines = [(self.product, number + 1) for number in range(count)]
        return self._new_order(
            *lines, sale_order_template_id=self.template.id, **values
        )

    def _new_sections(self):
        order = self._new_order(sale_order_template_id=self.template.id)
        order.order_line = [
            Command.clear(),
            *(
                Command.create({"sequence": sequence, **values})
                for sequence, values in enumerate(
                    (
                        {"display_type": "line_section", "name": "Ground floor"},
                        {"product_id": self.product.id, "product_uom_qty": 2},
                        {"display_type": "line_section", "name": "First floor"},
                        {"product_id": self.service.id, "product_uom_qty": 3},
                    )
                )
            ),
        ]
        return order

    def test_a_hundred_and_twenty_lines(self):
        order = self._new_long_order()
        pages = self._print(order)
        texts = [page.extract_text() for page in pages]
        self.assertGreaterEqual(len(pages), 5)
        for number, text in enumerate(texts, start=1):
            self.assertIn(f"Page {number} / {len(pages)}", text)
            self.assertIn("Unit Price", text, f"header of the table on page {number}")
            self.assertIn(order.name, text)
        total = f"{order.amount_total:,.2f}"
        self.assertIn(total, texts[-1])
        self.assertNotIn(total, "".join(texts[:-1]))

    def test_totals_are_not_parted(self):
        """Whatever number of lines fills the page."""
        tax = self.env["account.tax"].create({"name": "Parted 10%", "amount": 10})
        self.product.taxes_id = tax
        for count in (22, 26, 30, 34):
            order = self._new_long_order(count)
            texts = [page.extract_text() for page in self._print(order)]
            amounts = (order.amount_untaxed, order.amount_tax, order.amount_total)
            holding = [
                all(f"{amount:,.2f}" in text for amount in amounts) for text in texts
            ]
            self.assertEqual(holding.count(True), 1, f"{count} lines: {holding}")

    def test_paper(self):
        order = self._new_long_order(1)
        self.assertEqual(self._get_size(self._print(order)[0]), A4)
        self.template.paperformat_id = self.env.ref("base.paperformat_us")
        self.assertEqual(self._get_size(self._print(order)[0]), LETTER)
        plain = self._new_order()
        sizes = [self._get_size(page) for page in self._print(plain | order)]
        self.assertEqual(sorted(sizes), [A4, LETTER])

    @staticmethod
    def _get_size(page):
        return round(page.mediabox.width), round(page.mediabox.height)

    def test_paper_of_the_browser_engine(self):
        self.company.quotation_printer = "browser"
        self.template.paperformat_id = self.env.ref("base.paperformat_us")
        order, plain = self._new_long_order(1), self._new_order()
        sizes = []

        def run(reports, bodies, report_ref=False, **_options):
            sizes.append(reports._get_report(report_ref).get_paperformat().format)
            writer = ir_actions_report.PdfFileWriter()
            writer.add_blank_page(100, 100)
            stream = io.BytesIO()
            writer.write(stream)
            return stream.getvalue()

        cls = ir_actions_report.IrActionsReport
        with (
            patch.object(cls, "_run_wkhtmltopdf", run),
            patch.object(cls, "get_wkhtmltopdf_state", lambda _self: "ok"),
        ):
            self.assertEqual(len(self._print(order | plain)), 2)
        self.assertEqual(sizes, ["Letter", "A4"])

    def test_sections_on_pages_of_their_own(self):
        order = self._new_sections()
        self.assertEqual(len(self._print(order)), 1)
        self.template.section_page_break = True
        texts = [page.extract_text() for page in self._print(order)]
        self.assertEqual(len(texts), 2)
        self.assertIn("Ground floor", texts[0])
        self.assertNotIn("First floor", texts[0])
        self.assertIn("First floor", texts[1])
        self.assertIn("Description", texts[1])
        self.assertIn("150.00", texts[1])

    def test_page_for_the_browser_engine(self):
        self.template.section_page_break = True
        page = self._get_html(self._new_sections())
        (head,) = page.xpath("//table[contains(@class, 'o_main_table')]/thead")
        self.assertEqual(head.get("style"), "display: table-header-group")
        first, second = page.xpath("//tr[@name='tr_section']/@style")
        self.assertNotIn("page-break-before", first)
        self.assertIn("page-break-before: always", second)
        (total,) = page.xpath("//div[@name='so_total_summary']/@style")
        self.assertIn("page-break-inside: avoid", total)

    def test_without_an_engine(self):
        """The quotation is printed, and the settings say what is there."""
        self.company.quotation_printer = "auto"
        order = self._new_order(client_order_ref="PO-4711")
        absent = ir_actions_report._wkhtml()._replace(state="install")
        with (
            patch.object(ir_actions_report, "_wkhtml", lambda: absent),
            patch.object(
                ir_actions_report.IrActionsReport,
                "get_wkhtmltopdf_state",
                lambda _self: "install",
            ),
        ):
            settings = self.env["res.config.settings"].create({})
            self.assertEqual(settings.pdf_engine_state, "absent")
            text = self._print(order)[0].extract_text()
            reports = self.env["ir.actions.report"].with_user(self.salesman)
            own = reports.get_own_prints()
        for part in (order.name, "Test Customer", "PO-4711", "100.00", "Quotation"):
            self.assertIn(part, text)
        self.assertIn("sale.report_saleorder", own)
        self.assertIn("sales_order_plus.report_proforma", own)

    def test_own_printer_needs_no_page(self):
        """The HTML of the report is not made where nobody reads it."""
        order = self._new_order(client_order_ref="PO-4712")
        reports = self.env.registry["ir.actions.report"]
        with patch.object(reports, "_render_template", side_effect=AssertionError):
            text = self._print(order)[0].extract_text()
        self.assertIn("PO-4712", text)

    def test_complete_engine_is_used(self):
        self.company.quotation_printer = "auto"
        reports = self.env["ir.actions.report"]
        for patched, own in ((True, False), (False, True)):
            info = ir_actions_report._wkhtml()._replace(
                state="ok", is_patched_qt=patched
            )
            with patch.object(ir_actions_report, "_wkhtml", lambda info=info: info):
                self.assertEqual(reports._prints_itself(self.company), own)

    def test_document_of_the_quotation_builder(self):
        """What Odoo prints before and after the quotation stays."""
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=(300, 300))
        canvas.drawString(10, 250, "Our house")
        canvas.acroForm.textfield(name="customer", x=10, y=10)
        canvas.showPage()
        canvas.save()
        document = self.env["quotation.document"].create(
            {
                "name": "Cover.pdf",
                "datas": base64.b64encode(stream.getvalue()),
                "document_type": "header",
            }
        )
        order = self._new_order()
        order.quotation_document_ids = document
        # Filling form fields is Odoo's own and needs the version of pypdf it was
        # written for; here it is about which pages there are.
        with patch("odoo.tools.pdf.fill_form_fields_pdf"):
            pages = self._print(order)
        self.assertEqual(self._get_size(pages[0]), (300, 300))
        self.assertIn(order.name, pages[1].extract_text())

    def test_proforma_title(self):
        report = "sale.action_report_pro_forma_invoice"
        text = self._print(self._new_order(), report=report)[0].extract_text()
        self.assertIn("Pro-Forma Invoice", text)

    # === What Odoo's page shows besides === #

    def _get_text(self, order):
        return "".join(page.extract_text() for page in self._print(order))

    def _make_picture(self):
        stream = io.BytesIO()
        Image.new("RGB", (90, 60), "#c0392b").save(stream, "PNG")
        return base64.b64encode(stream.getvalue())

    def test_pictures_of_items(self):
        self.product.image_1920 = self._make_picture()
        order = self._new_order((self.product, 1), (self.service, 1))
        self.assertFalse(self._print(order)[0].images)
        order.show_images = True
        (page,) = self._print(order)
        self.assertEqual(len(page.images), 1)
        self.assertIn(self.product.name, page.extract_text())
        self.assertIn(self.service.name, page.extract_text())

    def test_pictures_of_many_items(self):
        """A table with pictures is parted between its rows."""
        self.product.image_1920 = self._make_picture()
        order = self._new_long_order(40, show_images=True)
        pages = self._print(order)
        self.assertGreater(len(pages), 1)
        # The file holds the picture once a page, however often it is drawn.
        self.assertTrue(all(page.images for page in pages))
        texts = "".join(page.extract_text() for page in pages)
        self.assertEqual(texts.count(self.product.name), 40)

    def test_warranty(self):
        self.product.write({"warranty_duration": 24, "warranty_unit": "month"})
        order = self._new_order((self.product, 1))
        self.assertIn("Warranty: 24 Months", self._get_text(order))
        order.order_line.warranty_end = "2028-03-01"
        self.assertIn("Warranty until 03/01/2028", self._get_text(order))
        self.product.warranty_duration = 0
        self.assertNotIn("Warranty", self._get_text(order))

    def test_taxes_by_jurisdiction(self):
        state, county = self.env["account.tax"].create(
            [
                {
                    "name": f"{level} {rate}%",
                    "amount": rate,
                    "jurisdiction_level": level,
                    "jurisdiction_name": name,
                }
                for level, name, rate in (
                    ("state", "California", 4),
                    ("county", "Alameda", 1),
                )
            ]
        )
        self.product.taxes_id = state | county
        order = self._new_order((self.product, 3))
        text = self._get_text(order)
        self.assertIn("Tax by jurisdiction", text)
        for part in ("State: California", "12.00", "County: Alameda", "3.00", "300.00"):
            self.assertIn(part, text)
        self.product.taxes_id = False
        plain = self._get_text(self._new_order((self.product, 3)))
        self.assertNotIn("Tax by jurisdiction", plain)

    def test_duties_are_told_apart(self):
        japan = self.env.ref("base.jp")
        self.company.country_id = self.env.ref("base.us")
        self.customer.country_id = japan
        self.env["sales.duty.rule"].search([]).active = False
        self.env["sales.duty.rule"].create(
            {"name": "Tariff", "country_ids": [Command.link(japan.id)], "percent": 10}
        )
        text = self._get_text(self._new_order((self.product, 2)))
        self.assertIn("Tariff (10 %)", text)
        self.assertIn("Estimated duties (not charged)", text)
        self.assertIn("20.00", text)

    def test_total_in_our_currency_with_its_rate(self):
        currency = self.env.ref("base.EUR")
        if currency == self.company.currency_id:
            currency = self.env.ref("base.USD")
        currency.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._new_order((self.product, 1), pricelist_id=pricelist.id)
        text = self._get_text(order).replace("\n", " ")
        self.assertIn(f"Total in {self.company.currency_id.name} (1 ", text)
        self.assertIn(f"{order.currency_rate:.6f} {currency.name}", text)
        self.assertNotIn("Total in", self._get_text(self._new_order()))

    def test_numbers_of_the_customer(self):
        self.env["sales.customer.product"].create(
            {
                "partner_id": self.customer.id,
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "customer_code": "CUST-77",
            }
        )
        order = self._new_order((self.product, 1), show_sku=True)
        text = " ".join(self._get_text(order).split())
        self.assertIn("Your number: CUST-77", text)
