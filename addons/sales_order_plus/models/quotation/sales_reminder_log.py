from odoo import fields, models


class SalesReminderLog(models.Model):
    """That a rule reminded of a quotation on a day; one row for each of these."""

    _name = "sales.reminder.log"
    _description = "Quotation Reminder Log"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The quotation that was due.",
    )
    rule_id = fields.Many2one(
        "sales.reminder.rule",
        string="Reminder",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The rule that applied.",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, help="Company of the quotation."
    )
    revision = fields.Integer(readonly=True, help="Revision that was reminded of.")
    due_date = fields.Date(required=True, readonly=True, help="Day it was due.")
    date = fields.Datetime(required=True, readonly=True, help="When it was done.")
    state = fields.Selection(
        selection=[("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        help="Failed ones are tried again by the next run.",
    )
    error = fields.Char(readonly=True, help="Why it failed.")

    _due_uniq = models.UniqueIndex(
        "(order_id, rule_id, due_date)", "This reminder was sent already."
    )
