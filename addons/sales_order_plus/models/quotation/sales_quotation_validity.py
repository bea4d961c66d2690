from odoo import fields, models

from ..order.res_partner_class import CUSTOMER_CLASSES


class SalesQuotationValidity(models.Model):
    """How long quotations stand, by kind of order and class of customer.

    Priority: the days of the quotation template; then a row with type and class; then
    one with the type only; then one with the class only; then the company's days.
    """

    _name = "sales.quotation.validity"
    _inherit = ["sales.presence.mixin"]
    _description = "Quotation Validity"
    _order = "company_id, order_type_id, customer_class, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Quotations of this company.",
    )
    order_type_id = fields.Many2one(
        "sales.order.type",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Only for this kind of order; empty: for all.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, help="Only for these customers; empty: for all."
    )
    days = fields.Integer(
        required=True, default=30, help="Days from the day the quotation is made."
    )

    _days_positive = models.Constraint("CHECK (days > 0)", "Days: give 1 or more.")
    _narrows = models.Constraint(
        "CHECK (order_type_id IS NOT NULL OR customer_class IS NOT NULL)",
        "Order Type, Customer Class: choose at least one; for all others the company's "
        "validity counts.",
    )
    _pair_uniq = models.UniqueIndex(
        "(company_id, COALESCE(order_type_id, 0), COALESCE(customer_class, ''))",
        "There is a validity for this order type and customer class already.",
    )

    def _get_days(self, order):
        """Return the days of the most special of these rows for an order, or 0."""
        fitting = self.filtered(
            lambda row: (
                row.company_id == order.company_id
                and row.order_type_id
                in (row.order_type_id.browse(), order.order_type_id)
                and row.customer_class in (False, order.customer_class)
            )
        )
        best = fitting.sorted(
            lambda row: (bool(row.order_type_id), bool(row.customer_class))
        )
        return best[-1:].days
