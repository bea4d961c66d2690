from odoo import api, fields, models

from ...exceptions import QuotationTemplateError


class SaleOrderLine(models.Model):
    """What competitors ask, beside what is quoted."""

    _inherit = "sale.order.line"

    competitor_price_id = fields.Many2one(
        "sales.competitor.price",
        string="Competitor",
        compute="_compute_competitor",
        groups="base.group_user",
        help="The lowest price of a competitor that is valid now.",
    )
    competitor_price = fields.Float(
        digits="Product Price",
        compute="_compute_competitor",
        groups="base.group_user",
        help="That price in the currency and unit of the line.",
    )
    competitor_gap = fields.Float(
        string="Against Competitor",
        compute="_compute_competitor",
        groups="base.group_user",
        help="By how much the quoted price after discount is above the competitor's "
        "price; below it, the value is negative.",
    )

    @api.depends(
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "order_id.currency_id",
    )
    def _compute_competitor(self):
        nothing = {"competitor_price_id": False, "competitor_price": 0.0}
        self.update({**nothing, "competitor_gap": 0.0})
        for line, (found, price) in self._get_competitor_prices().items():
            line.competitor_price_id = found
            line.competitor_price = price
            quoted = line.price_unit * (1 - line.discount / 100)
            line.competitor_gap = (quoted - price) / price if price else 0.0

    def _get_competitor_prices(self):
        """Return {line: (the lowest price, its amount for the line)}."""
        lowest = {
            line: min(offers) for line, offers in self._get_competitor_offers().items()
        }
        return {line: (offer, price) for line, (price, _id, offer) in lowest.items()}

    def _get_competitor_offers(self):
        """Return {line: [(price for the line, id, competitor's price)]}; one search.

        Lines of which no valid price is known are missing.
        """
        result = {}
        if not self.env["sales.competitor.price"]._has_records():
            return result
        lines = self.filtered(lambda line: line.product_id and not line.display_type)
        today = fields.Date.context_today(self)
        for company, group in lines.grouped("company_id").items():
            known = self.env["sales.competitor.price"]._search_valid(
                group.product_template_id, company or self.env.company, today
            )
            by_template = known.grouped("product_tmpl_id") if known else {}
            for line in group:
                offers = [
                    (offer._convert_for(line, today), offer.id, offer)
                    for offer in by_template.get(line.product_template_id, ())
                    if offer._applies_to(line)
                ]
                if offers:
                    result[line] = offers
        return result

    def action_match_competitor(self):
        """Quote the competitor's price, as long as the margin allows it.

        :return: True
        :raise QuotationTemplateError: if there is no such price, the order is no
            quotation, or the price is below the margin the company keeps
        """
        for line in self:
            line._check_matchable()
            line.write({"price_unit": line.competitor_price, "discount": 0.0})
        return True

    def _check_matchable(self):
        self.ensure_one()
        if not self.competitor_price_id or self.order_id.state not in ("draft", "sent"):
            raise QuotationTemplateError(
                self.env._(
                    "%(line)s: there is no competitor's price to match, or it is no "
                    "quotation any more.",
                    line=self.display_name,
                )
            )
        floor = self._get_margin_floor()
        if self.order_id.currency_id.compare_amounts(self.competitor_price, floor) < 0:
            raise QuotationTemplateError(
                self.env._(
                    "%(line)s: %(price)s would leave less than the margin of "
                    "%(margin)s%% that is kept; the lowest price is %(floor)s. Set the "
                    "price by hand and ask for approval.",
                    line=self.display_name,
                    price=self.order_id.currency_id.format(self.competitor_price),
                    margin=self.company_id.match_min_margin,
                    floor=self.order_id.currency_id.format(floor),
                ),
                floor=floor,
            )

    def _get_margin_floor(self):
        """Return the lowest price with the margin of the company's settings."""
        # sudo: the cost decides, also where the salesperson may not see it.
        line = self.sudo()
        return line.purchase_price / (1 - line.company_id.match_min_margin / 100)
