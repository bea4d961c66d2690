from odoo import fields, models
from odoo.fields import Domain

from ..order.res_partner_class import CUSTOMER_CLASSES


class SalesAssortmentRule(models.Model):
    """What some customers may buy, or may not."""

    _name = "sales.assortment.rule"
    _description = "Assortment Rule"
    _inherit = ["sales.restriction.mixin", "sales.goods.mixin", "sales.area.mixin"]
    _order = "sequence, id"
    _check_key = "assortment"

    kind = fields.Selection(
        selection=[("deny", "Not these"), ("allow", "Only these")],
        required=True,
        default="deny",
        help="Only these: nothing else is sold to the customers, beside what other "
        "such rules give them. Not these goes before.",
    )
    sequence = fields.Integer(
        default=10, help="Of several rules that deny a product the first is named."
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="With their contacts; empty: all customers.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, string="Customer Type", help="Empty: all."
    )
    grade_ids = fields.Many2many(
        "res.partner.grade", string="Customer Levels", help="Empty: all."
    )
    team_ids = fields.Many2many("crm.team", string="Sales Teams", help="Empty: all.")

    def _is_for(self, order):
        """Return whether it is for the customer and one of the order's addresses."""
        partner = order.partner_id._origin
        customer = partner.commercial_partner_id
        return (
            super()._is_for(order)
            and (not self.partner_ids or bool(self.partner_ids & (partner | customer)))
            and self.customer_class in (False, order.sudo().customer_class)
            and (not self.grade_ids or customer.grade_id in self.grade_ids)
            and (not self.team_ids or order.team_id in self.team_ids)
            and self._is_in_area(order)
        )

    def _is_in_area(self, order):
        if not (self.country_ids or self.state_ids or self.zip_prefixes):
            return True
        return any(self._covers(one) for one in order._get_trade_addresses())

    def _get_denying(self, product):
        """Return the rule of ``self`` that keeps ``product`` back, or none."""
        denying = self.filtered(
            lambda rule: rule.kind == "deny" and rule._includes(product)
        )
        allowing = self.filtered(lambda rule: rule.kind == "allow")
        if denying or any(rule._includes(product) for rule in allowing):
            return denying[:1]
        return allowing[:1]

    def _get_product_domain(self):
        """Return a domain of what ``self`` leaves, for products and templates."""
        parts = {
            kind: [rule._get_goods_domain() for rule in rules]
            for kind, rules in self.grouped("kind").items()
        }
        allowed = Domain.OR(parts["allow"]) if "allow" in parts else Domain.TRUE
        return allowed & ~Domain.OR(parts.get("deny", ()))
