from odoo import api, models
from odoo.tools import format_date


class SalesBackorder(models.Model):
    """Where the goods come from, in words; always in the language of who reads."""

    _inherit = "sales.backorder"

    @api.depends("supply", "qty_unplanned")
    @api.depends_context("lang")
    def _compute_supply_note(self):
        for backorder in self:
            pegs = backorder.supply or []
            notes = [backorder._get_peg_note(peg) for peg in pegs]
            if backorder.qty_unplanned:
                notes.append(
                    self.env._(
                        "%(quantity)s: the delivery was cancelled. Plan a new one, "
                        "or reduce the order.",
                        quantity=backorder._format_quantity(backorder.qty_unplanned),
                    )
                )
            backorder.supply_note = "\n".join(notes) or False
            backorder.supply_count = len({peg["id"] for peg in pegs if peg["id"]})

    def _get_peg_note(self, peg):
        """Return one sentence: how much, from where, when."""
        values = {
            "name": peg["name"],
            "detail": peg["detail"],
            "days": peg["days"],
            "quantity": self._format_quantity(peg["quantity"]),
            "date": peg["date"] and format_date(self.env, peg["date"]),
        }
        if peg["source"] == "stock":
            return self.env._(
                "%(quantity)s are in stock at %(name)s, not reserved yet.", **values
            )
        if peg["source"] == "receipt":
            return self.env._(
                "%(quantity)s with %(name)s from %(detail)s on %(date)s.", **values
            )
        if peg["source"] == "purchase":
            return self.env._(
                "%(quantity)s with the unconfirmed request %(name)s to %(detail)s, "
                "on %(date)s at the earliest.",
                **values,
            )
        if peg["source"] == "lead_time":
            return self.env._(
                "%(quantity)s are not ordered yet. Ordered today they would be there on "
                "%(date)s: %(days)s days, vendor %(name)s.",
                **values,
            )
        return self.env._("%(quantity)s: no supply is planned.", **values)

    def _format_quantity(self, quantity):
        digits = self._get_digits()
        amount = f"{quantity:.{digits}f}".rstrip("0").rstrip(".")
        return f"{amount} {self.product_uom_id.name}"
