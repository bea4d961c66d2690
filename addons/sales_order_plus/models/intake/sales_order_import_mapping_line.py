from odoo import fields, models

from .sales_order_import_column import TARGETS


class SalesOrderImportMappingLine(models.Model):
    """One column of a saved mapping."""

    _name = "sales.order.import.mapping.line"
    _description = "Bulk Import Mapping Column"
    _order = "mapping_id, sequence, id"
    _rec_name = "header"

    mapping_id = fields.Many2one(
        "sales.order.import.mapping",
        required=True,
        index=True,
        ondelete="cascade",
        help="The mapping the column belongs to.",
    )
    sequence = fields.Integer(help="Position of the column.")
    header = fields.Char(
        required=True, help="What stands above the column in the file."
    )
    target = fields.Selection(
        selection=TARGETS,
        string="Import As",
        help="What the values of this column are. Empty: the column is ignored.",
    )
