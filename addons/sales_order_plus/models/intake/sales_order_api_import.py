from odoo import api, models

from .intake_values import REFERENCE_LIMIT
from .sales_order_import import IntakeError

FIRST_ROWS = 100
# What a caller may set; everything else comes from the mapping or the file.
OPTION_NAMES = ("force", "encoding", "delimiter")


class SalesOrderApi(models.AbstractModel):
    """Files of orders."""

    _inherit = "sales.order.api"

    @api.model
    def import_file(
        self,
        *,
        filename: str,
        content_base64: str,
        mapping: str | None = None,
        options: dict | None = None,
    ):
        """Upload a CSV or XLSX file of orders and import it in the background.

        :param str filename: name of the file
        :param str content_base64: its bytes in base64
        :param str mapping: name of a saved mapping; else the one saved for its headers,
            else what the headers say
        :param dict options: settings of the import, such as ``mode`` (``create`` or
            ``confirm``), ``create_customers``, ``create_products``, ``whole_orders``,
            ``duplicates`` (``report``, ``add``, ``create``), ``force`` (take the same
            file again), ``encoding``, ``delimiter``, ``date_format``, ``decimal``,
            ``tz``, ``cancel_prefix``, ``service_codes``, ``service_policy``
        :return: dict with ``id``, ``name`` and ``state``
        :raise IntakeError: a file, column or option that cannot be used, and why
        """
        self._check_argument("filename", filename, str)
        self._check_argument("content_base64", content_base64, str)
        self._check_argument("mapping", mapping or "", str)
        self._check_argument("options", options or {}, dict)
        vals = {
            **self._check_import_options(options or {}),
            "filename": filename,
            "file": content_base64,
        }
        if mapping:
            vals["mapping_id"] = self._get_mapping_by_name(mapping).id
        import_ = self.env["sales.order.import"].create(vals)
        import_.action_import()
        return {"id": import_.id, "name": import_.name, "state": import_.state}

    @api.model
    @api.readonly
    def import_status(self, *, import_id: int):
        """Return how far an import is.

        :param int import_id: what :meth:`import_file` returned
        :return: dict with ``id``, ``name``, ``state``, ``failure``, ``progress``
            (percent), ``rows_total``, ``rows_imported``, ``rows_reported``, ``orders``,
            ``orders_waiting``, ``customers_created``, ``products_created``, and
            ``reported``: the first hundred reported rows with ``line``, ``column``,
            ``value``, ``reason`` (code), ``message`` and ``next_step``
        :raise IntakeError: if there is no such import that the user may read
        """
        self._check_argument("import_id", import_id, int)
        import_ = self.env["sales.order.import"].search([("id", "=", import_id)])
        if not import_:
            raise IntakeError(
                self.env._(
                    "import_id: there is no import %(id)s that you may read. "
                    "Give the id that import_file returned.",
                    id=import_id,
                )
            )
        rows = self.env["sales.order.import.row"].search(
            [("import_id", "=", import_.id), ("status", "=", "reported")],
            order="line_no",
            limit=FIRST_ROWS,
        )
        return {
            "id": import_.id,
            "name": import_.name,
            "state": import_.state,
            "failure": import_.failure or "",
            "progress": import_.progress,
            "rows_total": import_.rows_total,
            "rows_imported": import_.rows_imported,
            "rows_reported": import_.rows_reported,
            "orders": import_.order_count,
            "orders_waiting": import_.waiting_count,
            "customers_created": import_.customers_created,
            "products_created": import_.products_created,
            "reported": [self._prepare_reported_row(row) for row in rows],
        }

    @api.model
    def _prepare_reported_row(self, row):
        return {
            "line": row.line_no,
            "column": row.header or "",
            "value": row.value or "",
            "reason": row.reason,
            "message": row.message or "",
            "next_step": row.next_step,
        }

    @api.model
    def _check_argument(self, name, value, kind):
        """Refuse an argument of another type, or a text that cannot be stored."""
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if fits and name in ("filename", "mapping"):
            fits = len(value) <= REFERENCE_LIMIT and value.isprintable()
        if not fits:
            raise IntakeError(
                self.env._(
                    "%(name)s: “%(value)s” cannot be used. See the description of the "
                    "method.",
                    name=name,
                    value=str(value)[:80],
                ),
                key=name,
            )

    @api.model
    def _check_import_options(self, options):
        """Return the options, refusing unknown names and values."""
        imports = self.env["sales.order.import"]
        known = (*OPTION_NAMES, *imports._get_setting_names())
        for name, value in options.items():
            if name not in known:
                raise IntakeError(
                    self.env._(
                        "options.%(name)s: this option is not known. "
                        "Known are: %(known)s.",
                        name=name,
                        known=", ".join(known),
                    ),
                    key=f"options.{name}",
                )
            self._check_import_option(name, value)
        return options

    @api.model
    def _check_import_option(self, name, value):
        field = self.env["sales.order.import"]._fields[name]
        fits = True
        if field.type == "selection":
            fits = value in field.get_values(self.env)
        elif field.type == "boolean":
            fits = isinstance(value, bool)
        elif field.type == "many2one":
            records = self.env[field.comodel_name]
            fits = isinstance(value, int) and bool(records.search([("id", "=", value)]))
        elif field.type == "char":
            fits = isinstance(value, str) and value.replace("\n", "").isprintable()
        if not fits:
            raise IntakeError(
                self.env._(
                    "options.%(name)s: “%(value)s” cannot be used. %(help)s",
                    name=name,
                    value=str(value)[:80],
                    help=field._description_help(self.env),
                ),
                key=f"options.{name}",
            )

    @api.model
    def _get_mapping_by_name(self, name):
        mapping = self.env["sales.order.import.mapping"].search(
            [("name", "=", name), ("company_id", "=", self.env.company.id)], limit=1
        )
        if not mapping:
            raise IntakeError(
                self.env._(
                    "mapping: there is no saved mapping “%(name)s”. Leave it out, or "
                    "save one in Sales > Configuration.",
                    name=name,
                ),
                key="mapping",
            )
        return mapping
