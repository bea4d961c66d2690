from odoo import fields, models

from ..care.alerting import holding_alerts


class ProductTemplate(models.Model):
    _inherit = "product.template"

    subscription_alternative_ids = fields.Many2many(
        "product.product",
        relation="sales_subscription_alternative_rel",
        string="Other Successors",
        domain="[('recurring_ok', '=', True)]",
        groups="base.group_user",
        help="Comes instead of the successor where the customer likes it better.",
    )


class SalesSubscription(models.Model):
    """Of several successors the customer gets the one he likes, if he takes any."""

    _inherit = "sales.subscription"

    allow_substitution = fields.Boolean(
        string="Accepts Successors",
        default=True,
        help="A product that is not sold any more gives way to its successor, and the "
        "customer is told; otherwise the salesperson has to ask him.",
    )

    def _replace_discontinued(self):
        """The customer gets the mail about the successor and no other one."""
        with holding_alerts():
            return super()._replace_discontinued()

    def _get_successor(self, line):
        successor = super()._get_successor(line)
        if not successor:
            return successor
        if not self.allow_substitution:
            self._ask_for_successor(line, successor)
            return successor.browse()
        choices = successor | line.product_id.subscription_alternative_ids
        preferences = self.env["sales.customer.preference"]
        return preferences._sort(self.partner_id, choices)[:1]

    def _ask_for_successor(self, line, successor):
        summary = self.env._(
            "Ask %(customer)s: %(old)s or %(new)s?",
            customer=self.partner_id.name,
            old=line.product_id.display_name,
            new=successor.display_name,
        )
        if summary not in self.activity_ids.mapped("summary"):
            self._tell(summary, "")
