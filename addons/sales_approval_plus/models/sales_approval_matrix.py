from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesApprovalMatrix(models.Model):
    """Who may decide up to which amount: the higher the amount, the longer the chain.

    An order goes to each role in turn, up to the first whose authority reaches its
    untaxed amount in company currency.
    """

    _name = "sales.approval.matrix"
    _description = "Authority Matrix"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, help="What it is called.")
    active = fields.Boolean(default=True, help="An archived matrix finds nobody.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Company whose orders it is for; amounts are in its currency.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the amounts."
    )
    line_ids = fields.One2many(
        "sales.approval.matrix.line",
        "matrix_id",
        string="Authorities",
        copy=True,
        help="Roles with the amount up to which they decide.",
    )

    @api.constrains("line_ids", "active")
    def _check_line_ids(self):
        for matrix in self.filtered("active"):
            amounts = matrix.line_ids.mapped("max_amount")
            if not amounts:
                raise ValidationError(
                    self.env._(
                        "Authorities: add at least one role to “%s”.", matrix.name
                    )
                )
            if len(amounts) != len({*amounts}):
                raise ValidationError(
                    self.env._(
                        "Authorities: two roles of “%s” reach up to the same amount. "
                        "Give each of them another one.",
                        matrix.name,
                    )
                )

    def _get_chain(self, amount):
        """Return the authorities that ``amount`` has to pass, the lowest first.

        :param float amount: untaxed, in company currency
        """
        self.ensure_one()
        chain = self.line_ids.browse()
        if not self.active:
            return chain
        for line in self.line_ids.sorted(lambda one: one.max_amount or float("inf")):
            chain |= line
            if not line.max_amount:
                break
            if self.currency_id.compare_amounts(amount, line.max_amount) <= 0:
                break
        return chain


class SalesApprovalMatrixLine(models.Model):
    _name = "sales.approval.matrix.line"
    _description = "Authority"
    _order = "max_amount, id"
    _rec_name = "role_id"

    matrix_id = fields.Many2one(
        "sales.approval.matrix",
        required=True,
        ondelete="cascade",
        index=True,
        help="Matrix of the authority.",
    )
    company_id = fields.Many2one(related="matrix_id.company_id", store=True)
    currency_id = fields.Many2one(
        related="matrix_id.currency_id", help="Currency of the amount."
    )
    role_id = fields.Many2one(
        "sales.approval.role",
        required=True,
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Who decides.",
    )
    max_amount = fields.Monetary(
        string="Up to",
        help="Highest untaxed amount this role decides on finally; 0: any amount.",
    )

    _amount_positive = models.Constraint(
        "CHECK(max_amount >= 0)", "Up to: give an amount of 0 or more."
    )
