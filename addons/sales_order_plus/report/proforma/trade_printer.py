"""Lays a trade document out on pages: text as text, numbered, in every script."""

import io

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    Image,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from .trade_fonts import get_base_font
from .trade_parts import Heading
from .trade_text import (
    get_lines,
    get_markup,
    get_width,
    has_right_to_left,
    is_right_to_left,
    join_letters,
    order_visually,
)

MARGIN = 15 * mm
SIZE = 8.5
GREY = colors.HexColor("#666666")
LIGHT = colors.HexColor("#eeeeee")
# Side of the picture of an item
PICTURE = 14 * mm
NO_PADDING = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
)
RULE = ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#cccccc"))


def paragraph(text, width, *, size=SIZE, bold=False, right=False, color=colors.black):
    """Return a paragraph of any script that fits into ``width`` points."""
    text = str(text or "")
    rtl = has_right_to_left(text)
    style = ParagraphStyle(
        "trade",
        fontName=get_base_font(bold),
        fontSize=size,
        leading=size * 1.35,
        textColor=color,
        alignment=TA_RIGHT if right or is_right_to_left(text) else TA_LEFT,
        # Chinese has no spaces to break at, and a code may be wider than its column.
        wordWrap=None if rtl else _get_word_wrap(text, width, size, bold),
        splitLongWords=1,
    )
    if rtl:
        text = "\n".join(get_lines(text, width, size, bold))
    return Paragraph(get_markup(text, bold), style)


def _get_word_wrap(text, width, size, bold):
    if any(ord(char) >= 0x2E80 for char in text):
        return "CJK"
    longest = max(text.split(), key=len, default="")
    return "CJK" if get_width(longest, size, bold) > width else None


class _NumberedCanvas(Canvas):
    """Writes "page 2 / 7" when the number of pages is known."""

    def __init__(self, *args, label="", footer="", **kwargs):
        super().__init__(*args, **kwargs)
        self._width = kwargs["pagesize"][0]
        self._label, self._footer, self._pages_done = label, footer, []

    def showPage(self):
        self._pages_done.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        pages = len(self._pages_done)
        for number, state in enumerate(self._pages_done, start=1):
            self.__dict__.update(state)
            text = self._label.replace("{page}", str(number))
            self._draw_footer(text.replace("{pages}", str(pages)))
            Canvas.showPage(self)
        super().save()

    def _draw_footer(self, text):
        self.setFillColor(GREY)
        draw_text(self, text, self._pagesize[0] - MARGIN, 8 * mm, right=True)
        draw_text(self, self._footer, MARGIN, 8 * mm)


def draw_text(canvas, text, x, y, *, size=7.0, bold=False, right=False):
    """Draw one line of any script."""
    if has_right_to_left(text):
        text = order_visually(join_letters(text), is_right_to_left(text))
    holder = Paragraph(
        get_markup(text, bold),
        ParagraphStyle(
            "line",
            fontName=get_base_font(bold),
            fontSize=size,
            leading=size * 1.2,
            alignment=TA_RIGHT if right else TA_LEFT,
            textColor=GREY,
        ),
    )
    width = (canvas._pagesize[0] - 2 * MARGIN) * 0.8
    holder.wrapOn(canvas, width, 40)
    holder.drawOn(canvas, x - width if right else x, y)


