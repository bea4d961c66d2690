from collections import deque
from contextlib import contextmanager

from odoo import api, fields, models


@contextmanager
def rolled_back(cr):
    """Undo what the enclosed code does, with what it wanted to do after the commit."""
    hooks = (cr.postcommit, cr.prerollback, cr.postrollback)
    kept = [(hook, deque(hook._funcs), dict(hook.data)) for hook in hooks]
    savepoint = cr.savepoint()
    try:
        yield
        cr.flush()
    finally:
        savepoint.rollback()
        savepoint.close(rollback=False)
        for hook, funcs, data in kept:
            hook._funcs = funcs
            hook.data = data


class SalesOrderChange(models.Model):
    """What a request brings about, found by really doing it and undoing it."""

    _inherit = "sales.order.change"

    impact_html = fields.Html(
        string="What It Means",
        compute="_compute_impact_html",
        sanitize=False,
        help="What the change means for price, goods, transfers and invoices.",
    )

    @api.depends("impact", "result")
    @api.depends_context("lang")
    def _compute_impact_html(self):
        for change in self:
            change.impact_html = (
                self.env["ir.qweb"]._render(
                    "sales_order_plus.sales_order_change_impact",
                    change._prepare_impact_values(),
                )
                if change.impact
                else False
            )

    def _get_impact(self):
        """Try the change and undo it.

        :return: dict with ``before``, ``after`` (see ``_get_change_figures``) and
            ``remarks`` (texts)
        :raise ChangeError: whatever stands against applying it
        """
        self.ensure_one()
        self._check_complete()
        order = self.order_id
        known = order.sudo().picking_ids.ids
        before, measured = order._get_change_figures(known), [self._measure_order()]
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_notrack=True
        )
        with rolled_back(self.env.cr):
            quiet._apply_lines()
            after = order._get_change_figures(known)
            measured.append(self._measure_order())
        impact = {"before": before, "after": after, "measured": measured}
        return {**impact, "remarks": self._get_remarks(before, after)}

    def _measure_order(self):
        """Return more figures of the order as plain data, before and in the trial.

        Extended by those who decide on them.
        """
        return {}

    def _store_impact(self):
        impact = self._get_impact()
        totals = [impact[when]["totals"]["total"] for when in ("before", "after")]
        self._write_own(
            {
                "impact": impact,
                "impact_on": fields.Datetime.now(),
                "amount_delta": totals[1] - totals[0],
            }
        )
        return impact

    # === In words === #

    def _get_remarks(self, before, after):
        """Return what people should know before they decide."""
        return [
            *self._get_picking_remarks(before, after),
            *self._get_line_remarks(before, after),
            *self._get_money_remarks(before, after),
        ]

    def _get_picking_remarks(self, before, after):
        later = {one["name"]: one for one in after["pickings"] if one["name"]}
        found = []
        for picking in before["pickings"]:
            if later.get(picking["name"]) == picking:
                continue
            if picking["picked"] or picking["printed"]:
                words = [
                    word
                    for name, word in (
                        ("picked", self.env._("picked")),
                        ("printed", self.env._("printed")),
                    )
                    if picking[name]
                ]
                found.append(
                    self.env._(
                        "%(picking)s is %(how)s already: tell the warehouse.",
                        picking=picking["name"],
                        how=", ".join(words),
                    )
                )
        return found

    def _get_line_remarks(self, before, after):
        found = []
        promised = after["terms"]["commitment_date"][:10]
        for line in after["lines"]:
            if line["short"]:
                date = line["available_on"]
                found.append(
                    self.env._(
                        "%(product)s: %(short)s are not there (%(date)s).",
                        product=line["product"],
                        short=f"{line['short']:g}",
                        date=date or self.env._("no date known"),
                    )
                )
            elif "-" in promised[1:] and line["available_on"] > promised:
                found.append(
                    self.env._(
                        "%(product)s comes on %(date)s, after the promised day.",
                        product=line["product"],
                        date=line["available_on"],
                    )
                )
        return found

    def _get_money_remarks(self, before, after):
        found = []
        money = self.currency_id.format
        credit = after["invoicing"]["to_credit"]
        if credit > before["invoicing"]["to_credit"]:
            found.append(
                self.env._("%s are invoiced too much: credit them.", money(credit))
            )
        for one in after["purchases"]:
            found.append(
                self.env._(
                    "%(quantity)s %(product)s are bought with %(name)s: check whether "
                    "they are still needed.",
                    quantity=f"{one['quantity']:g}",
                    product=one["product"],
                    name=one["name"],
                )
            )
        return found

    def _prepare_impact_values(self):
        self.ensure_one()
        impact = self.impact
        after = self.result or impact["after"]
        return {
            "change": self,
            "before": impact["before"],
            "after": after,
            "remarks": impact.get("remarks", []),
            "money": self.order_id._get_money_formatter(),
            "number": self.order_id._get_number_formatter(),
            "totals": self._get_total_rows(impact["before"], after),
            "terms": self._get_term_rows(impact["before"], after),
            "lines": self._get_line_rows(impact["before"], after),
            "pickings": self._get_picking_rows(impact["before"], after),
        }

    def _get_total_rows(self, before, after):
        labels = [
            ("untaxed", self.env._("Untaxed")),
            ("tax", self.env._("Taxes")),
            ("total", self.env._("Total")),
            ("margin", self.env._("Margin")),
            ("freight", self.env._("Freight")),
        ]
        rows = [
            (label, before["totals"][key], after["totals"][key])
            for key, label in labels
        ]
        for key, label in (
            ("to_invoice", self.env._("To invoice")),
            ("to_credit", self.env._("To credit")),
        ):
            rows.append((label, before["invoicing"][key], after["invoicing"][key]))
        return rows

    def _get_term_rows(self, before, after):
        order = self.order_id
        return [
            (
                order._fields[name]._description_string(self.env),
                before["terms"][name],
                value,
            )
            for name, value in after["terms"].items()
            if before["terms"][name] != value
        ]

    def _get_line_rows(self, before, after):
        old = [*before["lines"]]
        rows = []
        for line in after["lines"]:
            match = next((o for o in old if o["product"] == line["product"]), None)
            if match:
                old.remove(match)
            if match != line:
                rows.append((match, line))
        return rows

    def _get_picking_rows(self, before, after):
        old = {one["name"]: one for one in before["pickings"]}
        new = {one["name"]: one for one in after["pickings"] if one["name"]}
        rows = [(one, new.get(name)) for name, one in old.items()]
        rows += [(None, one) for one in after["pickings"] if not one["name"]]
        return [(was, is_) for was, is_ in rows if was != is_]
