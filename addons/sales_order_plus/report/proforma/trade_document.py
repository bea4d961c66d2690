"""One printed document: who, what, how much; the same parts for all of them."""

from dataclasses import dataclass, field, replace

from reportlab.lib.pagesizes import A4

from .trade_fonts import get_doubtful_scripts
from .trade_parts import Heading
from .trade_printer import Printer


@dataclass
class TradeDocument:
    """The content of a document, ready to be printed or shown as a page."""

    title: str
    number: str = ""
    sender: list = field(default_factory=list)
    logo: bytes = b""
    # [(label, text)], two in a row
    blocks: list = field(default_factory=list)
    columns: list = field(default_factory=list)
    # [(label, text)] before the lines
    intro: list = field(default_factory=list)
    # Lists of texts as long as the columns; a single text or a Heading stands alone.
    rows: list = field(default_factory=list)
    # [(label, value)], the last one is the total
    totals: list = field(default_factory=list)
    # Summaries below the totals
    tables: list = field(default_factory=list)
    # [(label, text)] below them
    notes: list = field(default_factory=list)
    # [(label, PNG bytes, width in mm)]
    images: list = field(default_factory=list)
    footer: str = ""
    page_label: str = "Page {page} / {pages}"
    # Width and height in points
    page_size: tuple = A4
    # Of titles and totals, such as #1A5276
    color: str = ""
    # Printed where letters may be missing, with the names of their scripts
    doubt_label: str = "Not all characters may be shown right: {scripts}."

    def to_pdf(self):
        """Return the PDF; letters that may be missing are never missing silently."""
        scripts = get_doubtful_scripts(self._get_all_texts())
        if scripts:
            doubt = self.doubt_label.replace("{scripts}", ", ".join(scripts))
            return Printer(replace(self, notes=[*self.notes, ("", doubt)])).print()
        return Printer(self).print()

    def _get_all_texts(self):
        yield from (self.title, self.number, self.footer, *self.sender)
        yield from (column.label for column in self.columns)
        for pair in (*self.blocks, *self.intro, *self.totals, *self.notes):
            yield from (part or "" for part in pair)
        for row in self.rows:
            text = row.text if isinstance(row, Heading) else row
            yield from [text] if isinstance(text, str) else map(str, text)
        for table in self.tables:
            for row in (table.head, *table.rows):
                yield from row
