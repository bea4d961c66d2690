from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import OrderTypeError


class SalesOrderType(models.Model):
    """The numbers of the orders of a type, without rights on all sequences.

    Whoever manages sales sets prefix and length here; the sequence behind it
    is written with more rights than he has.
    """

    _inherit = "sales.order.type"

    sequence_id = fields.Many2one(
        "ir.sequence",
        string="Number Sequence",
        copy=False,
        help="Gives these orders their numbers; empty: the usual numbers.",
    )
    quotation_sequence_id = fields.Many2one(
        "ir.sequence",
        copy=False,
        help="Gives quotations of this type their numbers, where quotations are "
        "numbered apart from orders; empty: the usual numbers.",
    )
    number_prefix = fields.Char(
        compute="_compute_number",
        inverse="_inverse_number",
        help="Begins the number of each order, such as RUSH/%(year)s/; empty: the "
        "usual numbers.",
    )
    number_padding = fields.Integer(
        string="Number Length",
        compute="_compute_number",
        inverse="_inverse_number",
        help="Digits of the counter, filled up with zeros.",
    )
    number_restart = fields.Boolean(
        string="Restart Each Year",
        compute="_compute_number",
        inverse="_inverse_number",
        help="Count from 1 again each year; put %(range_year)s into the prefix then.",
    )

    @api.depends("sequence_id")
    def _compute_number(self):
        for order_type in self:
            # sudo: the sequence may be of a company the user is not in.
            sequence = order_type.sequence_id.sudo()
            order_type.number_prefix = sequence.prefix
            order_type.number_padding = sequence.padding if sequence else 5
            order_type.number_restart = sequence.use_date_range

    def _inverse_number(self):
        for order_type in self:
            vals = order_type._prepare_sequence_vals()
            # sudo: only this sequence, and only what the user gave.
            if order_type.sequence_id:
                order_type.sequence_id.sudo().write(vals)
            elif order_type.number_prefix:
                order_type.sequence_id = self.env["ir.sequence"].sudo().create(vals)
            order_type._check_number_prefix()

    def _prepare_sequence_vals(self):
        self.ensure_one()
        return {
            "name": self.env._("Orders: %(type)s", type=self.name),
            "prefix": self.number_prefix,
            "padding": self.number_padding or 5,
            "use_date_range": self.number_restart,
            "company_id": self.company_id.id,
        }

    def _check_number_prefix(self):
        """Refuse now what would stop every order of the type later."""
        self.ensure_one()
        try:
            self.sequence_id.sudo()._get_prefix_suffix()
        except UserError as error:
            raise OrderTypeError(
                self.env._(
                    "Number Prefix: “%(prefix)s” cannot be filled in. Use names such "
                    "as %(example)s, and %% twice for the sign itself.",
                    prefix=self.number_prefix,
                    example="%(year)s, %(month)s",
                )
            ) from error

    def _draw_number(self, company, sequence_date=None):
        """Return the next number of the type, False if it has none of its own."""
        # sudo: whoever orders may not read sequences of other companies.
        sequence = self.sequence_id.sudo().with_company(company)
        return bool(sequence) and sequence.next_by_id(sequence_date=sequence_date)

    def _draw_quotation_number(self, company, sequence_date=None):
        """Return the next number of quotations, of the type or the usual one."""
        sequence = self.quotation_sequence_id.sudo().with_company(company)
        if sequence:
            return sequence.next_by_id(sequence_date=sequence_date)
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        return sequences.next_by_code("sales.quotation", sequence_date=sequence_date)
