from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.sales_order_plus.models.change.sales_order_change_impact import (
    rolled_back,
)

from ..exceptions import SubscriptionChangeError
from .grants import billing, may_bill
from .sales_subscription_state import LIVE_STATES

# What says that a change was made; set by making it.
MADE_FIELDS = frozenset({"amount_after", "amount_before", "applied_at", "state"})

# What each kind needs.
NEEDS = {
    "quantity": ("line_id", "quantity"),
    "price": ("line_id",),
    "substitute": ("line_id", "product_id"),
    "add": ("product_id", "quantity"),
    "remove": ("line_id",),
    "plan": ("plan_id",),
}


class SalesSubscriptionChange(models.Model):
    """A change of a running subscription: at once, or on a day to come until undone."""

    _name = "sales.subscription.change"
    _inherit = ["sales.audit.mixin"]
    _description = "Subscription Change"
    _order = "id desc"
    _rec_name = "display_name"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        index=True,
        ondelete="cascade",
        help="Subscription that changes.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        related="subscription_id.currency_id", store=True, precompute=True
    )
    kind = fields.Selection(
        selection=[
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("substitute", "Other product"),
            ("add", "Add a product"),
            ("remove", "Take a product out"),
            ("plan", "Other plan"),
        ],
        string="Change",
        required=True,
        default="quantity",
        help="What changes.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("scheduled", "Arranged"),
            ("applied", "Made"),
            ("undone", "Undone"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        help="What is arranged is made on its day and can be undone before.",
    )
    line_id = fields.Many2one(
        "sales.subscription.line",
        index="btree_not_null",
        ondelete="set null",
        domain="[('subscription_id', '=', subscription_id)]",
        help="Line that changes.",
    )
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        check_company=True,
        domain="[('recurring_ok', '=', True), ('sale_ok', '=', True)]",
        help="Product that is added, or comes instead.",
    )
    plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="New Plan",
        ondelete="restrict",
        check_company=True,
        help="Plan it goes on with.",
    )
    quantity = fields.Float(digits="Product Unit", help="The new quantity.")
    price_unit = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        groups="base.group_user",
        help="The new unit price; 0: as the plan and pricelist say.",
    )
    effective = fields.Selection(
        selection=[
            ("now", "At once"),
            ("next_period", "With the next period"),
            ("date", "On a day"),
        ],
        required=True,
        default="now",
        help="When it is made.",
    )
    date = fields.Date(help="First day after the change.")
    proration = fields.Selection(
        selection=[
            ("immediate", "At once, on an order of its own"),
            ("next_invoice", "With the next period"),
            ("none", "Not at all"),
        ],
        string="The Difference is Billed",
        required=True,
        compute="_compute_proration",
        store=True,
        readonly=False,
        precompute=True,
        help="How the days left of a period billed already are settled.",
    )
    source = fields.Selection(
        selection=[
            ("user", "Employee"),
            ("portal", "Customer"),
            ("api", "Program"),
            ("auto", "By itself"),
        ],
        required=True,
        readonly=True,
        default="user",
        help="Where it comes from.",
    )
    migration_id = fields.Many2one(
        "sales.plan.migration",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Migration of a plan it is part of.",
    )
    keep_price = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="Lines that would become dearer keep their price.",
    )
    reason = fields.Char(help="Why; kept with the change.")
    charge_ids = fields.One2many(
        "sales.subscription.charge",
        "change_id",
        readonly=True,
        help="What the change credits and charges for days billed already.",
    )
    amount_before = fields.Monetary(
        readonly=True, help="Amount of a period without taxes before the change."
    )
    amount_after = fields.Monetary(
        readonly=True, help="Amount of a period without taxes after the change."
    )
    preview_text = fields.Char(readonly=True, copy=False, help="What it would cost.")
    applied_at = fields.Datetime(readonly=True, copy=False, help="When it was made.")

    @api.depends("kind", "product_id", "plan_id", "line_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            what = (
                change.plan_id or change.product_id or change.line_id.product_id
            ).display_name
            change.display_name = f"{labels[change.kind]}: {what or '–'}"

    @api.depends("subscription_id")
    def _compute_proration(self):
        for change in self:
            plan = change.subscription_id.plan_id
            change.proration = plan.proration_mode or "immediate"

    # === Actions === #

    def action_confirm(self):
        """Make the change at once, or arrange it for its day.

        :raise SubscriptionChangeError: if it does not fit the subscription
        """
        for change in self:
            change.check_access("write")
            change._check_draft()
            # sudo: locks and reads for whoever may write the change.
            subscription = change.subscription_id.sudo()
            subscription.lock_for_update()
            change._check_change()
            change.date = change._get_date()
            if change.date <= subscription._get_today():
                change._apply()
            else:
                with billing():
                    change.state = "scheduled"
                change._log("subscription.change_arranged")

    def action_undo(self):
        """Take back a change that is arranged and not made yet.

        :raise SubscriptionChangeError: if it is made or undone already
        """
        for change in self:
            change.check_access("write")
            change.subscription_id.sudo().lock_for_update()
            if change.state not in ("draft", "scheduled"):
                raise SubscriptionChangeError(
                    self.env._(
                        "%(change)s is made already. Arrange the opposite instead.",
                        change=change.display_name,
                    )
                )
            change._undo()

    def _undo(self):
        with billing():
            self.write({"state": "undone"})
        self._log("subscription.change_undone")

    def action_preview(self):
        """Write what the change would cost on its form."""
        for change in self:
            found = change.preview()
            change.preview_text = self.env._(
                "From %(date)s: %(charge)s charged and %(credit)s given back, together "
                "%(net)s; each period %(after)s instead of %(before)s, without taxes.",
                date=format_date(self.env, found["date"]),
                **{
                    name: change.currency_id.format(found[key])
                    for name, key in (
                        ("charge", "charge"),
                        ("credit", "credit"),
                        ("net", "net"),
                        ("after", "amount_after"),
                        ("before", "amount_before"),
                    )
                },
            )

    def preview(self):
        """Return what the change would cost, without making it.

        :return: dict with ``date`` (ISO), ``credit``, ``charge`` and ``net`` (for days
            billed already, without taxes, in the subscription's currency),
            ``amount_before`` and ``amount_after`` (a period, without taxes)
        :raise SubscriptionChangeError: if it does not fit the subscription
        """
        self.ensure_one()
        self._check_draft()
        # sudo: nothing of it stays; who may prepare a change may see its price.
        change = self.sudo()
        with rolled_back(self.env.cr), billing():
            change._check_change()
            change.date = change._get_date()
            change._amend()
            amounts = {"credit": 0.0, "charge": 0.0}
            for charge in change.charge_ids:
                amounts[charge.kind] += charge.amount
            found = {
                "date": str(change.date),
                **amounts,
                "net": change.currency_id.round(sum(amounts.values())),
                "amount_before": change.amount_before,
                "amount_after": change.amount_after,
            }
        self.env.invalidate_all(flush=False)
        return found

    # === Checks === #

    def write(self, vals):
        made = MADE_FIELDS & vals.keys() or any(one.state != "draft" for one in self)
        if made and not may_bill():
            raise SubscriptionChangeError(
                self.env._("What is arranged or made cannot be changed. Undo it first.")
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise SubscriptionChangeError(
                    self.env._("Status: a change begins as a draft.")
                )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        if any(change.state in ("scheduled", "applied") for change in self):
            raise SubscriptionChangeError(
                self.env._("Only drafts and what is undone can be deleted.")
            )

    def _check_draft(self):
        self.ensure_one()
        if self.state != "draft":
            raise SubscriptionChangeError(
                self.env._("%(change)s is arranged already.", change=self.display_name)
            )

    def _check_change(self):
        """Refuse what does not fit.

        :raise SubscriptionChangeError: names the field and what to do
        """
        self.ensure_one()
        reason = self._get_refusal()
        if reason:
            raise SubscriptionChangeError(
                self.env._(
                    "%(change)s of %(name)s: %(reason)s",
                    change=self.display_name,
                    name=self.subscription_id.name,
                    reason=reason,
                ),
                kind=self.kind,
            )

    def _get_refusal(self):
        if self.subscription_id.state not in LIVE_STATES:
            return self.env._("it is not running.")
        missing = [name for name in NEEDS[self.kind] if not self[name]]
        if missing:
            labels = [
                self._fields[name]._description_string(self.env) for name in missing
            ]
            return self.env._("%(fields)s: say which.", fields=", ".join(labels))
        if self.quantity < 0:
            return self.env._("Quantity: give a quantity above zero.")
        if self.line_id and self.line_id.subscription_id != self.subscription_id:
            return self.env._("Line: it belongs to another subscription.")
        if self.effective == "date" and not self.date:
            return self.env._("Date: say on which day.")
        if self.kind == "remove" and len(self.subscription_id.line_ids) < 2:
            return self.env._("it is the last line. Cancel the subscription instead.")
        if self.kind == "plan":
            return self._get_plan_refusal()
        return False

    def _get_plan_refusal(self):
        old = self.subscription_id.plan_id
        if self.plan_id == old:
            return self.env._("New Plan: it has this plan already.")
        if self.migration_id:
            return False
        if self.plan_id not in old._get_switch_plans():
            return self.env._(
                "New Plan: one cannot go from %(old)s to %(new)s. Choose a plan of the "
                "same family that may follow it.",
                old=old.name,
                new=self.plan_id.name,
            )
        return False

    def _get_date(self):
        """Return the first day after the change."""
        self.ensure_one()
        subscription = self.subscription_id
        today = subscription._get_today()
        if self.effective == "date":
            return max(self.date, today)
        if self.effective == "now":
            return today
        upcoming = subscription._get_upcoming_periods(1)
        start = upcoming[0][1] if upcoming else today
        if subscription.plan_id.billing_timing == "arrears" and start <= today:
            # The period that runs is not billed yet: the one after it.
            return upcoming[0][2] + timedelta(days=1)
        return max(start, today)

    def _log(self, code, **details):
        self.subscription_id._log_event(
            code,
            kind=self.kind,
            change=self.id,
            date=str(self.date),
            source=self.source,
            **details,
        )
