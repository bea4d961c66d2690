from odoo import api, fields, models
from odoo.fields import Domain

from ..care.alerting import alerting


class SalesSubscriptionSubstitute(models.Model):
    """What comes instead of a product that is not sold any more."""

    _name = "sales.subscription.substitute"
    _description = "Product Substitution"
    _order = "product_id, sequence, id"
    _rec_name = "replacement_id"

    sequence = fields.Integer(
        default=10,
        help="Of several, the first one comes, unless the customer likes another.",
    )
    active = fields.Boolean(default=True, help="Archived ones replace nothing.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only in this company; empty: in all."
    )
    product_id = fields.Many2one(
        "product.product",
        string="Instead Of",
        required=True,
        index=True,
        ondelete="cascade",
        help="Product that is discontinued.",
    )
    replacement_id = fields.Many2one(
        "product.product",
        string="Comes",
        required=True,
        ondelete="cascade",
        domain="[('recurring_ok', '=', True), ('sale_ok', '=', True)]",
        help="Product that comes instead.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="Periods that begin from this day on get the new product.",
    )
    keep_price = fields.Boolean(
        default=True, help="At the price agreed; otherwise at that of the new product."
    )

    _check_products = models.Constraint(
        "CHECK(product_id != replacement_id)", "Comes: choose another product."
    )

    @api.model
    def _find(self, line, day):
        """Return the substitution of a subscription's line for a period of ``day``."""
        found = self.search(
            Domain("product_id", "=", line.product_id.id)
            & Domain("date_from", "<=", day)
            & Domain("company_id", "in", (False, line.company_id.id))
        )
        if not found:
            return found
        best = self.env["sales.customer.preference"]._sort(
            line.subscription_id.partner_id, found.replacement_id
        )[:1]
        return found.filtered(lambda one: one.replacement_id == best)[:1]


class SalesSubscription(models.Model):
    """Discontinued products are replaced before the next period is ordered."""

    _inherit = "sales.subscription"

    allow_substitution = fields.Boolean(
        string="Accepts Substitutes",
        default=True,
        help="A discontinued product is replaced as the rules say, and the customer is "
        "told; otherwise the salesperson has to ask him.",
    )

    def _apply_due_changes(self, day):
        result = super()._apply_due_changes(day)
        self._substitute(day)
        return result

    def _substitute(self, day):
        """Replace what is not sold any more from ``day`` on; tell the customer once."""
        self.ensure_one()
        # sudo: the rules hold, whoever bills.
        rules = self.env["sales.subscription.substitute"].sudo()
        found = [(line, rules._find(line, day)) for line in self.line_ids]
        found = [(line, rule) for line, rule in found if rule]
        if found and not self.allow_substitution:
            self._ask_for_substitution(found)
            return
        with alerting(self if found else self.browse()):
            for line, rule in found:
                self._prepare_substitution(line, rule)._apply()

    def _prepare_substitution(self, line, rule):
        return self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.id,
                "kind": "substitute",
                "line_id": line.id,
                "product_id": rule.replacement_id.id,
                "price_unit": line.price_unit if rule.keep_price else 0.0,
                "effective": "now",
                "date": self._get_today(),
                "proration": "none",
                "source": "auto",
                "reason": self.env._(
                    "%(product)s is not sold any more",
                    product=line.product_id.display_name,
                ),
            }
        )

    def _ask_for_substitution(self, found):
        summary = self.env._("Ask %(name)s for a substitute", name=self.partner_id.name)
        open_ones = self.activity_ids.filtered(lambda one: one.summary == summary)
        if not open_ones:
            names = [
                f"{line.product_id.display_name} → {rule.replacement_id.display_name}"
                for line, rule in found
            ]
            self._tell(summary, ", ".join(names))
