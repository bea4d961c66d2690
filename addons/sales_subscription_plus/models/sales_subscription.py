from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..exceptions import SubscriptionLockedError
from ..tools import calendar

# Reckoned from the billing ledger and the calendar; nobody sets them by hand.
RECKONED_FIELDS = frozenset(
    {"current_end", "current_start", "next_billing_date", "period_no"}
)
# What was agreed when it was started; the periods billed rely on these.
AGREED_FIELDS = frozenset(
    {"anchor_date", "company_id", "partner_id", "plan_id", "pricelist_id"}
)


class SalesSubscription(models.Model):
    """An agreement to buy the same again each period, billed order by order."""

    _name = "sales.subscription"
    _inherit = [
        "sales.audit.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Subscription"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name"]

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
            ("active", "Active"),
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
        help="Only active subscriptions are billed. An expired one reached its end.",
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

    # === Customer === #

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        help="Who subscribed.",
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        compute="_compute_partner_addresses",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the invoices of the periods go.",
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Address",
        compute="_compute_partner_addresses",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the goods of the periods go.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Adapts taxes and accounts to the customer.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="When the invoices of the periods are due.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Gives the currency, and the price of products added later.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        help="Currency of the pricelist, else of the company.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        help="A period is due when its first day begins here.",
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

    # === Calendar === #

    anchor_date = fields.Date(
        string="Start Date",
        copy=False,
        tracking=True,
        help="First day of the first period; every period is reckoned from it.",
    )
    end_date = fields.Date(
        compute="_compute_end_date",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Last day of the subscription; periods that begin later are not billed. "
        "Empty: it goes on until it is cancelled.",
    )
    period_ids = fields.One2many(
        "sales.subscription.period",
        "subscription_id",
        string="Periods",
        readonly=True,
        copy=False,
        help="The billing ledger: one row for each period.",
    )
    period_no = fields.Integer(
        string="Period",
        compute="_compute_period_no",
        store=True,
        help="Number of the last period in the billing ledger; 0 before the first.",
    )
    current_start = fields.Date(
        string="Current Period From",
        compute="_compute_dates",
        store=True,
        help="First day of the last period in the billing ledger.",
    )
    current_end = fields.Date(
        string="Current Period To",
        compute="_compute_dates",
        store=True,
        help="Last day of the last period in the billing ledger.",
    )
    next_billing_date = fields.Date(
        string="Next Billing",
        compute="_compute_dates",
        store=True,
        index="btree_not_null",
        help="First day of the next period; it is billed on that day.",
    )
    order_count = fields.Integer(
        compute="_compute_document_counts",
        groups="base.group_user",
        help="Orders of the subscription, the origin order included.",
    )
    invoice_count = fields.Integer(
        compute="_compute_document_counts",
        groups="base.group_user",
        help="Invoices of the periods.",
    )
    paused_from = fields.Date(
        readonly=True,
        copy=False,
        help="Periods that begin from this day until it is resumed are not billed.",
    )

    _check_dates = models.Constraint(
        "CHECK(end_date IS NULL OR anchor_date IS NULL OR end_date >= anchor_date)",
        "End Date: it lies before the start date.",
    )
    _origin_plan_idx = models.Index(
        "(origin_order_id, plan_id) WHERE origin_order_id IS NOT NULL"
    )

    # === Compute === #

    @api.depends("partner_id")
    def _compute_partner_addresses(self):
        for subscription in self:
            addresses = subscription.partner_id.address_get(["invoice", "delivery"])
            subscription.partner_invoice_id = addresses["invoice"]
            subscription.partner_shipping_id = addresses["delivery"]

    @api.depends("partner_id", "partner_shipping_id", "company_id")
    def _compute_fiscal_position_id(self):
        for subscription in self:
            company = subscription.company_id
            positions = self.env["account.fiscal.position"].with_company(company)
            subscription.fiscal_position_id = positions._get_fiscal_position(
                subscription.partner_id, subscription.partner_shipping_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.payment_term_id = partner.property_payment_term_id

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for subscription in self:
            subscription.currency_id = (
                subscription.pricelist_id.currency_id
                or subscription.company_id.currency_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_tz(self):
        for subscription in self:
            subscription.tz = (
                subscription.partner_id.tz
                or subscription.company_id.partner_id.tz
                or "UTC"
            )

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

    @api.depends("plan_id", "anchor_date")
    def _compute_end_date(self):
        for subscription in self:
            plan, anchor = subscription.plan_id, subscription.anchor_date
            subscription.end_date = (
                plan._get_period(anchor, plan.term_count)[1]
                if anchor and plan.term_count
                else False
            )

    @api.depends("period_ids.period_no", "period_ids.kind")
    def _compute_period_no(self):
        for subscription in self:
            regular = subscription.period_ids.filtered(
                lambda row: row.kind == "regular"
            )
            numbers = set(regular.mapped("period_no"))
            number = 0
            while number + 1 in numbers:
                number += 1
            subscription.period_no = number

    @api.depends("state", "plan_id", "anchor_date", "end_date", "period_no")
    def _compute_dates(self):
        for subscription in self:
            current = subscription._get_period_dates(subscription.period_no)
            subscription.current_start, subscription.current_end = current
            subscription.next_billing_date = subscription._get_next_billing_date()

    @api.depends("origin_order_id", "period_ids.order_id", "period_ids.move_id")
    def _compute_document_counts(self):
        for subscription in self:
            orders = subscription.origin_order_id | subscription.period_ids.order_id
            subscription.order_count = len(orders)
            subscription.invoice_count = len(subscription.period_ids.move_id)

    def _compute_access_url(self):
        super()._compute_access_url()
        for subscription in self:
            subscription.access_url = f"/my/subscriptions/{subscription.id}"

    # === Calendar === #

    def _get_today(self):
        """Return today's date where the customer lives."""
        self.ensure_one()
        return calendar.get_local_date(fields.Datetime.now(), self.tz)

    def _get_period_dates(self, number):
        """Return (first day, last day) of period ``number``, or (False, False)."""
        self.ensure_one()
        if not (self.anchor_date and self.plan_id and number):
            return False, False
        return self.plan_id._get_period(self.anchor_date, number)

    def _get_next_billing_date(self):
        """Return the first day of the next period to bill, or False."""
        self.ensure_one()
        if self.state not in ("draft", "active"):
            return False
        start = self._get_period_dates(self.period_no + 1)[0]
        return False if self.end_date and start and start > self.end_date else start

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_reckoned(vals)
            company = self.env["res.company"].browse(vals.get("company_id"))
            sequence = self.env["ir.sequence"].with_company(company or self.env.company)
            vals["name"] = sequence.next_by_code("sales.subscription")
        subscriptions = super().create(vals_list)
        subscriptions._check_created_state()
        subscriptions._log_event("subscription.created")
        return subscriptions

    def write(self, vals):
        self._check_reckoned(vals)
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

    def _check_agreed(self, vals):
        changed = AGREED_FIELDS & vals.keys()
        for subscription in self if changed else ():
            if subscription.state != "draft" and any(
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

    # === Actions === #

    @api.readonly
    def action_preview(self):
        """Open the page the customer sees.

        :return: URL action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    def action_view_orders(self):
        """Open the orders of the subscription, the origin order included.

        :return: window action
        """
        orders = self.origin_order_id | self.period_ids.order_id
        return self._get_records_action(orders, "sale.action_orders")

    def action_view_invoices(self):
        """Open the invoices of the subscription's periods.

        :return: window action
        """
        return self._get_records_action(
            self.period_ids.move_id, "account.action_move_out_invoice_type"
        )

    def _get_view_action(self):
        """Return the window action that shows these subscriptions."""
        return self._get_records_action(
            self, "sales_subscription_plus.sales_subscription_action"
        )

    @api.model
    def _get_records_action(self, records, xml_id):
        """Return the action ``xml_id`` on ``records``: one opens by itself."""
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        action["context"] = {"create": False}
        if len(records) == 1:
            action.update(
                res_id=records.id, view_mode="form", views=[(False, "form")], domain=[]
            )
        else:
            action["domain"] = [("id", "in", records.ids)]
        return action
