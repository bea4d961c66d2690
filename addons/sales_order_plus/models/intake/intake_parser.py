"""From the cells of a row to values, or the reason why not. Knows nothing of Odoo."""

from dataclasses import dataclass, field

from .intake_reader import FormulaCell, LongCell
from .intake_values import (
    REFERENCE_LIMIT,
    CellError,
    clean_reference,
    clean_text,
    parse_date,
    parse_number,
)
from .sales_order_import_column import KEYS, NUMBERS, REFERENCES

REQUIRED = ("order_ref", "quantity", "price_unit")


@dataclass
class ParsedRow:
    """One row of the file; ``reason`` is empty if its cells could be read."""

    line_no: int
    cells: list
    values: dict = field(default_factory=dict)
    reason: str | None = None
    column: str | None = None
    value: str | None = None

    @property
    def group_key(self):
        """The order number: rows with the same one are one order."""
        return self.values.get("order_ref")


class RowParser:
    """Reads rows by a column mapping.

    :param dict targets: {field: position of its column}
    :param int width: number of headers
    :param str cancel_prefix: order numbers that begin with it are cancellations
    :param bool use_prices: whether the price column is imported
    """

    def __init__(
        self,
        targets,
        width,
        decimal,
        date_format,
        tz,
        cancel_prefix="",
        use_prices=True,
    ):
        self.targets = dict(targets)
        if not use_prices:
            self.targets.pop("price_unit", None)
        self.width = width
        self.decimal = decimal
        self.date_format = date_format
        self.tz = tz
        self.cancel_prefix = cancel_prefix

    def parse(self, line_no, cells):
        """Return the :class:`ParsedRow` of one line; the first problem counts."""
        row = ParsedRow(line_no, cells)
        for target, position in self.targets.items():
            cell = cells[position] if position < len(cells) else ""
            try:
                value = self._parse_cell(target, cell)
            except CellError as error:
                self._refuse(row, error.reason, target, cell)
                continue
            if value is not None:
                row.values[target] = value
            elif target in REQUIRED:
                self._refuse(row, "missing_value", target, "")
        if len(cells) > self.width:
            self._refuse(row, "too_many_cells", None, cells[self.width])
        if self._is_cancellation(row):
            row.reason, row.column, row.value = (
                "cancellation",
                "order_ref",
                row.group_key,
            )
        return row

    def _parse_cell(self, target, cell):
        """Return the value of a cell, or None if it is empty."""
        if isinstance(cell, LongCell):
            raise CellError("cell_too_long")
        if isinstance(cell, FormulaCell):
            raise CellError("formula")
        text = clean_reference(cell) if target in REFERENCES else clean_text(cell)
        if not text:
            return None
        if target in KEYS and len(text) > REFERENCE_LIMIT:
            raise CellError("reference_too_long")
        if target in NUMBERS:
            return parse_number(text, self.decimal)
        if target == "order_date":
            return str(parse_date(text, self.date_format, self.tz))
        return text

    def _is_cancellation(self, row):
        prefix = self.cancel_prefix
        return bool(prefix and row.group_key and row.group_key.startswith(prefix))

    @staticmethod
    def _refuse(row, reason, target, cell):
        if not row.reason:
            row.reason, row.column, row.value = reason, target, str(cell)[:100]
