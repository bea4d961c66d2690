import base64
import binascii
import hashlib
import json

from odoo import api, models
from odoo.fields import Command

from .intake_parser import RowParser
from .intake_reader import (
    MAX_COLUMNS,
    SHOWN,
    FileProblem,
    FileShape,
    detect_shape,
    read_rows,
)
from .intake_values import detect_date_format, detect_decimal
from .sales_order_import import IntakeError
from .sales_order_import_column import NUMBERS
from .sales_order_import_report import ERROR_HEADERS

SAMPLE_ROWS = 20
STAGE_ROWS = 2000
INSERT_ROWS = """
INSERT INTO sales_order_import_row
    (import_id, line_no, group_no, group_key, data, parsed, status, reason, "column",
     header, value)
VALUES %s
"""


class SalesOrderImport(models.Model):
    """Reading the file: recognising it, staging its rows."""

    _inherit = "sales.order.import"

    # === Bytes === #

    @api.model
    def _get_sha256(self, content):
        """Return the SHA-256 of base64 content, refusing what is no base64."""
        return hashlib.sha256(self._decode_file(content)).hexdigest()

    @api.model
    def _decode_file(self, content):
        try:
            data = base64.b64decode(content or b"", validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise IntakeError(
                self.env._(
                    "File: the content is no base64. Encode the bytes of the file."
                )
            ) from error
        if not data:
            raise self._get_file_error(FileProblem("empty_file"))
        return data

    def _get_content(self):
        """Return the bytes of the file."""
        self.ensure_one()
        # sudo: attachments of a field are readable through their record only.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        return attachment.raw or b""

    @api.model
    def _check_known_file(self, sha256, force):
        """Refuse a file that came before, unless it is forced."""
        if force:
            return
        # sudo: also a colleague's import makes the orders twice.
        known = self.sudo().search(
            [
                ("sha256", "=", sha256),
                ("company_id", "=", self.env.company.id),
                ("state", "not in", ("cancelled", "failed")),
                ("force", "=", False),
            ],
            limit=1,
        )
        if known and known not in self:
            raise IntakeError(
                self.env._(
                    "File: the same file was uploaded before, as %(name)s by %(user)s. "
                    "Open that import, or tick “Import Again” to import it once more.",
                    name=known.name,
                    user=known.user_id.name,
                ),
                import_id=known.id,
            )

    # === Recognising === #

    def _read_head(self, keep=()):
        """Find out how the file is written and what its columns mean.

        :param keep: names of fields the user has set, which stay as they are
        """
        self.ensure_one()
        content = self._get_content()
        try:
            shape = detect_shape(content)
            if shape.format == "csv":
                shape = FileShape(
                    "csv",
                    self._get_kept("encoding", keep) or shape.encoding,
                    self._get_kept("delimiter", keep) or shape.delimiter,
                )
            rows = self._read_first(content, shape)
        except FileProblem as problem:
            raise self._get_file_error(problem) from problem
        headers = self._get_headers(rows[0][1])
        vals = {
            "format": shape.format,
            "encoding": shape.encoding if shape.format == "csv" else False,
            "delimiter": shape.delimiter if shape.format == "csv" else False,
            "head": {"headers": headers, "rows": self._get_head_rows(rows[1:])},
            "column_ids": [Command.clear(), *self._prepare_columns(headers, rows[1:])],
            "rows_total": 0,
            "rows_imported": 0,
            "rows_reported": 0,
            "check_result": False,
            "state": "draft",
        }
        self._delete_rows()
        self._set(vals)
        self._choose_settings(headers, keep)

    def _get_kept(self, name, keep):
        return self[name] if name in keep else False

    @api.model
    def _read_first(self, content, shape):
        rows = []
        for row in read_rows(content, shape):
            rows.append(row)
            if len(rows) > SAMPLE_ROWS:
                break
        if len(rows[0][1] if rows else ()) > MAX_COLUMNS:
            raise FileProblem("too_wide", limit=MAX_COLUMNS)
        if len(rows) < 2:
            raise FileProblem("header_only")
        return rows

    @api.model
    def _get_head_rows(self, rows):
        """Return the cells of the first rows, no longer than a preview needs them."""
        return [[cell[:SHOWN] for cell in cells[:MAX_COLUMNS]] for _no, cells in rows]

    @api.model
    def _get_headers(self, cells):
        """Return distinct headers: blank ones are numbered, repeated ones too."""
        headers, seen = [], {}
        for index, cell in enumerate(cells):
            header = cell.strip()[:200] or self.env._(
                "Column %(number)s", number=index + 1
            )
            seen[header] = seen.get(header, 0) + 1
            headers.append(
                header if seen[header] == 1 else f"{header} ({seen[header]})"
            )
        return headers

    @api.model
    def _prepare_columns(self, headers, rows):
        guesses = [
            False
            if header in ERROR_HEADERS
            else self.env["sales.order.import.column"]._guess_target(header)
            for header in headers
        ]
        return [
            Command.create(
                {
                    "sequence": index,
                    "header": header,
                    "sample": ", ".join(self._get_samples(rows, index)[:3])[:100],
                    # Two columns for one field: the user has to choose.
                    "target": guesses.count(guesses[index]) == 1 and guesses[index],
                }
            )
            for index, header in enumerate(headers)
        ]

    @api.model
    def _get_samples(self, rows, index):
        cells = [row[index] for _no, row in rows if index < len(row)]
        return [cell for cell in cells if cell.strip()]

    def _choose_settings(self, headers, keep):
        """Use the mapping saved for these headers; look at the cells for the rest."""
        own = [header for header in headers if header not in ERROR_HEADERS]
        mappings = self.env["sales.order.import.mapping"]
        mapping = self.mapping_id or mappings._find_for(own, self.company_id)
        if mapping:
            self._apply_mapping(mapping, keep)
        vals = {}
        if "decimal" not in keep:
            numbers = self._get_target_samples(NUMBERS)
            vals["decimal"] = detect_decimal(numbers) if numbers else self.decimal
        if "date_format" not in keep:
            dates = self._get_target_samples(("order_date",))
            default = mapping.date_format or self._get_usual_date_format()
            vals["date_format"] = detect_date_format(dates, default)
        if "duplicates" not in keep and len(own) < len(headers):
            # A corrected error file: its orders are there, in part.
            vals["duplicates"] = "add"
        self._set(vals)

    def _get_target_samples(self, targets):
        columns = self.column_ids.filtered(lambda column: column.target in targets)
        rows = [(0, cells) for cells in self.head["rows"]]
        return [
            text
            for column in columns
            for text in self._get_samples(rows, column.sequence)
        ]

    def _get_usual_date_format(self):
        formats = (
            self.env["res.lang"]._get_data(code=self.env.user.lang).date_format or ""
        )
        return "mdy" if formats.startswith("%m") else "dmy"

    def _apply_mapping(self, mapping, keep=()):
        """Take over the columns and settings of a saved mapping."""
        self.ensure_one()
        targets = {line.header.casefold(): line.target for line in mapping.line_ids}
        for column in self.column_ids:
            if column.header.casefold() in targets:
                column.target = targets[column.header.casefold()]
        settings = mapping._prepare_settings() if mapping else {}
        vals = {name: value for name, value in settings.items() if name not in keep}
        self._set({"mapping_id": mapping.id, **vals})

    def _prepare_mapping_lines(self):
        return [
            Command.create(
                {"sequence": c.sequence, "header": c.header, "target": c.target}
            )
            for c in self.column_ids
            if c.header not in ERROR_HEADERS
        ]

    def _get_mapping_name(self):
        return (self.filename or self.name).rsplit(".", 1)[0]

    # === Staging === #

    def _stage(self):
        """Read the whole file into rows, a few thousand at a time.

        :raise IntakeError: if the file cannot be read to its end
        """
        self.ensure_one()
        # Before the rows: the sum of an older reading must not stay behind.
        self._set({"rows_total": 0, "rows_imported": 0, "rows_reported": 0})
        self._delete_rows()
        total, groups, values = 0, {}, []
        headers = {column.target: column.header for column in self.column_ids}
        try:
            for row in self._iter_parsed():
                total += 1
                values.append(self._prepare_row(row, groups, headers))
                if len(values) == STAGE_ROWS:
                    self._insert_rows(values)
                    values = []
        except FileProblem as problem:
            raise self._get_file_error(problem) from problem
        self._insert_rows(values)
        self._set({"rows_total": total})
        self._count_rows()

    def _iter_parsed(self):
        shape = FileShape(self.format, self.encoding or "utf-8", self.delimiter or ",")
        parser = self._get_parser()
        rows = read_rows(self._get_content(), shape)
        next(rows)
        for line_no, cells in rows:
            yield parser.parse(line_no, cells)

    def _get_parser(self):
        return RowParser(
            {
                column.target: column.sequence
                for column in self.column_ids
                if column.target
            },
            len(self.column_ids),
            self.decimal,
            self.date_format,
            self.tz,
            self.cancel_prefix,
            self.price_source == "file",
        )

    def _prepare_row(self, row, groups, headers):
        """Return one row of ``INSERT_ROWS``."""
        return (
            self.id,
            row.line_no,
            groups.setdefault(row.group_key, len(groups)),
            row.group_key,
            json.dumps(row.cells),
            json.dumps(row.values),
            "reported" if row.reason else "pending",
            row.reason,
            row.column,
            headers[row.column] if row.column else None,
            row.value,
        )

    def _insert_rows(self, values):
        if values:
            self.env.cr.execute_values(INSERT_ROWS, values, page_size=500)

    def _delete_rows(self):
        self.env.cr.execute(
            "DELETE FROM sales_order_import_row WHERE import_id = %s", (self.id,)
        )
        self.env["sales.order.import.row"].invalidate_model()
        self.invalidate_recordset(["row_ids"])
