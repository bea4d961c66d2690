from odoo import api, fields, models


class SalesBackorder(models.Model):
    """In a peak everything takes longer: the latest date counts it in, and says so."""

    _inherit = "sales.backorder"

    season_days = fields.Integer(
        readonly=True,
        groups="base.group_user",
        help="Days that seasons and peaks add to the latest expected date.",
    )

    def _prepare_supply_vals(self, plan):
        vals = super()._prepare_supply_vals(plan)
        expected = vals["date_expected"]
        days = 0
        if expected and vals["date_source"] != "stock":
            days = self._get_season_days(expected)
        if days:
            vals["date_high"] = fields.Date.add(vals["date_high"], days=days)
        return {**vals, "season_days": days}

    def _get_season_days(self, day):
        """Return the most days any season adds that holds on ``day``."""
        known = self.env["sales.demand.season"]._get_for(self.company_id)
        if not known:
            return 0
        category = self.product_id.categ_id.id
        seasons = self.env["sales.demand.season"].sudo()
        for key in {category, False} & known.keys():
            seasons |= known[key]
        days = [one.safety_days for one, _share in seasons._get_between(day, day)]
        return max(days, default=0)

    @api.depends("season_days")
    def _compute_supply_note(self):
        super()._compute_supply_note()
        for backorder in self.filtered("season_days"):
            note = self.env._(
                "%(days)s days of safety for the season are in the latest date.",
                days=backorder.season_days,
            )
            notes = [backorder.supply_note, note]
            backorder.supply_note = "\n".join(filter(None, notes))
