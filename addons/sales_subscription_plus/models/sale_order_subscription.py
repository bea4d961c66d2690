from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from .grants import billing
from .res_partner import SUBSCRIPTION_GROUPS
from .sales_subscription_state import LIVE_STATES


class SaleOrder(models.Model):
    """Orders start subscriptions when they are confirmed, and bill their periods."""

    _inherit = "sale.order"

    sales_subscription_ids = fields.One2many(
        "sales.subscription",
        "origin_order_id",
        string="Started Subscriptions",
        copy=False,
        groups=SUBSCRIPTION_GROUPS,
        help="Subscriptions that this order started.",
    )
    sales_period_ids = fields.One2many(
        "sales.subscription.period",
        "order_id",
        string="Billed Periods",
        copy=False,
        groups=SUBSCRIPTION_GROUPS,
        help="Periods of subscriptions that this order bills.",
    )
    sales_renewal_id = fields.Many2one(
        "sales.subscription",
        string="Renews",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=SUBSCRIPTION_GROUPS,
        help="Subscription whose end moves when the quotation is confirmed.",
    )
    sales_subscription_count = fields.Integer(
        string="Subscription Count",
        compute="_compute_sales_subscription_count",
        groups=SUBSCRIPTION_GROUPS,
        help="Subscriptions this order started or bills.",
    )

    @api.depends(
        "sales_subscription_ids", "sales_renewal_id", "sales_period_ids.subscription_id"
    )
    def _compute_sales_subscription_count(self):
        for order in self:
            order.sales_subscription_count = len(order._get_subscriptions())

    def _get_subscriptions(self):
        """Return the subscriptions these orders started or bill."""
        started = self.env["sales.subscription"]
        if not started._has_records():
            return started
        started = self.sales_subscription_ids | self.sales_renewal_id
        return started | self.sales_period_ids.subscription_id

    def action_view_subscriptions(self):
        """Open the subscriptions this order started or bills.

        :return: window action
        """
        return self._get_subscriptions()._get_view_action()

    # === Every path into a state === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._start_subscriptions()
        return orders

    def _after_state(self, state):
        super()._after_state(state)
        if state == "sale":
            self._accept_renewals()
            self._resume_periods()
            self._start_subscriptions()
        elif state == "cancel":
            self._cancel_subscriptions()
        elif state == "draft":
            self._check_periods_free()
            self._reset_subscriptions()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billing(self):
        for order in self:
            # sudo: the ledger decides, whatever of it the user may read.
            if order.sudo()._get_subscriptions():
                raise UserError(
                    self.env._(
                        "%(order)s belongs to a subscription and cannot be deleted. "
                        "Cancel it instead.",
                        order=order.name,
                    )
                )

    # === Orders that start subscriptions === #

    def _start_subscriptions(self):
        """Start one subscription a plan from the recurring lines.

        Lines that have theirs already are left alone, so it may be called again.
        """
        for order in self:
            by_plan = order._get_recurring_lines().grouped("sales_plan_id")
            for plan, lines in by_plan.items():
                order._subscribe(plan, lines)

    def _get_recurring_lines(self):
        """Return the lines that are sold on a plan; none for orders of a period."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: line.sales_plan_id and line.product_uom_qty > 0
        )
        return lines.browse() if lines and self._is_period_order() else lines

    def _is_period_order(self):
        """Return whether the order bills a period of a subscription it did not start."""
        self.ensure_one()
        # sudo: the ledger decides, whatever of it the user may read.
        periods = self.sudo().sales_period_ids
        return any(period.subscription_id.origin_order_id != self for period in periods)

    def _subscribe(self, plan, lines):
        """Sell ``lines`` on ``plan``: add them to its subscription or start one."""
        self.ensure_one()
        # sudo: the agreement is the order's, and the customer may be the one who
        # confirms; nobody may write the ledger.
        order = self.sudo().with_company(self.company_id)
        subscriptions = order.sales_subscription_ids.filtered(
            lambda one: one.plan_id == plan
        )
        running = subscriptions.filtered(lambda one: one.state in LIVE_STATES)
        if running:
            order._extend_subscription(running[:1], lines)
            return
        vals = order._prepare_subscription_vals(plan, lines)
        subscription = subscriptions.filtered(lambda one: one.state == "draft")[:1]
        if subscription:
            # The order was cancelled and is confirmed again: the agreement made anew.
            subscription.write(
                {**vals, "line_ids": [Command.clear(), *vals["line_ids"]]}
            )
        else:
            subscription = subscription.create(vals)
        if order._bills_first_period(plan, subscription):
            order._bill_first_period(subscription, lines)
        else:
            with billing():
                agreed = (lines | lines._get_bundle_items()).sudo()
                agreed.sales_subscription_role = "agreement"
        subscription.action_start()

    def _bills_first_period(self, plan, subscription):
        """Return whether the order's own lines are the first period.

        Otherwise it is only agreed here: a trial, a short first period, or one at
        another price is ordered by the subscription itself.
        """
        lines = subscription.line_ids
        return plan._is_billed_by_order() and not (
            # What is chosen later, or costs something else in the beginning.
            any(lines.mapped("is_bundle"))
            or any(
                price.intro_periods or price.minimum_amount
                for price in lines.plan_price_id
            )
        )

    def _extend_subscription(self, subscription, lines):
        """Add lines that were added to the confirmed order."""
        added = lines - subscription.line_ids.origin_line_id
        if not added:
            return
        subscription.line_ids = [
            Command.create(line._prepare_subscription_line_vals()) for line in added
        ]
        first = subscription.period_ids.filtered(lambda row: row.order_id == self)
        if first:
            first.order_line_ids += added
            subscription._mark_origin_lines()
        else:
            with billing():
                agreed = (added | added._get_bundle_items()).sudo()
                agreed.sales_subscription_role = "agreement"

    def _bill_first_period(self, subscription, lines):
        """Enter this order in the ledger as the one that bills the first period."""
        period = subscription.period_ids.filtered(lambda row: row.period_no == 1)
        start, end = subscription._get_period_dates(1)
        if period:
            period.write({"date_start": start, "date_end": end})
        else:
            period = subscription._claim_period(1)
        period._link_order(self, lines)
        subscription._mark_origin_lines()

    def _prepare_subscription_vals(self, plan, lines):
        """Return the values of the subscription of ``lines`` on ``plan``."""
        self.ensure_one()
        tz = self.partner_id.tz or self.company_id.partner_id.tz or "UTC"
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        found = positions._get_fiscal_position(
            self.partner_id, self.partner_shipping_id
        )
        return {
            "plan_id": plan.id,
            "origin_order_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "partner_invoice_id": self.partner_invoice_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "pricelist_id": self.pricelist_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "fiscal_position_fixed": self.fiscal_position_id != found,
            "payment_term_id": self.payment_term_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "client_ref": self.client_order_ref,
            "tag_ids": self.tag_ids.ids,
            "tz": tz,
            "anchor_date": get_local(self.date_order, tz).date(),
            "line_ids": [
                Command.create(line._prepare_subscription_line_vals()) for line in lines
            ],
        }

    def _cancel_subscriptions(self):
        """Cancel what these orders started: the agreement is void."""
        # sudo: whoever may cancel the order ends what comes from it.
        orders = self.sudo()
        orders.sales_period_ids._waive()
        orders.sales_subscription_ids.filtered(
            lambda one: one.state in ("draft", *LIVE_STATES)
        ).action_cancel()

    def _reset_subscriptions(self):
        """Make cancelled subscriptions drafts again, if nothing but this billed them."""
        # sudo: see _cancel_subscriptions.
        started = self.sudo().sales_subscription_ids
        started.filtered(
            lambda one: one.state == "cancelled" and not one._get_reset_refusal()
        ).action_draft()

    # === Orders that renew a subscription === #

    def _accept_renewals(self):
        """Move the end of the subscriptions whose renewal is agreed."""
        if not self.env["sales.subscription"]._has_records():
            return
        # sudo: the customer may be the one who signs.
        for order in self.sudo().filtered("sales_renewal_id"):
            order.sales_renewal_id._accept_renewal(order)

    # === Orders that bill a period === #

    def _is_accepted_by_customer(self):
        """Orders of a period are agreed: released, they confirm themselves."""
        if super()._is_accepted_by_customer():
            return True
        return self.state in ("draft", "sent") and self._is_period_order()

    def _check_periods_free(self):
        """Refuse cancelled orders whose periods were billed anew meanwhile."""
        if not self.env["sales.subscription.period"]._has_records():
            return
        # sudo: the ledger decides, whatever of it the user may read.
        for order in self.sudo():
            waived = order.sales_period_ids.filtered(lambda row: row.state == "waived")
            waived._check_not_billed_anew(order)

    def _create_invoices(self, grouped=False, final=False, date=None):
        """What is invoiced by somebody's decision goes on by itself afterwards."""
        moves = super()._create_invoices(grouped=grouped, final=final, date=date)
        if moves and self.env["sales.subscription.period"]._has_records():
            # sudo: who may invoice the order need not have rights on the ledger.
            rows = self.sudo().sales_period_ids.filtered("invoice_cancelled")
            rows.invoice_cancelled = False
        return moves

    def _resume_periods(self):
        """Have periods invoiced whose order waited for a decision or was cancelled."""
        self._check_periods_free()
        # sudo: who approves the order need not have rights on the ledger.
        if not self.env["sales.subscription.period"]._has_records():
            return
        periods = self.sudo().sales_period_ids
        periods._unwaive()
        waiting = periods.filtered("waiting_reason")
        if waiting:
            waiting.waiting_reason = False
            cron = self.env.ref("sales_subscription_plus.ir_cron_invoice")
            # sudo: only wakes the scheduler.
            cron.sudo()._trigger()
