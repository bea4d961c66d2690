from odoo import api, fields, models

from ..exceptions import SubscriptionLockedError
from .grants import amending, may_amend

# Reckoned from the billing ledger and the calendar; nobody sets them by hand.
RECKONED_FIELDS = frozenset(
    {"current_end", "current_start", "next_billing_date", "period_no"}
)
# What was agreed when it was started; the periods billed rely on these.
AGREED_FIELDS = frozenset(
    {"anchor_date", "company_id", "partner_id", "plan_id", "pricelist_id"}
)
# What tells what happened in its life; set by the moves alone.
LIFE_FIELDS = frozenset(
    {
        "calendar_base",
        "cancel_on",
        "date_start",
        "ended_on",
        "grace_until",
        "paused_from",
        "paused_unpaid",
        "renewal_order_id",
        "retention_offer_id",
        "trial_until",
    }
)


class SalesSubscription(models.Model):
    """An agreement to buy the same again each period, billed order by order."""

    _name = "sales.subscription"
    _inherit = [
        "sales.presence.mixin",
        "sales.audit.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Subscription"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "client_ref", "partner_id.name"]

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
        help="Number of the subscription, given when it is created.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("trial", "Trial"),
            ("active", "Active"),
            ("past_due", "Past Due"),
            ("paused", "Paused"),
            ("cancelled", "Cancelled"),
            ("expired", "Expired"),
        ],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
        help="Active subscriptions are billed. In a trial nothing is billed yet; past due "
        "means that a payment failed; an expired one reached its end.",
    )
    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="How often it is billed and for how long.",
    )
    interval_label = fields.Char(related="plan_id.interval_label")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Company that sells.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Looks after the subscription; salesperson of its orders.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        groups="base.group_user",
        help="Sales team of its orders.",
    )

    client_ref = fields.Char(
        string="Customer Reference",
        copy=False,
        index="trigram",
        help="What the customer calls it; on all orders and invoices of it.",
    )
    tag_ids = fields.Many2many(
        "crm.tag",
        string="Tags",
        groups="base.group_user",
        help="To sort and find subscriptions.",
    )

    # === What is sold === #

    origin_order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Order the subscription comes from; it bills the first period.",
    )
    line_ids = fields.One2many(
        "sales.subscription.line",
        "subscription_id",
        string="Lines",
        copy=True,
        help="What is sold each period.",
    )
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount",
        compute="_compute_amounts",
        store=True,
        help="Amount of one period without taxes.",
    )
    amount_tax = fields.Monetary(
        string="Taxes",
        compute="_compute_amounts",
        store=True,
        help="Taxes of one period.",
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amounts",
        store=True,
        help="Amount of one period with taxes.",
    )

    _origin_plan_idx = models.Index(
        "(origin_order_id, plan_id) WHERE origin_order_id IS NOT NULL"
    )

    # === Compute === #

    @api.depends("line_ids.price_subtotal", "line_ids.tax_ids", "currency_id")
    def _compute_amounts(self):
        AccountTax = self.env["account.tax"]
        for subscription in self:
            company = subscription.company_id
            base_lines = [
                line._prepare_base_line_for_taxes_computation()
                for line in subscription.line_ids
            ]
            AccountTax._add_tax_details_in_base_lines(base_lines, company)
            AccountTax._round_base_lines_tax_details(base_lines, company)
            totals = AccountTax._get_tax_totals_summary(
                base_lines=base_lines,
                currency=subscription.currency_id or company.currency_id,
                company=company,
            )
            subscription.amount_untaxed = totals["base_amount_currency"]
            subscription.amount_tax = totals["tax_amount_currency"]
            subscription.amount_total = totals["total_amount_currency"]

    def _compute_access_url(self):
        super()._compute_access_url()
        for subscription in self:
            subscription.access_url = f"/my/subscriptions/{subscription.id}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_reckoned(vals)
            self.browse()._check_life(vals)
            company = self.env["res.company"].browse(vals.get("company_id"))
            sequence = self.env["ir.sequence"].with_company(company or self.env.company)
            vals["name"] = sequence.next_by_code("sales.subscription")
        subscriptions = super().create(vals_list)
        subscriptions._check_created_state()
        subscriptions._log_event("subscription.created")
        return subscriptions

    def write(self, vals):
        self._check_reckoned(vals)
        self._check_life(vals)
        self._check_agreed(vals)
        return super().write(vals)

    @api.model
    def _check_reckoned(self, vals):
        if set_by_hand := RECKONED_FIELDS & vals.keys():
            raise SubscriptionLockedError(
                self.env._(
                    "%(fields)s: reckoned from the calendar and the periods billed, "
                    "cannot be set.",
                    fields=", ".join(sorted(set_by_hand)),
                )
            )

    def _check_life(self, vals):
        """Refuse what only the moves set; over RPC ``readonly`` stops nobody."""
        names = [name for name in LIFE_FIELDS & vals.keys() if vals[name]]
        names += [name for name in LIFE_FIELDS & vals.keys() if any(self.mapped(name))]
        if names and not (self and all(may_amend(one.id) for one in self)):
            raise SubscriptionLockedError(
                self.env._(
                    "%(fields)s: follows what happens to the subscription, cannot be "
                    "set. Use the buttons.",
                    fields=", ".join(sorted(set(names))),
                )
            )

    def _write_life(self, vals):
        """Write what only the moves set."""
        with amending(self):
            return self.write(vals)

    def _check_agreed(self, vals):
        changed = AGREED_FIELDS & vals.keys()
        for subscription in self if changed else ():
            running = subscription.state != "draft" and not may_amend(subscription.id)
            if running and any(
                subscription._is_changed(name, vals[name]) for name in changed
            ):
                raise SubscriptionLockedError(
                    self.env._(
                        "%(fields)s: fixed since %(name)s was started. Cancel it and "
                        "start a new subscription instead.",
                        fields=", ".join(sorted(changed)),
                        name=subscription.name,
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        new, old = (
            field.convert_to_cache(one, self, validate=False)
            for one in (value, self[name])
        )
        return new != old

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        for subscription in self:
            if subscription.state != "draft" or subscription.sudo().period_ids:
                raise SubscriptionLockedError(
                    self.env._(
                        "%(name)s cannot be deleted: only drafts without any billed "
                        "period can. Cancel it instead.",
                        name=subscription.name,
                    )
                )
