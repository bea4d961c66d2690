from odoo import api, fields, models

from .intake_messages import NEXT_STEPS, REASONS
from .sales_order_import_column import TARGETS


class SalesOrderImportRow(models.Model):
    """One row of an imported file: staged, then either imported or reported."""

    _name = "sales.order.import.row"
    _description = "Bulk Import Row"
    _order = "import_id desc, line_no"
    _rec_name = "line_no"
    # Hundreds of thousands of rows, written by the importer alone.
    _log_access = False

    import_id = fields.Many2one(
        "sales.order.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The import the row belongs to.",
    )
    line_no = fields.Integer(
        string="Line",
        required=True,
        readonly=True,
        aggregator=None,
        help="Number of the line in the file; for a workbook, of its row.",
    )
    group_no = fields.Integer(
        readonly=True, aggregator=None, help="Rows of one order have the same number."
    )
    group_key = fields.Char(
        string="Order Number", readonly=True, help="The order number in the file."
    )
    data = fields.Json(
        string="Original Cells",
        readonly=True,
        help="The cells as they are in the file.",
    )
    cells = fields.Char(
        string="Row",
        compute="_compute_cells",
        help="The cells as they are in the file.",
    )
    parsed = fields.Json(readonly=True, help="What was read from the mapped columns.")
    status = fields.Selection(
        selection=[
            ("pending", "Pending"),
            ("imported", "Imported"),
            ("reported", "Reported"),
        ],
        required=True,
        readonly=True,
        default="pending",
        help="A row is imported or reported, never neither. A pending row with a "
        "reason would be reported: the file was only checked so far.",
    )
    reason = fields.Selection(
        selection=REASONS,
        readonly=True,
        help="Why the row was not imported.",
    )
    column = fields.Selection(
        selection=TARGETS, readonly=True, help="The value the reason is about."
    )
    header = fields.Char(readonly=True, help="Header of that column in the file.")
    value = fields.Char(readonly=True, help="The value that could not be used.")
    message = fields.Text(
        readonly=True, help="What exactly was wrong, or what kept the order waiting."
    )
    next_step = fields.Char(
        compute="_compute_next_step", help="What to do to have the row imported."
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The order the row became a line of.",
    )

    _line_uniq = models.UniqueIndex(
        "(import_id, line_no)", "This line is already there."
    )
    _status_idx = models.Index("(import_id, status, reason)")
    _pending_idx = models.Index("(import_id, group_no) WHERE status = 'pending'")
    _check_status = models.Constraint(
        "CHECK (status != 'reported' OR reason IS NOT NULL)",
        "A reported row needs a reason.",
    )

    @api.depends("data")
    def _compute_cells(self):
        for row in self:
            row.cells = " | ".join(str(cell) for cell in row.data or ())

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for row in self:
            row.next_step = self._get_next_step(row.reason)

    @api.model
    def _get_next_step(self, reason):
        """Return what to do about a reason, translated; empty without a reason."""
        return self.env._(NEXT_STEPS[reason]) if reason else ""

    @api.model
    def _get_refusal_text(self, refusal):
        """Return the refusal as one translated sentence with its next step."""
        labels = dict(self._fields["reason"]._description_selection(self.env))
        text = labels[refusal.reason]
        if refusal.value:
            text = f"{text}: “{refusal.value}”"
        if refusal.message:
            text = f"{text} ({refusal.message})"
        return f"{text}. {self._get_next_step(refusal.reason)}"

    def action_open_order(self):
        """Open the order the row became a line of.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }
