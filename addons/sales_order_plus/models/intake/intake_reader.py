"""Reading order files row by row: CSV and XLSX. Knows nothing of Odoo."""

import codecs
import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time

import openpyxl

from .intake_values import CELL_LIMIT

ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "latin-1",
)
DELIMITERS = (",", ";", "\t", "|")
MAX_BYTES = 100 * 1024 * 1024
MAX_COLUMNS = 500
# The last row of a sheet; a file may claim any.
MAX_SHEET_ROW = 2**20
# A ZIP bomb unpacks to thousands of times its size; real workbooks stay below 30.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_SHARED_STRINGS = 100 * 1024 * 1024
MAX_RATIO = 100
RATIO_FLOOR = 10 * 1024 * 1024
SNIFF_BYTES = 64 * 1024
SHOWN = 100

# The module's limit of 128 kB a cell would end the whole file with an error; what is
# too long is reported as one row instead, and the file's size is limited above.
csv.field_size_limit(MAX_BYTES)


class FileProblem(Exception):
    """A file that cannot be read at all.

    :param str code: stable name of the problem
    :param params: values for its message
    """

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class FileShape:
    """How a file is written; encoding and delimiter are of CSV only."""

    format: str
    encoding: str = "utf-8"
    delimiter: str = ","


class LongCell(str):
    """The beginning of a cell that was longer than a spreadsheet cell can be."""


class FormulaCell(str):
    """A spreadsheet formula without a calculated value."""


def detect_shape(content):
    """Return the :class:`FileShape` of the bytes of a file.

    :raise FileProblem: if it is empty, too large, binary or an old Excel file
    """
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise FileProblem("empty_file")
    if len(content) > MAX_BYTES:
        raise FileProblem("too_large", limit=MAX_BYTES // 2**20)
    if content.startswith(b"PK\x03\x04"):
        return FileShape("xlsx")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileProblem("old_excel")
    encoding = detect_encoding(content)
    return FileShape("csv", encoding, detect_delimiter(content, encoding))


def detect_encoding(content):
    """Return the encoding of a text, by its byte order mark, its zeros, or trial.

    :raise FileProblem: if it is no text
    """
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:SNIFF_BYTES]
    encoding = _detect_by_zeros(head)
    if not encoding:
        encoding = next(
            e for e in ("utf-8", "cp1252", "latin-1") if _decodes(content, e)
        )
    _check_text(head.decode(encoding, errors="replace"))
    return encoding


def _detect_by_zeros(head):
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    half = len(head) // 2
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        if half and head[start::2].count(0) > 0.6 * half:
            return encoding
    return None


def _decodes(content, encoding):
    # In pieces: a text of its own would take up to four times the file's memory.
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), 2**20):
            decoder.decode(content[start : start + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_text(text):
    odd = sum(1 for char in text if char < " " and char not in "\r\n\t\f\x00")
    # A stray control character is dirt, two in a hundred are a picture or a program.
    if odd + text.count("\x00") > 0.02 * len(text):
        raise FileProblem("not_text")


def detect_delimiter(content, encoding):
    """Return the delimiter that cuts the first lines into most columns of one count."""
    text = content[: SNIFF_BYTES // 2 * 2].decode(encoding, errors="ignore")
    lines = text.splitlines()[:20]

    def score(delimiter):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        return (
            sum(width == widths[0] for width in widths) * (widths[0] - 1),
            widths[0],
        )

    return max(DELIMITERS, key=score) if any(lines) else ","


def read_rows(content, shape):
    """Yield (line number, cells) of each row that is not blank, header included.

    :param bytes content: the whole file
    :param FileShape shape: how it is written
    :raise FileProblem: if it cannot be read that way
    """
    rows = _read_xlsx(content) if shape.format == "xlsx" else _read_csv(content, shape)
    for number, cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def _read_csv(content, shape):
    try:
        stream = io.TextIOWrapper(io.BytesIO(content), shape.encoding, newline="")
    except LookupError as error:
        raise FileProblem("unknown_encoding", encoding=shape.encoding) from error
    reader = csv.reader(stream, delimiter=shape.delimiter)
    line = 1
    try:
        _skip_mark(stream)
        for row in reader:
            yield line, [_clean_cell(cell) for cell in row]
            line = reader.line_num + 1
    except UnicodeError as error:
        raise FileProblem(
            "wrong_encoding", encoding=shape.encoding, line=line
        ) from error
    except csv.Error as error:
        raise FileProblem("broken_csv", line=line, error=str(error)) from error


def _skip_mark(stream):
    """Pass over a byte order mark that the chosen encoding leaves in the text."""
    if stream.read(1) != "\ufeff":
        stream.seek(0)


def _clean_cell(text):
    # PostgreSQL stores no NUL in a text.
    text = text.replace("\x00", "")
    return LongCell(f"{text[:SHOWN]}…") if len(text) > CELL_LIMIT else text


def _read_xlsx(content):
    """Yield the rows of the first sheet; formulas are never calculated."""
    try:
        formulas = _check_workbook(content)
        values = _iter_sheet(content, data_only=True)
        if not formulas:
            yield from ((number, _get_texts(row)) for number, row in values)
            return
        sources = _iter_sheet(content, data_only=False)
        for (number, row), (_number, source) in zip(values, sources, strict=True):
            yield number, _get_texts(row, source)
    except FileProblem:
        raise
    except Exception as error:
        # openpyxl raises nearly anything on a broken workbook.
        raise FileProblem("broken_xlsx", error=str(error)[:SHOWN]) from error


def _check_workbook(content):
    """Refuse bombs before anything is unpacked.

    :return: whether a sheet holds formulas
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members) or 1
        strings = sum(
            m.file_size for m in members if m.filename.endswith("sharedStrings.xml")
        )
        if (
            unpacked > MAX_UNPACKED
            or strings > MAX_SHARED_STRINGS
            or (unpacked > RATIO_FLOOR and unpacked / packed > MAX_RATIO)
        ):
            raise FileProblem("zip_bomb", size=unpacked // 2**20)
        if not any(m.filename.startswith("xl/worksheets/") for m in members):
            raise FileProblem("not_workbook")
        # All of them, not up to the first: the scan also refuses.
        found = [_scan_member(archive, member) for member in members]
        return any(found)


def _scan_member(archive, member):
    """Return whether it is a sheet with formulas; refuse what defines entities."""
    formulas, tail = False, b""
    with archive.open(member) as stream:
        for chunk in iter(lambda: stream.read(2**20), b""):
            # Without zeros, so that UTF-16 hides nothing.
            window = tail + chunk.replace(b"\x00", b"")
            if member.filename.endswith((".xml", ".rels")) and (
                b"<!DOCTYPE" in window or b"<!ENTITY" in window
            ):
                raise FileProblem("not_workbook")
            formulas = formulas or b"<f>" in window or b"<f " in window
            tail = window[-16:]
    return formulas and member.filename.startswith("xl/worksheets/")


def _iter_sheet(content, data_only):
    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=data_only
    )
    try:
        sheet = book.worksheets[0]
        # The size a file claims for its sheet may be wrong.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > MAX_SHEET_ROW:
                raise FileProblem("too_long", line=number)
            yield number, row
    finally:
        book.close()


def _get_texts(row, source=None):
    texts = [_clean_cell(_get_text(cell.value)) for cell in row]
    for index, cell in enumerate(source or ()):
        if cell.data_type == "f" and not texts[index]:
            texts[index] = FormulaCell(_get_text(cell.value))
    return texts


def _get_text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
