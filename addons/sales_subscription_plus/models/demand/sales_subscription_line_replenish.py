from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ...tools import replenish
from ..sales_subscription_state import BILLED_STATES


class SalesSubscriptionLine(models.Model):
    """Goods that are delivered when the customer runs out, not with each period."""

    _inherit = "sales.subscription.line"

    replenish_mode = fields.Selection(
        selection=[
            ("off", "With each period"),
            ("suggest", "When he runs out, if he accepts"),
            ("apply", "When he runs out, by itself"),
        ],
        string="Delivered",
        required=True,
        default="off",
        help="When he runs out: the day is learned from how often the customer bought "
        "the product. By itself only where he agreed on it.",
    )
    replenish_safety = fields.Integer(
        string="Days Ahead", default=2, help="Days before he is expected to run out."
    )
    replenish_min = fields.Integer(
        string="Days at Least", help="Fewest days from one delivery to the next."
    )
    replenish_max = fields.Integer(
        string="Days at Most",
        help="Most days from one delivery to the next; 0: no limit.",
    )
    replenish_date = fields.Date(
        string="Next Delivery",
        copy=False,
        help="When it is delivered next; set by hand, it stays until it is delivered.",
    )
    replenish_manual = fields.Boolean(
        string="By Hand",
        readonly=True,
        copy=False,
        help="The day of the next delivery was set by hand.",
    )
    replenish_asked = fields.Date(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The day for which it was proposed or ordered already.",
    )
    replenish_error = fields.Float(
        string="Mean Error (Days)",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="By how many days the day was missed on average in the past, each foretold "
        "from the purchases before it alone; 0 while it cannot be measured.",
    )

    _check_replenish = models.Constraint(
        "CHECK(replenish_safety >= 0 AND replenish_min >= 0 AND replenish_max >= 0)",
        "Days: give 0 or more.",
    )

    def write(self, vals):
        """A day set by a person is one set by hand."""
        if "replenish_date" in vals and "replenish_manual" not in vals:
            vals = {**vals, "replenish_manual": bool(vals["replenish_date"])}
        return super().write(vals)

    @api.model
    def _moves_revenue(self, vals):
        return super()._moves_revenue(vals) or "replenish_mode" in vals

    # === Which day === #

    def _get_bought_days(self):
        """Return the days the customer got the product, where he lives.

        The days goods left, or services were ordered.
        """
        self.ensure_one()
        subscription = self.subscription_id
        # sudo: what the customer bought, from whichever salesperson.
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                Domain("product_id", "=", self.product_id.id)
                & Domain("order_id.state", "=", "sale")
                & Domain("company_id", "=", self.company_id.id)
                & Domain(
                    "order_id.partner_id",
                    "child_of",
                    subscription.partner_id.commercial_partner_id.id,
                )
            )
        )
        moments = lines.move_ids.filtered(
            lambda move: (
                move.state == "done" and move.location_dest_id.usage == "customer"
            )
        ).mapped("date")
        moments += [
            line.order_id.date_order
            for line in lines
            if line.product_id.type == "service"
        ]
        return [get_local(one, subscription.tz).date() for one in moments]

    def _replenish(self):
        """Reckon the day anew, unless a person set it."""
        for line in self:
            days = line._get_bought_days()
            if line.replenish_manual and line.replenish_date not in days:
                if not days or max(days) < line.replenish_date:
                    continue
            day = replenish.predict(
                days, line.replenish_safety, line.replenish_min, line.replenish_max
            )
            line.write(
                {
                    "replenish_date": day,
                    "replenish_manual": False,
                    "replenish_error": replenish.measure(days) or 0.0,
                }
            )

    # === Cron === #

    @api.model
    def _cron_replenish(self, limit=200):
        """Reckon the days anew; propose or order what is due today.

        :param int limit: lines a pass
        """
        cron = self.env["ir.cron"]
        domain = Domain("replenish_mode", "!=", "off") & Domain(
            "subscription_id.state", "in", BILLED_STATES
        )
        lines = self.search(domain, order="id", limit=limit)
        cron._commit_progress(remaining=len(lines))
        for line in lines:
            subscription = line.subscription_id.try_lock_for_update()
            if subscription:
                subscription._try_or_postpone(line._replenish_if_due)
            if not cron._commit_progress(1):
                return

    def _replenish_if_due(self):
        self.ensure_one()
        self._replenish()
        today = self.subscription_id._get_today()
        if not self.replenish_date or self.replenish_date > today:
            return
        if self.replenish_asked == self.replenish_date:
            return
        self.replenish_asked = self.replenish_date
        change = self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.subscription_id.id,
                "kind": "extra",
                "line_id": self.id,
                "quantity": self.quantity,
                "effective": "now",
                "date": self.replenish_date,
                "source": "auto",
                "reason": self.env._("replenishment"),
            }
        )
        if self.replenish_mode == "apply":
            change.action_confirm()
        else:
            change._propose()

    def _prepare_period_line_vals(self, number):
        """What is delivered when it runs out is on no period's order."""
        if self.replenish_mode != "off":
            return None
        return super()._prepare_period_line_vals(number)


class SalesSubscriptionChange(models.Model):
    """A delivery besides the periods."""

    _inherit = "sales.subscription.change"

    kind = fields.Selection(
        selection_add=[("extra", "Deliver besides the periods")],
        ondelete={"extra": "cascade"},
    )

    def _get_refusal(self):
        if self.kind != "extra":
            return super()._get_refusal()
        if self.subscription_id.state not in BILLED_STATES:
            return self.env._("it is not running.")
        if self.line_id.subscription_id != self.subscription_id or self.quantity <= 0:
            return self.env._("Line, Quantity: say which and how much.")
        return False

    def _amend(self):
        """Order it at once; the agreement stays as it is."""
        if self.kind != "extra":
            return super()._amend()
        subscription = self.subscription_id
        self.amount_before = self.amount_after = subscription.amount_untaxed
        return subscription._order_extra(self.line_id, self.quantity)


class SalesSubscription(models.Model):
    _inherit = "sales.subscription"

    def _order_extra(self, line, quantity):
        """Order a line besides the periods, in a row of the ledger of its own."""
        self.ensure_one()
        today = self._get_today()
        rows = self.period_ids.filtered(lambda row: row.kind == "adjustment")
        period = self.env["sales.subscription.period"].create(
            {
                "subscription_id": self.id,
                "kind": "adjustment",
                "period_no": max(rows.mapped("period_no"), default=0) + 1,
                "date_start": today,
                "date_end": today,
            }
        )
        vals = {**line._prepare_order_line_vals(), "product_uom_qty": quantity}
        self._bill_period(period, [vals])
        return period

    def _get_sold_lines(self):
        """What is delivered when it runs out is no recurring revenue."""
        return (
            super()
            ._get_sold_lines()
            .filtered(lambda line: line.replenish_mode == "off")
        )
