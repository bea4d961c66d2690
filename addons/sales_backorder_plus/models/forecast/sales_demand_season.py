import math

from odoo import api, fields, models, tools

from odoo.addons.sales_order_plus.models.seam.moments import MONTHS

from .series import get_season_factors


class SalesDemandSeason(models.Model):
    """How much more, or less, is asked for at a time of the year.

    Months are measured on the orders of a product category, from two years on. Peaks
    that the past does not know are entered by hand: a fair, a campaign.
    """

    _name = "sales.demand.season"
    _description = "Season of Demand"
    _inherit = ["sales.cached.mixin"]
    _order = "categ_id, kind, date_from, id"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        help="Shown where a forecast is explained.",
    )
    kind = fields.Selection(
        selection=[("measured", "Measured month"), ("peak", "Peak entered by hand")],
        default="peak",
        required=True,
        readonly=True,
        help="Measured months are computed from two years of orders; peaks are yours.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company whose demand it is.",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        index=True,
        ondelete="cascade",
        help="Whose products, those of its subcategories not; empty: all products.",
    )
    month = fields.Selection(
        selection=MONTHS, readonly=True, help="The measured month, each year."
    )
    date_from = fields.Date(string="From", help="First day of the peak.")
    date_to = fields.Date(string="To", help="Last day of the peak.")
    factor = fields.Float(
        default=1.0,
        required=True,
        digits=(16, 2),
        help="1.8: eight tenths more than on average is asked for.",
    )
    safety_days = fields.Integer(
        compute="_compute_safety_days",
        store=True,
        readonly=False,
        help="So many days are added to the latest expected date of backorders that are "
        "due in this time.",
    )
    years = fields.Integer(readonly=True, help="So many years of orders were measured.")

    _month_uniq = models.UniqueIndex(
        "(company_id, COALESCE(categ_id, 0), month) WHERE kind = 'measured'",
        "This month is measured for this category already.",
    )
    _factor_positive = models.Constraint(
        "CHECK (factor >= 0 AND safety_days >= 0)",
        "Factor, Safety Days: enter 0 or more.",
    )
    _peak_dated = models.Constraint(
        "CHECK (kind <> 'peak' OR (date_from IS NOT NULL AND date_to >= date_from))",
        "From, To: give the first and the last day of the peak, in this order.",
    )

    @api.depends("kind", "month")
    def _compute_name(self):
        months = dict(self._fields["month"]._description_selection(self.env))
        for season in self:
            season.name = season.name or months.get(season.month, self.env._("Peak"))

    @api.depends("factor", "company_id.sales_season_days")
    def _compute_safety_days(self):
        """So many days as the company adds at double demand, in proportion."""
        for season in self:
            if season.kind == "peak" and season.safety_days:
                # Somebody decided about it.
                continue
            days = season.company_id.sales_season_days * (season.factor - 1)
            season.safety_days = max(math.ceil(round(days, 6)), 0)

    # === Measuring === #

    @api.model
    def _measure(self, company, series):
        """Replace the measured months of a company.

        :param dict series: {category id: (first day, demand of each month)}
        """
        # sudo: measured months are nobody's to write, they follow from the orders.
        seasons = self.sudo().browse()
        known = {
            (one.categ_id.id, one.month): one
            for one in seasons.search(
                [("company_id", "=", company.id), ("kind", "=", "measured")]
            )
        }
        new, kept = [], seasons.browse()
        for category, (first, values) in series.items():
            years = len(values) // 12
            for month, factor in get_season_factors(values, first.month).items():
                found = known.get((category, str(month)))
                if found:
                    kept |= found
                    found.write({"factor": factor, "years": years})
                    continue
                new.append(
                    {
                        "kind": "measured",
                        "company_id": company.id,
                        "categ_id": category,
                        "month": str(month),
                        "factor": factor,
                        "years": years,
                    }
                )
        (seasons.union(*known.values()) - kept).unlink()
        return seasons.create(new)

    # === Asking === #

    @api.model
    @tools.ormcache("company_id", "self._get_version()")
    def _get_ids(self, company_id):
        return self.sudo().search([("company_id", "=", company_id)])._ids

    @api.model
    def _get_for(self, company, category):
        """Return the seasons that hold for products of a category, as superuser.

        No query where the company has no season.
        """
        # sudo: who reads a forecast or a date may not read what they rest on.
        seasons = self.sudo().browse(self._get_ids(company.id))
        return seasons.filtered(lambda one: one.categ_id.id in (False, category.id))

    def _get_between(self, start, end):
        """Return [(season, share of the time it holds for)] of these seasons."""
        total = (end - start).days + 1
        middle = start + (end - start) / 2
        found = []
        for season in self:
            if season.kind == "measured":
                share = float(season.month == str(middle.month))
            else:
                first, last = max(start, season.date_from), min(end, season.date_to)
                share = max((last - first).days + 1, 0) / total
            if share:
                found.append((season, share))
        return found
