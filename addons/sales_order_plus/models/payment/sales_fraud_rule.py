from odoo import api, fields, models

FREE_DOMAINS = "gmail.com, outlook.com, hotmail.com, yahoo.com, gmx.de, proton.me"


class SalesFraudRule(models.Model):
    """One signal of fraud and what it weighs."""

    _name = "sales.fraud.rule"
    _description = "Fraud Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="Shown as the reason on the order."
    )
    sequence = fields.Integer(default=10, help="Order of the reasons.")
    active = fields.Boolean(default=True, help="Archived rules are not looked at.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    company_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_company_currency_id",
        help="Currency of the amount.",
    )
    signal = fields.Selection(
        selection=[
            ("first_order", "First order"),
            ("high_amount", "High amount"),
            ("country_mismatch", "Billed to and shipped to different countries"),
            ("velocity", "Many orders in a short time"),
            ("free_email", "Free e-mail address"),
            ("failed_payments", "Failed payments"),
            ("blocked", "On the blocklist"),
        ],
        required=True,
        help="What is looked for.",
    )
    weight = fields.Integer(
        required=True,
        default=25,
        help="Points of 100 that the signal adds to the score of the order.",
    )
    minimum_amount = fields.Float(
        digits=(16, 2),
        help="Only for orders of at least this total in company currency.",
    )
    count = fields.Integer(
        string="At Least", default=3, help="How many orders or failures are a signal."
    )
    hours = fields.Integer(
        string="Within Hours", default=24, help="How far back they are counted."
    )
    domains = fields.Char(
        default=FREE_DOMAINS,
        help="Domains of e-mail addresses anybody can have, separated by commas.",
    )

    _weight_range = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 100)", "Weight: enter 0 to 100 points."
    )
    _counting = models.Constraint(
        "CHECK (count > 0 AND hours > 0)",
        "At Least, Within Hours: enter 1 or more.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency_id(self):
        for rule in self:
            company = rule.company_id or self.env.company
            rule.company_currency_id = company.currency_id

    def _get_domains(self):
        self.ensure_one()
        return {
            name.strip().lower() for name in (self.domains or "").split(",") if name
        }
