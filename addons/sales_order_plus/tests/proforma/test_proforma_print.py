import io
import unicodedata

from pypdf import PdfReader

from odoo.tests import tagged

from ...report.proforma.trade_document import TradeDocument
from ...report.proforma.trade_parts import Column
from ...report.proforma.trade_text import join_letters, order_visually
from .common import ProformaCommon


def get_text(pdf):
    """Return the text of a PDF, letters in their plain forms."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [unicodedata.normalize("NFKC", page) for page in pages]


@tagged("post_install", "-at_install")
class TestProformaPrint(ProformaCommon):
    """Papers have real text in every script, numbered pages and repeated headers."""

    def _render(self, record, report):
        reports = self.env["ir.actions.report"].with_user(self.salesman)
        pdf, kind = reports._render_qweb_pdf(
            f"sales_order_plus.action_report_{report}", record.ids
        )
        self.assertEqual(kind, "pdf")
        return get_text(pdf)

    def test_proforma(self):
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "DE89370400440532013000",
                "partner_id": self.company.partner_id.id,
            }
        )
        order = self._new_taxed_order(100.0, client_order_ref="PO-77")
        proforma = self._create(order, percent=30, bank_account_id=bank.id)
        proforma.action_issue()
        text = "\n".join(self._render(proforma, "proforma"))
        for part in (proforma.name, "PO-77", "35.70", "30.00", "5.70", "19 %"):
            self.assertIn(part, text)
        self.assertIn("DE89370400440532013000", text.replace(" ", ""))
        self.assertIn(f"/my/proformas/{proforma.id}", text.replace("\n", ""))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sales_order_plus.action_report_proforma", proforma.ids
        )[0]
        self.assertIn("35.70", html.decode())

    def test_foreign_currency_prints_both(self):
        order = self._new_taxed_order(100.0)
        proforma = self._issue(order, percent=30, currency_id=self.foreign.id)
        text = "\n".join(self._render(proforma, "proforma"))
        self.assertIn("35.70", text)
        self.assertIn("38.82", text)
        self.assertIn("1.087300", text)

    def test_three_hundred_lines(self):
        rows = [[f"Product {number}", "1", "10.00"] for number in range(300)]
        columns = [
            Column("Goods", 4),
            Column("Qty", right=True),
            Column("Amount", right=True),
        ]
        document = TradeDocument(
            title="Packing List",
            number="S1",
            sender=["Sender & Sons"],
            columns=columns,
            rows=rows,
            totals=[("Total", "3,000.00")],
        )
        pages = get_text(document.to_pdf())
        self.assertGreater(len(pages), 3)
        for number, page in enumerate(pages, start=1):
            self.assertIn(f"Page {number} / {len(pages)}", page)
            self.assertIn("Packing List S1", page)
        # The table's header stands on each page that has lines.
        for page in pages[:-1]:
            self.assertIn("Amount", page)
        text = "\n".join(pages)
        for number in range(300):
            self.assertIn(f"Product {number}\n", text)
        self.assertIn("3,000.00", pages[-1])

    def test_every_script(self):
        words = {
            "Chinese": "中国国际贸易",
            "Cyrillic": "Счёт на оплату",
            "Greek": "Τιμολόγιο",
            "Accents": "Zażółć gęślą jaźń €",
            "Markup": "<b>5 & 6</b>",
        }
        document = TradeDocument(
            title="Test",
            columns=[Column("Script"), Column("Text", 3)],
            rows=[[name, text] for name, text in words.items()],
        )
        text = "\n".join(get_text(document.to_pdf()))
        for word in words.values():
            self.assertIn(unicodedata.normalize("NFKC", word), text)

    def test_arabic_is_joined_and_turned(self):
        # "salam": seen, lam-alef ligature, meem; joined, and written from right to left.
        joined = join_letters("سلام")
        self.assertEqual(joined, "\ufeb3\ufefc\ufee1")
        self.assertEqual(order_visually(joined, True), "\ufee1\ufefc\ufeb3")
        # A number inside stays as it is.
        self.assertEqual(order_visually("אב 123 גד", True), "דג 123 בא")
        self.assertEqual(order_visually("No. אב (7)", False), "No. בא (7)")
        document = TradeDocument(
            title="فاتورة", blocks=[("العميل", "شركة السلام 2026")]
        )
        self.assertIn("2026", "\n".join(get_text(document.to_pdf())))

    def test_broken_logo_prints(self):
        document = TradeDocument(title="Test", logo=b"no image", sender=["A"])
        self.assertIn("Test", get_text(document.to_pdf())[0])
