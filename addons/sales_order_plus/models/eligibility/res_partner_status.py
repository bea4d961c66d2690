from odoo import api, fields, models
from odoo.fields import Domain

SALE_STATUSES = [
    ("prospect", "Prospect"),
    ("active", "Active"),
    ("on_hold", "On hold"),
    ("blocked", "Blocked"),
    ("closed", "Closed"),
]
REFUSED = ("blocked", "closed")
DECIDED = frozenset({"sale_status", "sale_status_reason", "allowed_order_type_ids"})


class ResPartner(models.Model):
    """Whether we sell to a customer, and which kinds of orders."""

    _name = "res.partner"
    _inherit = ["res.partner", "sales.decision.mixin", "sales.audit.change.mixin"]

    sale_status = fields.Selection(
        selection=SALE_STATUSES,
        tracking=True,
        groups="base.group_user",
        help="Whether we sell to the company of this contact; empty: yes. The "
        "validation rule “Customer status” looks at it.",
    )
    sale_status_reason = fields.Char(
        string="Reason of Status",
        tracking=True,
        groups="base.group_user",
        help="Why; salespeople read it when they confirm an order.",
    )
    allowed_order_type_ids = fields.Many2many(
        "sales.order.type",
        "res_partner_sales_order_type_rel",
        string="Allowed Order Types",
        groups="base.group_user",
        help="Only orders of these types are taken; empty: all.",
    )
    sale_status_unwatched = fields.Boolean(
        compute="_compute_sale_status_unwatched",
        groups="base.group_user",
        help="No active rule looks at the status, so it stops no order.",
    )

    @api.depends("sale_status", "allowed_order_type_ids")
    def _compute_sale_status_unwatched(self):
        watched = self.env["sales.validation.rule"]._has_check("customer_status")
        for partner in self:
            stops = partner.sale_status not in (False, "active")
            limited = stops or bool(partner.allowed_order_type_ids)
            partner.sale_status_unwatched = limited and not watched

    @api.model
    def _get_decision_fields(self):
        return super()._get_decision_fields() | DECIDED

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._ensure_may_decide({name for name, value in vals.items() if value})
        return super().create(vals_list)

    def write(self, vals):
        self._ensure_may_decide(set(vals))
        before = self._read_for_audit(sorted(DECIDED.intersection(vals)))
        result = super().write(vals)
        self._log_changes("customer.decided", before)
        return result

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Leave out customers we do not sell to where an order asks for one.

        A convenience of the form: what stops an order is the rule.
        """
        if self.env.context.get("sales_hide_refused") and self.env.user._is_internal():
            status = "commercial_partner_id.sale_status"
            domain = Domain(domain or Domain.TRUE) & Domain(status, "not in", REFUSED)
        return super().name_search(name, domain, operator, limit)
