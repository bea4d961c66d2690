from datetime import timedelta

from odoo import api, fields, models

# Days after which what was observed counts half.
HALF_LIFE = 180
# Observed scores stay between these; what a customer says himself is one of them.
STRONGEST = 5.0


class SalesCustomerPreference(models.Model):
    """What a customer likes, as he said or as he did; he can see and erase it."""

    _name = "sales.customer.preference"
    _description = "Customer Preference"
    _order = "partner_id, score desc, id"
    _rec_name = "product_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The company, or the person, that subscribes.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Product he likes or does not like.",
    )
    score = fields.Float(
        readonly=True,
        help="Above zero: he likes it. What was observed counts half after 180 days.",
    )
    source = fields.Selection(
        selection=[("declared", "Said by him"), ("observed", "Observed")],
        required=True,
        readonly=True,
        help="What he said himself is never changed by what he does.",
    )
    last_seen = fields.Datetime(
        readonly=True, help="When it was said or observed last."
    )

    _product_uniq = models.UniqueIndex(
        "(partner_id, product_id)", "There is a preference for this product already."
    )

    @api.model
    def _get_faded(self, score, last_seen, now):
        days = max((now - last_seen) / timedelta(days=1), 0.0)
        return score * 0.5 ** (days / HALF_LIFE)

    @api.model
    def _observe(self, partner, products, weight):
        """Count what a customer did; what he said himself stays.

        :param float weight: above zero for what he chose, below for what he left out
        """
        # sudo: code alone writes preferences, whoever did what is observed.
        preferences, now = self.sudo(), fields.Datetime.now()
        customer = partner.commercial_partner_id
        known = preferences.search([("partner_id", "=", customer.id)])
        by_product = {one.product_id: one for one in known}
        for product in products:
            row = by_product.get(product)
            if row and row.source == "declared":
                continue
            old = self._get_faded(row.score, row.last_seen, now) if row else 0.0
            score = max(min(old + weight, STRONGEST), -STRONGEST)
            self._set(row, customer, product, score, "observed")

    @api.model
    def _declare(self, partner, product, liked):
        """Take over what a customer says."""
        customer = partner.commercial_partner_id
        row = self.sudo().search(
            [("partner_id", "=", customer.id), ("product_id", "=", product.id)]
        )
        score = STRONGEST if liked else -STRONGEST
        self._set(row, customer, product, score, "declared")

    @api.model
    def _set(self, row, partner, product, score, source):
        vals = {"score": score, "source": source, "last_seen": fields.Datetime.now()}
        if row:
            row.write(vals)
        else:
            self.sudo().create(
                {"partner_id": partner.id, "product_id": product.id, **vals}
            )

    @api.model
    def _sort(self, partner, products):
        """Return ``products`` with what the customer likes best first."""
        now = fields.Datetime.now()
        # sudo: what is offered first may rest on what nobody but code reads.
        rows = self.sudo().search(
            [("partner_id", "=", partner.commercial_partner_id.id)]
        )
        scores = {
            row.product_id: row.score
            if row.source == "declared"
            else self._get_faded(row.score, row.last_seen, now)
            for row in rows
        }
        return products.sorted(lambda product: -scores.get(product, 0.0))
