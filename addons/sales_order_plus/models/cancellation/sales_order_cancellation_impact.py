from odoo import fields, models

from ..change.sales_order_change_impact import rolled_back


class SalesOrderCancellation(models.Model):
    """What a cancellation brings about, found by really doing it and undoing it."""

    _inherit = "sales.order.cancellation"

    def _get_impact(self):
        """Try the cancellation and undo it.

        :return: dict with ``before``, ``after`` (see ``_get_cancel_figures``), and
            the amounts
        :raise CancellationError: whatever stands against it
        """
        self.ensure_one()
        order = self.order_id
        known = order._get_cancel_known()
        before = order._get_cancel_figures(known)
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_notrack=True
        )
        with rolled_back(self.env.cr):
            quiet._apply_order()
            after = order._get_cancel_figures(known)
            amounts = quiet._get_amounts()
        return {"before": before, "after": after, "amounts": amounts}

    def _get_amounts(self):
        """Return what the cancellation is worth, costs and pays back."""
        return {
            "amount": self.amount,
            "fee_amount": self.fee_amount,
            "refund_amount": self.refund_amount,
            "lines": {
                str(line.order_line_id.id): [line.amount, line.fee_amount]
                for line in self.line_ids
            },
        }

    def _store_impact(self):
        impact = self._get_impact()
        amounts = dict(impact.pop("amounts"))
        by_line = amounts.pop("lines")
        self._write_own(
            {**amounts, "impact": impact, "impact_on": fields.Datetime.now()}
        )
        for line in self.line_ids:
            amount, fee = by_line[str(line.order_line_id.id)]
            line._write_own({"amount": amount, "fee_amount": fee})
