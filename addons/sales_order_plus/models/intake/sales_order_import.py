from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...exceptions import SalesError
from ..seam.granted import granted
from .intake_reader import ENCODINGS

# What the importer alone may write: a client must not fake a result.
ENGINE_FIELDS = frozenset(
    {
        "state",
        "user_id",
        "company_id",
        "sha256",
        "rows_total",
        "rows_imported",
        "rows_reported",
        "customers_created",
        "products_created",
        "check_result",
        "failure",
        "head",
        "date_started",
        "date_done",
    }
)
# Set while the importer itself writes; no client can reach it.
_importing = ContextVar("sales_order_importing", default=False)
OPEN_STATES = ("draft", "ready")
RUN_STATES = ("queued", "running")


class IntakeError(SalesError):
    """A file or its settings cannot be imported; the message says what to do."""

    code = "intake"


class SalesOrderImport(models.Model):
    """A file of orders on its way in: uploaded, checked, imported in the background.

    Each row of the file ends as imported or as reported; the database refuses an
    import that is done with another sum.
    """

    _name = "sales.order.import"
    _inherit = ["sales.order.import.settings", "sales.audit.mixin"]
    _description = "Bulk Import"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="Number of the import.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Imported By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        help="Whose rights the import has, and the salesperson of its orders.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("ready", "Checked"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default="draft",
        help="Where the import is.",
    )
    file = fields.Binary(
        attachment=True,
        required=True,
        copy=False,
        help="A CSV or XLSX file with one line of an order in each row.",
    )
    filename = fields.Char(string="File Name", copy=False, help="Name of the file.")
    sha256 = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of the file, by which it is recognised.",
    )
    force = fields.Boolean(
        string="Import Again",
        copy=False,
        help="Take the file even if the same file was imported before.",
    )
    format = fields.Selection(
        selection=[("csv", "CSV"), ("xlsx", "XLSX")],
        readonly=True,
        copy=False,
        help="Kind of file.",
    )
    encoding = fields.Selection(
        selection=[(name, name.upper()) for name in ENCODINGS],
        copy=False,
        help="How the characters of a CSV file are written.",
    )
    delimiter = fields.Selection(
        selection=[
            (",", "Comma ,"),
            (";", "Semicolon ;"),
            ("\t", "Tab"),
            ("|", "Bar |"),
        ],
        copy=False,
        help="What separates the columns of a CSV file.",
    )
    head = fields.Json(readonly=True, copy=False, help="Headers and first rows.")
    mapping_id = fields.Many2one(
        "sales.order.import.mapping",
        string="Saved Mapping",
        check_company=True,
        help="Settings and columns saved for this kind of file.",
    )
    column_ids = fields.One2many(
        "sales.order.import.column",
        "import_id",
        string="Columns",
        help="Which column is imported as what.",
    )
    row_ids = fields.One2many(
        "sales.order.import.row",
        "import_id",
        string="Staged Rows",
        help="The rows of the file.",
    )
    order_ids = fields.One2many(
        "sale.order", "import_id", string="Orders", help="The orders of this import."
    )
    rows_total = fields.Integer(
        string="Rows", readonly=True, copy=False, help="Rows in the file."
    )
    rows_imported = fields.Integer(
        string="Imported",
        readonly=True,
        copy=False,
        help="Rows that became order lines.",
    )
    rows_reported = fields.Integer(
        string="Reported",
        readonly=True,
        copy=False,
        help="Rows kept out, with a reason.",
    )
    customers_created = fields.Integer(
        readonly=True, copy=False, help="Customers this import created."
    )
    products_created = fields.Integer(
        readonly=True, copy=False, help="Products this import created."
    )
    check_result = fields.Json(
        readonly=True, copy=False, help="What importing would create and report."
    )
    failure = fields.Text(
        readonly=True, copy=False, help="Why the import stopped, and what to do."
    )
    date_started = fields.Datetime(readonly=True, copy=False, help="When it started.")
    date_done = fields.Datetime(readonly=True, copy=False, help="When it ended.")

    _file_uniq = models.UniqueIndex(
        "(company_id, sha256) WHERE sha256 IS NOT NULL AND force IS NOT TRUE "
        "AND state NOT IN ('cancelled', 'failed')",
        "The same file was imported before.",
    )
    _check_sum = models.Constraint(
        "CHECK (rows_imported + rows_reported <= rows_total AND (state NOT IN "
        "('done', 'cancelled') OR rows_imported + rows_reported = rows_total))",
        "Each row of the file must be imported or reported.",
    )
    _running_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_engine_fields(vals)
            vals["name"] = self.env["ir.sequence"].next_by_code("sales.order.import")
            vals["sha256"] = self._get_sha256(vals.get("file"))
            self._check_known_file(vals["sha256"], vals.get("force"))
        imports = super().create(vals_list)
        for import_, vals in zip(imports, vals_list, strict=True):
            import_._read_head(keep=vals)
        imports._log_event("import.uploaded")
        return imports

    def write(self, vals):
        if _importing.get():
            return super().write(vals)
        self._check_engine_fields(vals)
        self._check_editable()
        if "file" in vals:
            vals = {**vals, "sha256": self._get_sha256(vals["file"])}
            self._check_known_file(vals["sha256"], vals.get("force"))
        before = {import_: import_.mapping_id for import_ in self}
        result = super().write(vals)
        if not {"file", "encoding", "delimiter"}.isdisjoint(vals):
            for import_ in self:
                import_._read_head(keep=vals)
        for import_, mapping in before.items():
            if import_.mapping_id != mapping and "column_ids" not in vals:
                import_._apply_mapping(import_.mapping_id)
        return result

    def _set(self, vals):
        """Write what only the importer may write."""
        with granted(_importing, True):
            # sudo: called where the user's right to the import was checked.
            return self.sudo().write(vals)

    @api.model
    def _check_engine_fields(self, vals):
        faked = ENGINE_FIELDS.intersection(vals)
        if faked:
            raise AccessError(
                self.env._(
                    "%(fields)s: only the import itself sets this. Leave it out.",
                    fields=", ".join(sorted(faked)),
                )
            )

    def _check_editable(self):
        """Refuse changes of an import that runs or is over."""
        if any(import_.state not in (*OPEN_STATES, "failed") for import_ in self):
            raise IntakeError(
                self.env._(
                    "This import was started already and cannot be changed. "
                    "Cancel it and import the error file, or upload a new file."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(
            import_.state in RUN_STATES or import_.rows_imported for import_ in self
        ):
            raise IntakeError(
                self.env._(
                    "An import that runs or brought orders in is kept, so that the "
                    "same file is recognised."
                )
            )

    # === Actions === #

    def action_check(self):
        """Read the whole file and find out what would be imported and reported.

        Nothing is created.

        :raise IntakeError: if the file or the columns cannot be imported
        """
        self.check_access("write")
        for import_ in self:
            import_._ensure_state(*OPEN_STATES, "failed")
            import_._check_ready()
            import_._stage()
            import_._check()
        return True

    def action_import(self):
        """Save the mapping and import the file in the background.

        :raise IntakeError: if the file or the columns cannot be imported
        """
        self.check_access("write")
        for import_ in self:
            import_._ensure_state(*OPEN_STATES, "failed")
            import_._check_ready()
            import_.action_save_mapping()
        self._queue()
        return True

    def action_resume(self):
        """Go on with an import that failed.

        :raise IntakeError: if it did not fail
        """
        self.check_access("write")
        self._ensure_state("failed")
        self._queue()
        return True

    def action_cancel(self):
        """Stop: orders that are there stay, rows not imported yet are reported.

        :raise IntakeError: if it is over already
        """
        self.check_access("write")
        self._ensure_state(*OPEN_STATES, *RUN_STATES, "failed")
        for import_ in self:
            import_._report_pending("import_cancelled")
            import_._set({"state": "cancelled", "date_done": fields.Datetime.now()})
        self._log_event("import.cancelled")
        return True

    def action_save_mapping(self):
        """Keep the columns and settings for the next file with these headers.

        :return: True
        """
        self.ensure_one()
        mappings = self.env["sales.order.import.mapping"]
        mapping = self.mapping_id
        vals = {
            **self._prepare_settings(),
            "line_ids": self._prepare_mapping_lines(),
        }
        if mapping.signature == mappings._get_signature(
            self.column_ids.mapped("header")
        ):
            mapping.line_ids.unlink()
            mapping.write(vals)
        else:
            vals.update(name=self._get_mapping_name(), company_id=self.company_id.id)
            mapping = mappings.create(vals)
            # Not write(): the columns are what they should be.
            self._set({"mapping_id": mapping.id})
        return True

    def _queue(self):
        self._set({"state": "queued", "failure": False})
        self._log_event("import.queued")
        self.env.ref("sales_order_plus.ir_cron_order_import")._trigger()

    def _ensure_state(self, *states):
        """Raise if an import is in none of these states."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for import_ in self:
            if import_.state not in states:
                raise IntakeError(
                    self.env._(
                        "%(import)s is “%(state)s”: this can no longer be done.",
                        **{"import": import_.name, "state": labels[import_.state]},
                    )
                )
