from odoo import api, fields, models

from .sales_backorder_supply import SOURCE_ORDER


def _get_peg_key(peg):
    return peg["source"], peg["name"], peg["date"]


class SalesBackorderDate(models.Model):
    """One change of an expected date: what it was, what it became, and why."""

    _name = "sales.backorder.date"
    _description = "Expected Date of a Backorder"
    _order = "id desc"
    _rec_name = "date_new"

    backorder_id = fields.Many2one(
        "sales.backorder",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The backorder.",
    )
    changed_on = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the date was changed.",
    )
    date_old = fields.Date(
        string="Before", readonly=True, help="Expected until then; empty: no date."
    )
    date_new = fields.Date(
        string="After", readonly=True, help="Expected since then; empty: no date."
    )
    shift = fields.Integer(
        string="Days",
        compute="_compute_shift",
        store=True,
        help="How many days later it became; negative: earlier.",
    )
    pegs = fields.Json(
        string="Supply Data",
        readonly=True,
        help="Which supplies came and which went with the change.",
    )
    cause = fields.Text(compute="_compute_cause", help="What moved the date, in words.")

    @api.depends("date_old", "date_new")
    def _compute_shift(self):
        for change in self:
            known = change.date_old and change.date_new
            change.shift = known and (change.date_new - change.date_old).days

    @api.depends("pegs")
    @api.depends_context("lang")
    def _compute_cause(self):
        for change in self:
            pegs, backorder = change.pegs or {}, change.backorder_id
            came = [backorder._get_peg_note(peg) for peg in pegs.get("came", ())]
            went = [
                self.env._("Before: %s", backorder._get_peg_note(peg))
                for peg in pegs.get("went", ())
            ]
            change.cause = "\n".join(came + went) or False

    @api.model
    def _add(self, before):
        """Keep what changed.

        :param dict before: {backorder: (expected date, supply)} as it was
        """
        self.create(
            [
                {
                    "backorder_id": backorder.id,
                    "date_old": date,
                    "date_new": backorder.date_expected,
                    "pegs": self._compare_pegs(supply or [], backorder.supply or []),
                }
                for backorder, (date, supply) in before.items()
                if date != backorder.date_expected
            ]
        )

    @api.model
    def _compare_pegs(self, old, new):
        known, current = ({_get_peg_key(peg) for peg in pegs} for pegs in (old, new))
        return {
            "came": [peg for peg in new if _get_peg_key(peg) not in known],
            "went": [peg for peg in old if _get_peg_key(peg) not in current],
        }


class SalesBackorder(models.Model):
    """How sure the expected date is, and how it came about."""

    _inherit = "sales.backorder"

    date_low = fields.Date(
        string="Earliest",
        readonly=True,
        groups="base.group_user",
        help="If the vendors deliver as early as in the best fifth of their receipts.",
    )
    date_high = fields.Date(
        string="Latest",
        readonly=True,
        groups="base.group_user",
        help="If the vendors are as late as they are in one of five receipts. The same "
        "day as expected where fewer than three receipts are known.",
    )
    confidence = fields.Selection(
        selection=[("high", "Sure"), ("medium", "Likely"), ("low", "Guess")],
        compute="_compute_confidence",
        groups="base.group_user",
        help="Sure: in stock, or on its way from a vendor who is at most two days late. "
        "Likely: other receipts and requests. Guess: it is not ordered yet.",
    )
    date_ids = fields.One2many(
        "sales.backorder.date",
        "backorder_id",
        string="History of the Date",
        groups="base.group_user",
        help="Every expected date there was, and what moved it.",
    )

    @api.depends("date_source", "date_expected", "date_high")
    def _compute_confidence(self):
        for backorder in self:
            source, expected = backorder.date_source, backorder.date_expected
            if not expected:
                backorder.confidence = False
            elif source == "lead_time":
                backorder.confidence = "low"
            else:
                late = ((backorder.date_high or expected) - expected).days
                sure = SOURCE_ORDER.index(source) <= SOURCE_ORDER.index("receipt")
                backorder.confidence = "high" if sure and late <= 2 else "medium"

    def _store_supply(self, plans):
        before = {one: (one.date_expected, one.supply) for one in self}
        super()._store_supply(plans)
        self.env["sales.backorder.date"]._add(before)

    def _get_supply_plans(self):
        plans = super()._get_supply_plans()
        supplies = [one for plan in plans.values() for one, _quantity in plan.pegs]
        vendors = {one.vendor_id for one in supplies if one.vendor_id}
        if vendors:
            report = self.env["sales.vendor.performance"]
            known = report._get_tolerances(
                vendors, {one.product_id for one in supplies}
            )
            for one in supplies:
                key = one.vendor_id, one.product_id
                one.early, one.late = known.get(key, (0, 0))
        return plans

    def _prepare_supply_vals(self, plan):
        vals = super()._prepare_supply_vals(plan)
        low = high = vals["date_expected"]
        if high:
            dates = [(s.date, s.early, s.late) for s, _quantity in plan.pegs]
            low, high = (
                max(
                    fields.Date.add(day, days=-early if bound == "low" else late)
                    for day, early, late in dates
                )
                for bound in ("low", "high")
            )
            low = max(low, self._get_today())
        return {**vals, "date_low": low, "date_high": high}
