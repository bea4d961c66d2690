from odoo import api, fields, models

from .sale_order_priority import ORDER_PRIORITIES


class SalesOrderType(models.Model):
    """A kind of order with its own numbers and defaults."""

    _name = "sales.order.type"
    _description = "Order Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Shown on the order.")
    code = fields.Char(
        required=True, help="Short name for imports and RPC, such as RUSH."
    )
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="Archived types cannot be chosen.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    kind = fields.Selection(
        selection=[
            ("regular", "Regular"),
            ("recurring", "Recurring"),
            ("subscription", "Subscription"),
            ("rush", "Rush"),
            ("emergency", "Emergency"),
            ("sample", "Sample"),
        ],
        required=True,
        default="regular",
        help="What the type means to rules and analyses. Samples cost nothing: their "
        "lines are priced at zero.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        help="Payment terms of these orders; empty: those of the customer.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        help="Pricelist of these orders; empty: that of the customer.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        help="Warehouse that delivers these orders; empty: that of the salesperson.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Invoicing Journal",
        domain=[("type", "=", "sale")],
        help="Journal of the invoices of these orders; empty: Odoo's choice.",
    )
    route_id = fields.Many2one(
        "stock.route",
        domain=[("sale_selectable", "=", True)],
        help="Route of deliveries of these orders, such as from a shelf of samples; "
        "a route on the line goes before.",
    )
    template_id = fields.Many2one(
        "sale.order.template",
        string="Quotation Template",
        help="Loaded when somebody chooses the type on a quotation.",
    )
    validity_days = fields.Integer(
        string="Valid for (days)",
        help="How long quotations of this type are valid; 0: as set in the settings.",
    )
    lead_days_cut = fields.Integer(
        string="Faster by (days)",
        help="Days taken off the lead time of each line, never below zero.",
    )
    order_priority = fields.Selection(
        selection=ORDER_PRIORITIES,
        string="Priority",
        help="Priority of these orders; empty: normal.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another order type has this code."
    )
    _days_positive = models.Constraint(
        "CHECK (validity_days >= 0 AND lead_days_cut >= 0)",
        "Valid for, Faster by: give a number of days, not less than 0.",
    )

    @api.model
    def _get_default(self, partner, company):
        """Return the type of new orders of ``partner``, empty if nobody chose one."""
        # sudo: the choice is internal, the customer may be the one who orders.
        own = partner.sudo().with_company(company).sales_order_type_id
        chosen = own or company.sudo().sales_order_type_id
        return chosen.filtered("active")