class Printer:
    """Lays a document out on pages."""

    def __init__(self, document):
        self.document = document
        self.height = document.page_size[1]
        self.width = document.page_size[0] - 2 * MARGIN
        self.accent = colors.HexColor(document.color or "#000000")

    def print(self):
        document, stream = self.document, io.BytesIO()
        template = BaseDocTemplate(
            stream,
            pagesize=document.page_size,
            title=f"{document.title} {document.number}".strip(),
            author=document.sender[0] if document.sender else "",
            invariant=1,
        )
        frame = Frame(MARGIN, 16 * mm, self.width, self.height - 38 * mm, 0, 0, 0, 0)
        template.addPageTemplates(PageTemplate(frames=[frame], onPage=self._draw_head))
        template.build(self._get_story(), canvasmaker=self._get_canvas)
        return stream.getvalue()

    def _get_canvas(self, *args, **kwargs):
        document = self.document
        return _NumberedCanvas(
            *args, label=document.page_label, footer=document.footer, **kwargs
        )

    def _draw_head(self, canvas, template):
        """Draw who sends what on each page."""
        document, top = self.document, self.height - 14 * mm
        right = MARGIN + self.width
        canvas.saveState()
        label = f"{document.title} {document.number}".strip()
        draw_text(canvas, label, right, top, size=9, bold=True, right=True)
        if template.page > 1 and document.sender:
            draw_text(canvas, document.sender[0], MARGIN, top, size=9)
        canvas.setStrokeColor(self.accent if document.color else GREY)
        canvas.line(MARGIN, top - 2 * mm, right, top - 2 * mm)
        canvas.restoreState()

    def _get_story(self):
        return [
            self._get_sender(),
            Spacer(1, 4 * mm),
            paragraph(
                self._get_heading(), self.width, size=16, bold=True, color=self.accent
            ),
            Spacer(1, 3 * mm),
            *self._get_blocks(),
            *self._get_texts(self.document.intro),
            *self._get_lines(),
            *self._get_totals(),
            *self._get_tables(),
            *self._get_texts(self.document.notes),
            *self._get_images(),
        ]

    def _get_heading(self):
        return f"{self.document.title} {self.document.number}".strip()

    def _get_sender(self):
        text = paragraph("\n".join(self.document.sender), self.width * 0.6)
        logo = _get_image(self.document.logo, self.width * 0.3, 18 * mm)
        table = Table(
            [[text, logo or ""]], colWidths=[self.width * 0.65, self.width * 0.35]
        )
        table.setStyle(
            [
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                ("LEFTPADDING", (0, 0), (0, 0), 0),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
        return table

    def _get_blocks(self):
        blocks = [block for block in self.document.blocks if block[1]]
        if not blocks:
            return []
        half = self.width / 2
        cells = [self._get_block(label, text, half - 12) for label, text in blocks]
        cells += [""] * (len(cells) % 2)
        rows = [cells[index : index + 2] for index in range(0, len(cells), 2)]
        table = Table(rows, colWidths=[half, half])
        table.setStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        )
        return [table, Spacer(1, 3 * mm)]

    @staticmethod
    def _get_block(label, text, width):
        return [
            paragraph(label, width, size=7, color=GREY),
            paragraph(text, width),
        ]

    def _get_lines(self):
        """Return the table; each part that begins on a page of its own anew."""
        story = []
        for rows in self._get_parts() if self.document.columns else ():
            story += [PageBreak()] if story else []
            story += [self._get_table(rows), Spacer(1, 3 * mm)]
        return story

    def _get_parts(self):
        parts = [[]]
        for row in self.document.rows:
            if getattr(row, "new_page", False) and parts[-1]:
                parts.append([])
            parts[-1].append(row)
        return parts

    def _get_table(self, rows):
        columns = self.document.columns
        total = sum(column.weight for column in columns)
        widths = [self.width * column.weight / total for column in columns]
        styles = [
            ("BACKGROUND", (0, 0), (-1, 0), LIGHT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            RULE,
        ]
        cells = [
            [
                paragraph(
                    column.label, width - 8, bold=True, right=column.right, size=8
                )
                for column, width in zip(columns, widths, strict=True)
            ]
        ]
        for row in rows:
            cells.append(self._get_row(row, widths, len(cells), styles))
        table = LongTable(cells, colWidths=widths, repeatRows=1)
        table.setStyle(styles)
        return table

    def _get_row(self, row, widths, index, styles):
        if isinstance(row, str):
            row = Heading(row)
        if isinstance(row, Heading):
            return self._get_heading_row(row, widths, index, styles)
        columns = self.document.columns
        return [
            self._get_cell(content, width - 8, column.right)
            for content, width, column in zip(row, widths, columns, strict=True)
        ]

    @staticmethod
    def _get_cell(content, width, right):
        picture = getattr(content, "picture", b"")
        image = _get_image(picture, PICTURE, PICTURE)
        if not image:
            return paragraph(content, width, right=right)
        image.hAlign = "LEFT"
        side = PICTURE + 2 * mm
        table = Table(
            [[image, paragraph(content, width - side, right=right)]],
            colWidths=[side, width - side],
        )
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *NO_PADDING])
        return table

    def _get_heading_row(self, row, widths, index, styles):
        last = -2 if row.amount else -1
        styles.append(("SPAN", (0, index), (last, index)))
        # A heading is not parted from what stands below it.
        styles.append(("NOSPLIT", (0, index), (0, index + 1)))
        width = self.width - 8 - (widths[-1] if row.amount else 0)
        amount = paragraph(row.amount, widths[-1] - 8, right=True, bold=True)
        text = paragraph(row.text, width, bold=row.level < 2)
        return [text, *[""] * (len(widths) - 2), amount if row.amount else ""]

    def _get_totals(self):
        totals = self.document.totals
        if not totals:
            return []
        label, value = self.width * 0.28, self.width * 0.22
        last = len(totals) - 1
        rows = [
            [
                "",
                self._get_total(text, label - 8, index == last),
                self._get_total(amount, value - 8, index == last, right=True),
            ]
            for index, (text, amount) in enumerate(totals)
        ]
        table = Table(rows, colWidths=[self.width * 0.5, label, value])
        table.setStyle([("LINEABOVE", (1, last), (-1, last), 0.75, self.accent)])
        return [KeepTogether([table, Spacer(1, 3 * mm)])]

    def _get_total(self, text, width, last, right=False):
        color = self.accent if last else colors.black
        return paragraph(text, width, bold=last, right=right, color=color)

    def _get_tables(self):
        return [part for one in self.document.tables for part in self._get_summary(one)]

    def _get_summary(self, summary):
        """Return a small table, kept together."""
        rows = [row for row in (summary.head, *summary.rows) if row]
        if not rows:
            return []
        amounts = len(rows[0]) - 1
        widths = [self.width * (0.7 - 0.16 * amounts), *[self.width * 0.16] * amounts]
        bold = {0} if summary.head else set()
        bold |= {len(rows) - 1} if summary.has_sum else set()
        cells = [
            [
                paragraph(text, width - 8, size=8, bold=index in bold, right=place > 0)
                for place, (text, width) in enumerate(zip(row, widths, strict=True))
            ]
            for index, row in enumerate(rows)
        ]
        table = Table(cells, colWidths=widths, hAlign="LEFT")
        table.setStyle([RULE, *NO_PADDING])
        return [KeepTogether([table, Spacer(1, 3 * mm)])]

    def _get_texts(self, texts):
        story = []
        for label, text in texts:
            if text:
                if label:
                    story.append(paragraph(label, self.width, size=7, color=GREY))
                story.append(paragraph(text, self.width))
                story.append(Spacer(1, 2 * mm))
        return story

    def _get_images(self):
        story = []
        for label, content, width in self.document.images:
            image = _get_image(content, width * mm, width * mm)
            if image:
                image.hAlign = "LEFT"
                head = paragraph(label, self.width, size=7, color=GREY)
                story.append(KeepTogether([head, image]))
        return story


def _get_image(content, width, height):
    """Return an image inside the box; None where there is none to print."""
    try:
        image = Image(io.BytesIO(content)) if content else None
    except (OSError, ValueError):
        return None
    if image:
        image._restrictSize(width, height)
    return image
