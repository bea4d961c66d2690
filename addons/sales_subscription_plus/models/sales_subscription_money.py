from odoo import api, fields, models
from odoo.fields import Domain

from ..exceptions import SubscriptionStateError
from .grants import billing


class SalesSubscription(models.Model):
    """What is billed besides the lines: changes, charges, discounts."""

    _inherit = "sales.subscription"

    change_ids = fields.One2many(
        "sales.subscription.change",
        "subscription_id",
        string="Changes",
        copy=False,
        help="Changes made or arranged.",
    )
    charge_ids = fields.One2many(
        "sales.subscription.charge",
        "subscription_id",
        string="Charges",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Money besides the periods.",
    )
    discount_ids = fields.One2many(
        "sales.subscription.discount",
        "subscription_id",
        string="Discounts",
        copy=False,
        help="Taken off some periods.",
    )
    next_change_date = fields.Date(
        compute="_compute_next_change_date",
        store=True,
        index="btree_not_null",
        help="Day of the next change that is arranged.",
    )
    fiscal_position_fixed = fields.Boolean(
        string="Keep Fiscal Position",
        groups="base.group_user",
        help="The fiscal position was chosen by hand: it stays when the customer's "
        "address or tax number changes.",
    )
    tax_policy = fields.Selection(
        selection=[("gross", "Keep the price"), ("net", "Keep the amount without tax")],
        string="When Included Taxes Change",
        required=True,
        default="gross",
        groups="base.group_user",
        help="For prices with taxes included, when other taxes apply to the customer.",
    )

    @api.depends("change_ids.state", "change_ids.date")
    def _compute_next_change_date(self):
        for subscription in self:
            arranged = subscription.change_ids.filtered(
                lambda change: change.state == "scheduled"
            )
            subscription.next_change_date = min(arranged.mapped("date"), default=False)

    # === Changes === #

    @api.model
    def _get_changing_domain(self):
        """Subscriptions with a change for today whose periods before it are billed."""
        return self._get_local_date_domain("next_change_date", "<=") & (
            Domain("next_billing_date", "=", False)
            | self._get_local_date_domain("next_billing_date", ">")
        )

    def _change_by_itself(self):
        self._apply_due_changes(self._get_today())

    def _apply_due_changes(self, day):
        """Make the changes arranged for ``day`` or before, in the order of their days."""
        self.ensure_one()
        due = self.change_ids.filtered(
            lambda change: change.state == "scheduled" and change.date <= day
        )
        for change in due.sorted(lambda one: (one.date, one.id)):
            if self.state in ("cancelled", "expired") or change._get_refusal():
                change._undo()
            else:
                change._apply()

    def action_change(self):
        """Open a new change of the subscription.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %(name)s", name=self.name),
            "res_model": "sales.subscription.change",
            "view_mode": "form",
            "context": {
                "default_subscription_id": self.id,
                "default_line_id": self.line_ids[:1].id,
                "default_quantity": self.line_ids[:1].quantity,
            },
        }

    def change_plan(self, *, plan_id: int, effective: str = "now"):
        """Go on with another plan of the family.

        :param int plan_id: the new plan
        :param str effective: ``now`` or ``next_period``
        :return: id of the change
        :raise SubscriptionChangeError: if the plan may not follow the present one
        """
        return self._change(kind="plan", plan_id=plan_id, effective=effective)

    def change_quantity(self, *, line_id: int, quantity: float, effective: str = "now"):
        """Change the quantity of a line.

        :param int line_id: line of the subscription
        :param float quantity: the new quantity, above zero
        :param str effective: ``now`` or ``next_period``
        :return: id of the change
        :raise SubscriptionChangeError: if it does not fit the subscription
        """
        return self._change(
            kind="quantity", line_id=line_id, quantity=quantity, effective=effective
        )

    def _change(self, **vals):
        self.ensure_one()
        change = self.env["sales.subscription.change"].create(
            {"subscription_id": self.id, **vals}
        )
        change.action_confirm()
        return change.id

    # === Taxes === #

    def _refresh_taxes(self):
        """Find the fiscal position of today; taxes of the lines follow it."""
        self.ensure_one()
        if self.fiscal_position_fixed:
            return
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        position = positions._get_fiscal_position(
            self.partner_id, self.partner_shipping_id
        )
        if position == self.fiscal_position_id:
            return
        before = {line: line.tax_ids for line in self.line_ids}
        self.fiscal_position_id = position
        self._log_event("subscription.taxes_changed", position=position.name or "")
        for line in self.line_ids if self.tax_policy == "net" else ():
            line.price_unit = line.tax_ids._adapt_price_unit_to_another_taxes(
                line.price_unit, line.product_id, before[line], line.tax_ids
            )

    # === What is put on orders === #

    def _mark_origin_lines(self):
        """Say on the order it comes from at which price the first period is billed."""
        for line in self.line_ids.filtered("origin_line_id"):
            origin = line.origin_line_id
            days = line._get_days(1) or (False, False)
            price = origin.product_uom_qty * origin.price_unit
            with billing():
                origin.write(
                    {
                        "sales_subscription_line_id": line.id,
                        "sales_period_no": 1,
                        "sales_period_price": price * (1 - origin.discount / 100),
                        "sales_service_from": days[0],
                        "sales_service_to": days[1],
                    }
                )

    def _prepare_usage_charges(self, period):
        """Enter what was used before ``period`` (in arrears: in it) as charges."""
        self.ensure_one()
        metered = self.line_ids.filtered(lambda line: line.quantity_mode != "fixed")
        if not metered:
            return
        arrears = self.plan_id.billing_timing == "arrears"
        until = (
            fields.Date.add(period.date_end, days=1) if arrears else period.date_start
        )
        for line in metered:
            vals_list, events = line._prepare_usage_charges(until)
            self.env["sales.subscription.charge"].create(vals_list)
            with billing():
                events.write({"period_id": period.id})

    def _prepare_period_lines(self, period):
        """Return the values of order lines that sell lines and waiting charges."""
        self.ensure_one()
        lines = [
            vals
            for line in self.line_ids
            for vals in line._prepare_period_vals_list(period.period_no)
        ]
        waiting = self.charge_ids.filtered(lambda charge: not charge.period_id)
        return lines + waiting._prepare_order_lines(period)

    def _bill_charges(self, charges):
        """Bill what a change brought about on an order of its own.

        :return: the row of the ledger
        """
        self.ensure_one()
        if self.state not in ("active", "past_due", "paused"):
            raise SubscriptionStateError(
                self.env._("%(name)s is not running.", name=self.name)
            )
        period = self._claim_adjustment(charges)
        self._bill_period(period, charges._prepare_order_lines(period))
        return period

    def _claim_adjustment(self, charges):
        """Enter the charges in the ledger; the unique index lets only one do it."""
        rows = self.period_ids.filtered(lambda row: row.kind == "adjustment")
        return self.env["sales.subscription.period"].create(
            {
                "subscription_id": self.id,
                "kind": "adjustment",
                "period_no": max(rows.mapped("period_no"), default=0) + 1,
                "date_start": min(charges.mapped("date_from")),
                "date_end": max(charges.mapped("date_to")),
            }
        )
