from odoo import api, fields, models

from ..change.sales_order_change_impact import rolled_back


class SalesOrderCancellation(models.Model):
    """What a cancellation brings about, found by really doing it and undoing it."""

    _inherit = "sales.order.cancellation"

    impact_html = fields.Html(
        string="What It Means",
        compute="_compute_impact_html",
        sanitize=False,
        help="What the cancellation means for goods, transfers and money.",
    )

    def _get_impact(self):
        """Try the cancellation and undo it.

        :return: dict with ``before``, ``after`` (see ``_get_cancel_figures``),
            ``inventory``, ``money`` and the amounts
        :raise CancellationError: whatever stands against it
        """
        self.ensure_one()
        order = self.order_id
        known = order._get_cancel_known()
        before = order._get_cancel_figures(known)
        inventory = self._get_inventory_impact()
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_notrack=True
        )
        with rolled_back(self.env.cr):
            quiet._apply_order()
            after = order._get_cancel_figures(known)
            amounts = quiet._get_amounts()
            money = quiet._get_financial_impact()
        return {
            "before": before,
            "after": after,
            "amounts": amounts,
            "inventory": inventory,
            "money": money,
        }

    def _get_financial_impact(self):
        """Return what it does to money, read after the trial: ``fee``, ``refund``."""
        self.ensure_one()
        return {"fee": self.fee_amount, "refund": self.refund_amount}

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

    # === In words === #

    @api.depends("impact")
    @api.depends_context("lang")
    def _compute_impact_html(self):
        for one in self:
            one.impact_html = one.impact and self.env["ir.qweb"]._render(
                "sales_order_plus.sales_order_cancellation_impact",
                one._prepare_impact_values(),
            )

    def _prepare_impact_values(self):
        """Return what the template of the impact shows."""
        self.ensure_one()
        impact = self.impact
        before, after = impact["before"], impact["after"]
        kept = {one["name"]: one for one in after["pickings"]}
        gone = after["state"] == "cancel"
        return {
            "total": (
                before["totals"]["total"],
                0 if gone else after["totals"]["total"],
            ),
            "money": self.currency_id.format,
            "number": lambda value: f"{value:g}",
            "pickings": [
                (one, None if gone else kept.get(one["name"]))
                for one in before["pickings"]
            ],
            "inventory": impact.get("inventory") or [],
            "invoiced": before["invoicing"]["invoiced"],
            "figures": impact.get("money") or {},
            "shipped": self._get_shipped_names(),
        }

    def _get_shipped_names(self):
        """Return the transfers that have left: these goods can only come back."""
        # sudo: transfers are not the salesperson's.
        pickings = self.order_id.sudo().picking_ids
        return pickings.filtered(lambda one: one.state == "done").mapped("name")
