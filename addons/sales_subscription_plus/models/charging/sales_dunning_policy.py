from odoo import api, fields, models


class SalesDunningPolicy(models.Model):
    """What is done, day by day, when a payment failed."""

    _name = "sales.dunning.policy"
    _description = "Dunning Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="What it is called.")
    sequence = fields.Integer(default=10, help="The first one holds by default.")
    active = fields.Boolean(default=True, help="Archived policies are not chosen.")
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    max_attempts = fields.Integer(
        default=7,
        help="Attempts to charge one invoice, the first one included. Card networks "
        "fine those who try too often.",
    )
    step_ids = fields.One2many(
        "sales.dunning.step",
        "policy_id",
        string="Steps",
        copy=True,
        help="What is done on which day.",
    )

    _check_max_attempts = models.Constraint(
        "CHECK(max_attempts BETWEEN 1 AND 20)",
        "Attempts: give 1 to 20; card networks allow no more in 30 days.",
    )

    @api.model
    def _get_default(self, company):
        """Return the policy of a plan that names none."""
        return self.search([("company_id", "in", (False, company.id))], limit=1)
