from odoo import api, fields, models


class SalesOrderImportMapping(models.Model):
    """A saved way to import one kind of file, recognised by its headers."""

    _name = "sales.order.import.mapping"
    _inherit = ["sales.order.import.settings"]
    _description = "Bulk Import Mapping"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="What you call this kind of file.")
    active = fields.Boolean(default=True, help="Archived mappings are not offered.")
    signature = fields.Char(
        compute="_compute_signature",
        store=True,
        index=True,
        help="The headers, by which a file is recognised.",
    )
    line_ids = fields.One2many(
        "sales.order.import.mapping.line",
        "mapping_id",
        string="Columns",
        copy=True,
        help="Which column is imported as what.",
    )

    @api.depends("line_ids.header")
    def _compute_signature(self):
        for mapping in self:
            mapping.signature = self._get_signature(mapping.line_ids.mapped("header"))

    @api.model
    def _get_signature(self, headers):
        """Return what files of the same kind have in common."""
        return "|".join(sorted(header.strip().casefold() for header in headers))

    @api.model
    def _find_for(self, headers, company):
        """Return the mapping saved last for a file with these headers, or none."""
        return self.search(
            [
                ("signature", "=", self._get_signature(headers)),
                ("company_id", "=", company.id),
            ],
            order="write_date desc, id desc",
            limit=1,
        )
