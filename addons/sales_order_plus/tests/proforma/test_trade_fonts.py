import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...report.proforma import trade_fonts
from ...report.proforma.trade_document import TradeDocument
from ...report.proforma.trade_parts import Column

LOGGER = "odoo.addons.sales_order_plus.report.proforma.trade_fonts"


@tagged("post_install", "-at_install")
class TestTradeFonts(TransactionCase):
    """Where a letter cannot be printed, the paper and the log say so."""

    def _print(self, text):
        document = TradeDocument(
            title="Test", columns=[Column("Description")], rows=[[text]], sender=["A"]
        )
        pages = PdfReader(io.BytesIO(document.to_pdf())).pages
        return "".join(page.extract_text() for page in pages)

    def test_latin_greek_and_cyrillic_need_no_word(self):
        text = self._print("Ångström Ελλάδα Москва €")
        self.assertIn("Москва", text)
        self.assertNotIn("may be shown", text)

    @mute_logger(LOGGER)
    def test_devanagari_is_not_joined(self):
        self.assertIn("shown right: Devanagari", self._print("नमस्ते"))

    def test_korean_without_a_font(self):
        with (
            patch.object(trade_fonts, "_find_rare_font", lambda code: None),
            self.assertLogs(LOGGER, "WARNING") as log,
        ):
            self._forget()
            text = self._print("서울 Seoul")
        self._forget()
        known = any(
            ord("서") in font.face.charToGlyph for font in trade_fonts._get_chain(False)
        )
        self.assertFalse(known, "this machine has a Korean font: choose another script")
        self.assertIn("Hangul", log.output[0])
        self.assertIn("shown right: Hangul", text)

    @mute_logger(LOGGER)
    def test_no_black_boxes(self):
        """A character no font has becomes a question mark."""
        with (
            patch.object(trade_fonts, "_get_cid_font", lambda code: None),
            patch.object(trade_fonts, "_find_rare_font", lambda code: None),
        ):
            self._forget()
            text = self._print("A\U00012000B")
        self._forget()
        self.assertIn("A?B", text)
        self.assertIn("shown right: Cuneiform", text)

    @staticmethod
    def _forget():
        """Forget what was found out about characters."""
        for function in ("is_known", "get_font_name", "_get_doubtful_script"):
            getattr(trade_fonts, function).cache_clear()
