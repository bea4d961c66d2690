from odoo import fields, models
from odoo.tools import SQL

from ...exceptions import SelfServiceRefusedError

MOST = 3
MONTHS = 12
# Fewer orders say nothing.
FEWEST_ORDERS = 2
# How much oftener than by chance a product is bought by those who have these.
LIFT = """
  WITH recent AS (
       SELECT line.order_id, line.product_id
         FROM sale_order_line line
         JOIN sale_order past ON past.id = line.order_id
        WHERE past.state = 'sale' AND past.company_id = %(company)s
          AND past.date_order >= %(since)s AND line.product_id IS NOT NULL
          AND line.product_uom_qty > 0
       ),
       own AS (SELECT DISTINCT order_id FROM recent WHERE product_id IN %(products)s)
SELECT recent.product_id,
       COUNT(DISTINCT own.order_id)::float / NULLIF((SELECT COUNT(*) FROM own), 0)
       / (COUNT(DISTINCT recent.order_id)::float
          / NULLIF((SELECT COUNT(DISTINCT order_id) FROM recent), 0)) AS lift
  FROM recent
  JOIN product_product product ON product.id = recent.product_id
  JOIN product_template template ON template.id = product.product_tmpl_id
  LEFT JOIN own ON own.order_id = recent.order_id
 WHERE recent.product_id NOT IN %(products)s
   AND product.active AND template.recurring_ok AND template.sale_ok
   AND (template.company_id IS NULL OR template.company_id = %(company)s)
 GROUP BY recent.product_id
HAVING COUNT(DISTINCT own.order_id) >= %(fewest)s
 ORDER BY lift DESC, recent.product_id
 LIMIT 50
"""


class SalesSubscriptionRecommendation(models.Model):
    """What a subscriber was offered, and whether he looked at it and took it."""

    _name = "sales.subscription.recommendation"
    _description = "Recommendation to a Subscriber"
    _order = "id desc"
    _rec_name = "product_id"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Subscription on whose page it was offered.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="What was offered.",
    )
    lift = fields.Float(
        readonly=True,
        aggregator="avg",
        help="How much oftener those who have the customer's products buy it.",
    )
    shown_count = fields.Integer(string="Shown", readonly=True, help="How often shown.")
    clicked_at = fields.Datetime(
        string="Looked At", readonly=True, help="When he asked for its price."
    )
    accepted_at = fields.Datetime(
        string="Accepted", readonly=True, help="When he added it."
    )
    change_id = fields.Many2one(
        "sales.subscription.change",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Change that added it.",
    )

    _product_uniq = models.UniqueIndex(
        "(subscription_id, product_id)", "This was recommended already."
    )


class SalesSubscription(models.Model):
    """Recommendations on the customer's page; adding one is a change like others."""

    _inherit = "sales.subscription"

    def _get_recommended(self):
        """Return [(product, lift)] of at most three products he does not have."""
        self.ensure_one()
        # sudo: what others bought counts, without anybody seeing who.
        subscription = self.sudo()
        owned = subscription.search(
            [
                (
                    "partner_id",
                    "child_of",
                    subscription.partner_id.commercial_partner_id.id,
                ),
                ("state", "in", ("trial", "active", "past_due", "paused")),
            ]
        ).line_ids.product_id
        if not owned or self.state not in ("active", "past_due"):
            return []
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                LIFT,
                company=subscription.company_id.id,
                products=tuple(owned.ids),
                since=fields.Datetime.subtract(fields.Datetime.now(), months=MONTHS),
                fewest=FEWEST_ORDERS,
            )
        )
        lifts = {key: lift for key, lift in rows if lift > 1}
        found = self.env["product.product"].sudo().browse(lifts)
        best = self.env["sales.customer.preference"]._sort(self.partner_id, found)
        return [(product, lifts[product.id]) for product in best[:MOST]]

    def _show_recommended(self):
        """Return the recommendations to show, and count that they are shown."""
        self.ensure_one()
        # sudo: the customer has no rights on what is counted about him.
        rows = self.env["sales.subscription.recommendation"].sudo()
        shown = rows.browse()
        for product, lift in self._get_recommended():
            row = rows.search(
                [
                    ("subscription_id", "=", self.id),
                    ("product_id", "=", product.id),
                ]
            ) or rows.create(
                {"subscription_id": self.id, "product_id": product.id, "lift": lift}
            )
            row.shown_count += 1
            shown |= row
        return shown

    def _prepare_recommended(self, product_id):
        """Return (recommendation, draft of the change that adds it).

        :raise SelfServiceRefusedError: if it is not recommended any more
        """
        self._check_self_service("recommendation")
        row = self.env["sales.subscription.recommendation"].search(
            [("subscription_id", "=", self.id), ("product_id", "=", product_id)]
        )
        if not row or row.product_id in self.line_ids.product_id:
            raise SelfServiceRefusedError(
                self.env._("This recommendation does not hold any more.")
            )
        return row, self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.id,
                "kind": "add",
                "product_id": row.product_id.id,
                "quantity": 1.0,
                "effective": "now",
                "source": "portal",
                "reason": "recommendation",
            }
        )

    def _customer_recommended(self, product_id):
        """Add what is recommended."""
        row, change = self._prepare_recommended(product_id)
        change.action_confirm()
        row.write({"accepted_at": fields.Datetime.now(), "change_id": change.id})

    def _get_self_service(self):
        may = super()._get_self_service()
        if self.plan_id.allow_recommended and self.state in ("active", "past_due"):
            may.add("recommendation")
        return may


class SalesSubscriptionPlan(models.Model):
    _inherit = "sales.subscription.plan"

    allow_recommended = fields.Boolean(
        string="Add Recommendations",
        help="Customers see up to three products others bought with theirs, and may add "
        "them by themselves.",
    )
