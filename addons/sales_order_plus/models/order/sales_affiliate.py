from odoo import api, fields, models
from odoo.http import request

AFFILIATE_COOKIE = "sales_affiliate"


class SalesAffiliate(models.Model):
    """A partner who sends us customers and gets a share of what they pay."""

    _name = "sales.affiliate"
    _description = "Affiliate"
    _inherit = ["mail.thread"]
    _rec_name = "code"
    _order = "code"

    code = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        help="Stands in the links of the affiliate, such as ?aff=ACME.",
    )
    active = fields.Boolean(default=True, help="Archived affiliates earn nothing new.")
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, help="Who gets the commission."
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    rate = fields.Float(
        string="Commission (%)",
        required=True,
        default=5.0,
        tracking=True,
        help="Share of the untaxed amount of paid invoices.",
    )
    date_from = fields.Date(help="First day of the agreement; empty: always.")
    date_to = fields.Date(
        help="Last day of the agreement; empty: until further notice."
    )
    commission_ids = fields.One2many(
        "sales.affiliate.commission",
        "affiliate_id",
        string="Commissions",
        help="What the affiliate has earned.",
    )
    order_count = fields.Integer(
        string="Orders",
        compute="_compute_order_count",
        help="Orders the affiliate brought.",
    )

    _code_uniq = models.UniqueIndex(
        "(lower(code))", "Code: another affiliate has this code."
    )
    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 100)", "Commission: give 0 to 100 percent."
    )
    _dates_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "Date To: the agreement ends before it begins.",
    )

    def _compute_order_count(self):
        groups = self.env["sale.order"]._read_group(
            [("affiliate_id", "in", self.ids)], ["affiliate_id"], ["__count"]
        )
        counts = {affiliate.id: count for affiliate, count in groups}
        for affiliate in self:
            affiliate.order_count = counts.get(affiliate.id, 0)

    @api.model
    def _get_by_code(self, code, day, company):
        """Return the affiliate of a link that may earn on ``day``."""
        # sudo: the customer who follows the link may not read affiliates.
        affiliate = self.sudo().search([("code", "=ilike", code)], limit=1)
        begun = not affiliate.date_from or affiliate.date_from <= day
        ended = affiliate.date_to and affiliate.date_to < day
        own = not affiliate.company_id or affiliate.company_id == company
        return affiliate if begun and not ended and own else self.browse()

    @api.model
    def _get_code_of_visitor(self):
        """Return the code of the link that brought who is visiting, or False."""
        if not request:
            return False
        given = request.params.get("aff") if hasattr(request, "params") else False
        return given or request.cookies.get(AFFILIATE_COOKIE)

    def action_view_orders(self):
        """Open the orders the affiliate brought.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        action["domain"] = [("affiliate_id", "=", self.id)]
        action["context"] = {"create": False}
        return action


class SalesAffiliateCommission(models.Model):
    """What an affiliate earned with one paid invoice; credit notes take it back."""

    _name = "sales.affiliate.commission"
    _description = "Affiliate Commission"
    _order = "date desc, id desc"

    affiliate_id = fields.Many2one(
        "sales.affiliate",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who earned it.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The paid invoice or credit note.",
    )
    company_id = fields.Many2one(
        related="move_id.company_id", store=True, help="Company of the invoice."
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of our books."
    )
    date = fields.Date(
        required=True, readonly=True, index=True, help="Day of the invoice."
    )
    base = fields.Monetary(
        readonly=True, help="Untaxed amount of the affiliate's lines, in our currency."
    )
    rate = fields.Float(
        string="Commission (%)", readonly=True, help="Rate when the invoice was paid."
    )
    amount = fields.Monetary(readonly=True, help="What the affiliate earned.")

    _move_uniq = models.UniqueIndex(
        "(move_id, affiliate_id)", "This invoice has a commission of the affiliate."
    )
