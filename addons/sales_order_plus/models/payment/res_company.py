from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_check = fields.Selection(
        selection=[
            ("none", "Do not check"),
            ("warn", "Warn"),
            ("hold", "Hold until a controller releases"),
            ("block", "Refuse"),
        ],
        required=True,
        default="none",
        groups="base.group_user",
        help="What happens when an order takes its customer over his credit limit, or "
        "when he has paid too late.",
    )
    credit_overdue_days = fields.Integer(
        string="Days Overdue Allowed",
        groups="base.group_user",
        help="Open items overdue for more days than this stop new orders; 0: overdue "
        "items are not looked at.",
        prefetch="sales_rare",
    )
    credit_controller_id = fields.Many2one(
        "res.users",
        groups="base.group_user",
        help="Gets a to-do for each accepted order that is held for credit or risk; "
        "empty: the salesperson gets it.",
        prefetch="sales_rare",
    )

    fraud_hold_score = fields.Integer(
        string="Hold From Risk Score",
        groups="base.group_user",
        help="Orders with this score (1 to 100) or more are held until somebody looked "
        "at them; 0: the risk is not looked at.",
    )

    tax_provider_id = fields.Many2one(
        "sales.tax.provider",
        groups="base.group_user",
        domain="[('company_id', '=', id)]",
        help="Where the taxes of the place the goods go to come from; empty: fiscal "
        "positions and products alone decide.",
    )

    _fraud_hold_score_range = models.Constraint(
        "CHECK (fraud_hold_score BETWEEN 0 AND 100)",
        "Hold From Risk Score: enter 0 to 100.",
    )
    _credit_overdue_days_positive = models.Constraint(
        "CHECK (credit_overdue_days >= 0)",
        "Days Overdue Allowed: enter 0 or more days.",
    )
