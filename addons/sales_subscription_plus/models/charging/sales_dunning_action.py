from odoo import fields, models


class SalesDunningAction(models.Model):
    """That a step was done in a case: once."""

    _name = "sales.dunning.action"
    _description = "Dunning Action"
    _order = "case_id, id"

    case_id = fields.Many2one(
        "sales.dunning.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Case it was done in.",
    )
    step_id = fields.Many2one(
        "sales.dunning.step",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="What was done.",
    )
    action = fields.Selection(related="step_id.action")
    day = fields.Integer(related="step_id.day")
    done_at = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was done.",
    )

    # Neither a mail nor a charge goes out twice.
    _step_uniq = models.UniqueIndex("(case_id, step_id)", "This step is done already.")
