from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ...exceptions import QuotationTemplateError

MONTHS = 12
BOUGHT_TOGETHER = """
  SELECT other.product_id, count(DISTINCT other.order_id)
    FROM sale_order_line line
    JOIN sale_order past ON past.id = line.order_id
    JOIN sale_order_line other ON other.order_id = line.order_id
   WHERE line.product_id IN %(products)s AND past.state = 'sale'
     AND past.company_id = %(company)s AND past.date_order >= %(since)s
     AND (%(class)s IS NULL OR past.customer_class = %(class)s)
     AND other.product_id IS NOT NULL AND other.product_id NOT IN %(products)s
     AND other.product_uom_qty > 0
   GROUP BY other.product_id
   ORDER BY count(DISTINCT other.order_id) DESC, other.product_id
   LIMIT %(limit)s
"""


class SaleOrder(models.Model):
    """What customers of the same class bought together with these products."""

    _inherit = "sale.order"

    def _get_recommendations(self, limit=5):
        """Return what was bought most often with the products of the order.

        Counted over the confirmed orders of the last twelve months, of the customers
        of the same class where the customer has one.

        :param int limit: most products to return
        :return: list of (product, number of orders), the most frequent first
        """
        self.ensure_one()
        products = self.order_line.filtered(
            lambda line: (
                line.product_id and not (line.is_delivery or line.is_reward_line)
            )
        ).product_id
        if not products:
            return []
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                BOUGHT_TOGETHER,
                products=tuple(products.ids),
                company=self.company_id.id,
                since=fields.Datetime.now() - relativedelta(months=MONTHS),
                # More than asked: some may be no longer sold.
                **{"class": self.sudo().customer_class or None, "limit": 3 * limit},
            )
        )
        counts = dict(rows)
        usable = self._filter_recommendable(products.browse(counts))
        return [(product, counts[product.id]) for product in usable[:limit]]

    def _filter_recommendable(self, products):
        """Return those of ``products`` that the user may read and the company sells."""
        self.ensure_one()
        companies = (self.company_id, self.env["res.company"])
        return products._filtered_access("read").filtered(
            lambda product: (
                product.active
                and product.sale_ok
                and product.type != "combo"
                and product.company_id in companies
                and not product._is_recommendation_excluded()
            )
        )

    def action_add_recommendations(self):
        """Offer what is bought together as an optional section of the quotation.

        :return: True
        :raise QuotationTemplateError: if it is no quotation, or nothing is known
        """
        for order in self:
            found = order._get_recommendations()
            if order.state not in ("draft", "sent") or not found:
                raise QuotationTemplateError(
                    self.env._(
                        "%(order)s: there is nothing to recommend. Add a product that "
                        "was sold before to a quotation, then try again.",
                        order=order.display_name,
                    )
                )
            order._add_optional_products([product for product, _count in found])
        return True

    def _add_optional_products(self, products):
        """Add lines of quantity 0: the customer chooses how many he wants."""
        self.ensure_one()
        sequence = max(self.order_line.mapped("sequence"), default=0) + 1
        lines = [
            {"product_id": product.id, "product_uom_qty": 0.0, "sequence": sequence + 1}
            for product in products
        ]
        section = self._prepare_recommended_section_vals(sequence)
        self.write(
            {"order_line": [Command.create(vals) for vals in (*section, *lines)]}
        )

    def _prepare_recommended_section_vals(self, sequence):
        """Return the section as a list; an empty one where the order ends with it."""
        order = self.with_context(lang=self._get_lang())
        title = order.env._("You may also need")
        last = self.order_line.filtered(lambda one: one.display_type)[-1:]
        if last.is_optional and last.name == title:
            return []
        return [
            {
                "display_type": "line_section",
                "is_optional": True,
                "name": title,
                "sequence": sequence,
            }
        ]
