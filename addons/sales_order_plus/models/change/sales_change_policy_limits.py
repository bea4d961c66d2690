from odoo import api, fields, models

from .sales_order_change_line import KINDS

QUANTITY_KINDS = ("quantity", "remove")


class SalesChangePolicy(models.Model):
    """How far a confirmed order is changed without anybody deciding."""

    _inherit = "sales.change.policy"

    limit_changes = fields.Boolean(
        string="Limits for Changes",
        help="Change requests within the limits are applied as soon as they are "
        "submitted; those beyond wait for approval, or for a sales manager.",
    )
    change_quantity_percent = fields.Float(
        string="Quantity ± (%)",
        digits=(16, 2),
        help="How much more or less of a line is within the limits; 0: any quantity.",
    )
    change_amount = fields.Monetary(
        string="Difference Up To",
        help="How much dearer or cheaper the order may become, with taxes; 0: any "
        "amount.",
    )
    change_days = fields.Integer(
        string="Days",
        help="By how many days the delivery may move; 0: any number.",
    )
    change_kind_ids = fields.One2many(
        "sales.change.policy.kind",
        "policy_id",
        string="Kinds",
        copy=True,
        default=lambda self: self._get_default_kinds(),
        help="Which kinds of changes need no decision, and which the customer may ask "
        "for; kinds that are missing need one, and are not for customers.",
    )
    change_until_picked = fields.Boolean(
        string="Customers Until Picking",
        default=True,
        help="Customers change an order only until goods are picked or a transfer is "
        "printed.",
    )

    _change_limits_positive = models.Constraint(
        "CHECK(change_quantity_percent >= 0 AND change_amount >= 0 "
        "AND change_days >= 0)",
        "Limits: give numbers of 0 or more.",
    )

    @api.model
    def _get_default_kinds(self):
        staff = ("quantity", "date", "carrier", "priority", "instructions", "special")
        for_customer = (
            "quantity",
            "date",
            "delivery_address",
            "instructions",
            "special",
        )
        return [
            fields.Command.create(
                {
                    "kind": kind,
                    "is_free": kind in (*staff, "delivery_address"),
                    "is_for_customer": kind in for_customer,
                }
            )
            for kind, _label in KINDS
        ]

    # === What is beyond === #

    def _get_change_excess(self, change):
        """Return texts: how ``change`` is beyond these limits."""
        self.ensure_one()
        checks = (
            self._get_kind_excess,
            self._get_quantity_excess,
            self._get_amount_excess,
            self._get_date_excess,
        )
        return [text for check in checks for text in check(change)]

    def _get_kind_excess(self, change):
        free = self.change_kind_ids.filtered("is_free").mapped("kind")
        labels = dict(change.line_ids._fields["kind"]._description_selection(self.env))
        kinds = dict.fromkeys(change.line_ids.mapped("kind"))
        return [
            self.env._("%s is always decided by somebody", labels[kind])
            for kind in kinds
            if kind not in free
        ]

    def _get_quantity_excess(self, change):
        limit = self.change_quantity_percent
        if not limit:
            return []
        found = []
        for line in change.line_ids.filtered(lambda one: one.kind in QUANTITY_KINDS):
            percent = line._get_quantity_percent()
            if round(abs(percent) - limit, 2) > 0:
                found.append(
                    self.env._(
                        "%(product)s %(percent)s %% (limit ±%(limit)s %%)",
                        product=line.line_id.product_id.display_name,
                        percent=f"{percent:+.4g}",
                        limit=f"{limit:g}",
                    )
                )
        return found

    def _get_amount_excess(self, change):
        limit, delta = self.change_amount, change._get_company_delta()
        if not limit or self.currency_id.compare_amounts(abs(delta), limit) <= 0:
            return []
        return [
            self.env._(
                "Difference %(delta)s (limit %(limit)s)",
                delta=self.currency_id.format(delta),
                limit=self.currency_id.format(limit),
            )
        ]

    def _get_date_excess(self, change):
        days = change._get_date_shift()
        if not self.change_days or abs(days) <= self.change_days:
            return []
        return [
            self.env._(
                "Delivery %(days)s days (limit %(limit)s)",
                days=f"{days:+d}",
                limit=self.change_days,
            )
        ]


class SalesChangePolicyKind(models.Model):
    """What a policy says of one kind of change."""

    _name = "sales.change.policy.kind"
    _description = "Kind of Change in a Policy"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "sales.change.policy",
        required=True,
        index=True,
        ondelete="cascade",
        help="The policy.",
    )
    sequence = fields.Integer(default=10, help="Order in the list.")
    kind = fields.Selection(selection=KINDS, required=True, help="What is changed.")
    is_free = fields.Boolean(
        string="Without Decision",
        help="Applied at once where the limits are kept.",
    )
    is_for_customer = fields.Boolean(
        string="By the Customer", help="Customers may ask for it in the portal."
    )

    _kind_uniq = models.UniqueIndex(
        "(policy_id, kind)", "Kinds: each kind is listed once."
    )


class SalesOrderChange(models.Model):
    """What limits and approvals measure of a request."""

    _inherit = "sales.order.change"

    def _get_company_delta(self):
        """Return the difference in the currency of the company, with taxes."""
        self.ensure_one()
        order = self.order_id.sudo()
        company = order.company_id
        return order.currency_id._convert(
            self.amount_delta, company.currency_id, company, order.date_order.date()
        )

    def _get_date_shift(self):
        """Return by how many days the delivery moves, the farthest of the changes."""
        self.ensure_one()
        shifts = [line._get_date_shift() for line in self.line_ids]
        return max(shifts, key=abs, default=0)


class SalesOrderChangeLine(models.Model):
    _inherit = "sales.order.change.line"

    def _get_quantity_percent(self):
        """Return how much more or less of the line it is, in percent."""
        self.ensure_one()
        old = self._get_base_value("product_uom_qty")
        new = 0 if self.kind == "remove" else self.quantity
        return 100 * (new - old) / old if old else 100.0

    def _get_base_value(self, name):
        """Return what the line was when the request was made; after it is applied too."""
        base = (self.change_id.base_terms or {}).get("lines", {})
        row = base.get(str(self.line_id.id), {})
        return row.get(name, self.line_id[name])

    def _get_date_shift(self):
        if self.kind != "date":
            return 0
        header = (self.change_id.base_terms or {}).get("header", {})
        old = header.get("commitment_date") or header.get("requested_date")
        new = self.commitment_date or self.requested_date
        if not old:
            # sudo: when Odoo would have delivered.
            old = self.change_id.order_id.sudo().expected_date
        if not (old and new):
            return 0
        return (fields.Date.to_date(new) - fields.Date.to_date(old)).days
