from odoo import fields, models


class SalesSubscriptionPlan(models.Model):
    """Whether a period is ordered first, or invoiced at once."""

    _inherit = "sales.subscription.plan"

    document = fields.Selection(
        selection=[
            ("order", "A sales order, then its invoice"),
            ("invoice", "An invoice at once, where it is services only"),
        ],
        string="Periods Become",
        required=True,
        default="order",
        help="Periods with goods, and those that share an invoice with others, are "
        "always ordered first. What is invoiced at once passes no gate of orders and "
        "earns no loyalty points: what the customer agreed to holds.",
    )

    def _invoices_at_once(self, products):
        """Return whether a period that sells ``products`` needs no order."""
        self.ensure_one()
        return (
            self.document == "invoice"
            and not self.consolidate
            and all(product.type == "service" for product in products)
        )
