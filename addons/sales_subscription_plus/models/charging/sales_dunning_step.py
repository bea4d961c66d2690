from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesDunningStep(models.Model):
    """One thing that is done on one day after a payment failed."""

    _name = "sales.dunning.step"
    _description = "Dunning Step"
    _order = "policy_id, day, sequence, id"

    policy_id = fields.Many2one(
        "sales.dunning.policy",
        required=True,
        index=True,
        ondelete="cascade",
        help="Policy it belongs to.",
    )
    sequence = fields.Integer(default=10, help="Order on one day.")
    day = fields.Integer(
        required=True, help="Days after the first failure; 0 is the same day."
    )
    action = fields.Selection(
        selection=[
            ("retry", "Charge again"),
            ("mail", "Write to the customer"),
            ("activity", "Tell the salesperson"),
            ("pause", "Pause the subscription"),
            ("cancel", "Cancel the subscription"),
        ],
        required=True,
        default="retry",
        help="What is done.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail",
        domain="[('model', '=', 'sales.dunning.case')]",
        ondelete="restrict",
        help="What is written.",
    )

    _check_day = models.Constraint(
        "CHECK(day BETWEEN 0 AND 365)", "Day: give 0 to 365."
    )

    @api.constrains("action", "template_id")
    def _check_template(self):
        for step in self:
            if step.action == "mail" and not step.template_id:
                raise ValidationError(
                    self.env._("Mail: choose the template that is sent.")
                )
