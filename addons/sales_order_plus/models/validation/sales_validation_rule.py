import re
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...exceptions import ValidationRuleError
from ..order.res_partner_class import CUSTOMER_CLASSES

SEVERITIES = [
    ("info", "Information"),
    ("warn", "Warning"),
    ("hold", "Hold"),
    ("approve", "Needs approval"),
    ("block", "Block"),
]
TRIGGERS = ("edit", "save", "send", "confirm", "proforma", "delivery")
PLACEHOLDERS = (
    "order",
    "customer",
    "amount",
    "salesperson",
    "line",
    "product",
    "quantity",
    "price",
    "discount",
    "threshold",
    "days",
    "detail",
    "legal_reference",
)
# Kinds that reach beyond the data of the order.
SYSTEM_KINDS = ("webhook", "server_action")


class SalesValidationRule(models.Model):
    """What has to be right about an order, set up by a manager without a programmer."""

    _name = "sales.validation.rule"
    _description = "Validation Rule"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Named in messages and statistics."
    )
    code = fields.Char(
        required=True,
        copy=False,
        help="Stable name for programs, the code of the findings, such as no_po.",
    )
    sequence = fields.Integer(default=10, help="Rules are looked at in this order.")
    active = fields.Boolean(
        default=True, tracking=True, help="Archived rules say nothing."
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="Told when the rule is broken or slow.",
    )
    note = fields.Text(help="Why the rule exists; for us only.")

    # === What === #
    kind = fields.Selection(
        selection=[
            ("check", "Built-in check"),
            ("domain", "Filter"),
            ("webhook", "Outside service"),
            ("server_action", "Server action"),
        ],
        required=True,
        default="domain",
        tracking=True,
        help="How the rule finds what is wrong.",
    )
    check_key = fields.Selection(
        selection="_get_check_selection",
        string="Check",
        tracking=True,
        help="What is looked at.",
    )
    target = fields.Selection(
        selection=[("order", "Order"), ("line", "Lines")],
        required=True,
        default="order",
        help="What the filter looks at.",
    )
    domain = fields.Char(
        string="Order Filter",
        default="[]",
        tracking=True,
        help="Orders this filter finds are what is wrong. The status is no good "
        "criterion: it may have changed by then.",
    )
    line_domain = fields.Char(
        string="Line Filter",
        default="[]",
        tracking=True,
        help="Lines this filter finds are what is wrong.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain=[("model_id.model", "=", "sale.order")],
        ondelete="restrict",
        help="Runs with the orders as records; gives what is wrong as "
        "action = {'findings': [{'order_id': …, 'message': …}]}. What it writes is "
        "undone.",
    )
    threshold = fields.Float(
        tracking=True,
        help="The limit of the check: percent, kilograms, or an amount in company "
        "currency.",
    )
    days = fields.Integer(default=30, help="How many days the check looks back.")

    # === When === #
    on_edit = fields.Boolean(string="Editing", help="Shown while somebody edits.")
    on_save = fields.Boolean(
        string="Saving", help="A block refuses to save; anything else is only shown."
    )
    on_send = fields.Boolean(string="Sending", help="Looked at before it is sent.")
    on_confirm = fields.Boolean(
        string="Confirming",
        default=True,
        help="Looked at before it becomes an order, and when an order is changed.",
    )
    on_proforma = fields.Boolean(
        string="Proforma", help="Looked at before a proforma is issued."
    )
    on_delivery = fields.Boolean(
        string="Delivery", help="Looked at before goods of the order leave."
    )

    # === How strict === #
    severity = fields.Selection(
        selection=SEVERITIES,
        required=True,
        default="warn",
        tracking=True,
        help="Information and warning let pass. Hold and approval wait for somebody "
        "who may decide. Block refuses.",
    )
    message = fields.Text(
        translate=True,
        help="What people read: what is wrong and what to do. Empty: what the check "
        "says. You may use {order}, {customer}, {amount}, {salesperson}, {line}, "
        "{product}, {quantity}, {price}, {discount}, {threshold}, {days}, {detail}, "
        "{legal_reference}.",
    )
    is_bypassable = fields.Boolean(
        string="May be Bypassed",
        default=True,
        tracking=True,
        help="Somebody who may decide can let one order pass, with a reason.",
    )
    bypass_group_ids = fields.Many2many(
        "res.groups",
        "sales_validation_rule_bypass_group_rel",
        string="Bypass by",
        help="Who may let an order pass; empty: sales managers.",
    )
    exempt_group_ids = fields.Many2many(
        "res.groups",
        "sales_validation_rule_exempt_group_rel",
        string="Not for",
        help="The rule does not look at what these users do. When the customer acts, "
        "it looks.",
    )
    category = fields.Selection(
        selection=[
            ("commercial", "Commercial"),
            ("master_data", "Data"),
            ("logistics", "Delivery"),
            ("compliance", "Compliance"),
        ],
        default="commercial",
        required=True,
        help="For lists and statistics.",
    )
    legal_reference = fields.Char(help="Law or agreement the rule comes from.")

    # === For what === #
    order_type_ids = fields.Many2many(
        "sales.order.type", string="Order Types", help="Empty: all."
    )
    sales_channel_ids = fields.Many2many(
        "sales.channel", string="Channels", help="Empty: all."
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, string="Customer Type", help="Empty: all."
    )
    grade_ids = fields.Many2many(
        "res.partner.grade", string="Customer Levels", help="Empty: all."
    )
    not_grade_ids = fields.Many2many(
        "res.partner.grade",
        "sales_validation_rule_not_grade_rel",
        string="Except Customer Levels",
        help="Customers of these levels have rules of their own.",
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With the categories below them; empty: all.",
    )
    country_group_ids = fields.Many2many(
        "res.country.group",
        string="Delivered to",
        help="Groups of countries; empty: everywhere.",
    )
    date_from = fields.Date(help="First day, in the time zone of the order.")
    date_to = fields.Date(help="Last day, in the time zone of the order.")
    weekdays = fields.Selection(
        selection=[("01234", "Monday to Friday"), ("56", "Saturday and Sunday")],
        help="Days of the week, in the time zone of the order; empty: all.",
    )
    hour_from = fields.Float(help="From this time of the day.")
    hour_to = fields.Float(default=24.0, help="Until this time of the day.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Code: another rule has this code."
    )
    _hours_in_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Hours: begin before the end, between 0 and 24.",
    )
    _days_positive = models.Constraint(
        "CHECK (days >= 0)", "Days: give a number not less than 0."
    )

    # === Checks other addons add === #

    @api.model
    def _get_check_methods(self):
        """Return {key: label}; ``sale.order._check_rule_<key>(rule)`` does the work.

        It takes orders and a :class:`RuleData`, reads in batch, and returns
        {order: [Hit]}.
        """
        return {}

    @api.model
    def _get_check_selection(self):
        return sorted(self._get_check_methods().items(), key=lambda one: one[1])

    # === Constraints === #

    @api.constrains("kind", "check_key", "server_action_id")
    def _check_complete(self):
        needed = {"check": "check_key", "server_action": "server_action_id"}
        for rule in self:
            name = needed.get(rule.kind)
            if name and not rule[name]:
                raise ValidationRuleError(
                    self.env._(
                        "%(field)s: the rule “%(rule)s” needs one.",
                        field=self._fields[name].string,
                        rule=rule.name,
                    ),
                    field=name,
                )

    @api.constrains("domain", "line_domain", "kind", "target")
    def _check_domains(self):
        models_ = {"domain": "sale.order", "line_domain": "sale.order.line"}
        for rule in self.filtered(lambda one: one.kind == "domain"):
            for name, model in models_.items():
                rule._check_filter(name, model)
            own = rule.line_domain if rule.target == "line" else rule.domain
            if not literal_eval(own or "[]"):
                raise ValidationRuleError(
                    self.env._(
                        "“%(rule)s”: give a filter, else everything is wrong.",
                        rule=rule.name,
                    ),
                    field="domain",
                )

    def _check_filter(self, name, model):
        """Refuse a filter that cannot be read, or names what ``model`` does not have.

        :raise ValidationRuleError: names the field, the rule and what is wrong
        """
        self.ensure_one()
        try:
            domain = Domain(literal_eval(self[name] or "[]"))
            domain.validate(self.env[model])
        except (ValueError, TypeError, SyntaxError, KeyError) as error:
            raise ValidationRuleError(
                self.env._(
                    "%(field)s of “%(rule)s”: %(error)s",
                    field=self._fields[name].string,
                    rule=self.name,
                    error=error,
                ),
                field=name,
            ) from error

    @api.constrains("message")
    def _check_placeholders(self):
        for rule in self:
            used = set(re.findall(r"\{(.*?)\}", rule.message or ""))
            unknown = used - set(PLACEHOLDERS)
            if unknown:
                raise ValidationRuleError(
                    self.env._(
                        "Message: {%(unknown)s} is no placeholder. Use: %(known)s.",
                        unknown=", ".join(sorted(unknown)),
                        known=", ".join(PLACEHOLDERS),
                    ),
                    field="message",
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_system_kind(vals.get("kind"))
        return super().create(vals_list)

    def write(self, vals):
        for rule in self:
            self._check_system_kind(rule.kind)
        self._check_system_kind(vals.get("kind"))
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for rule, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", f"{rule.code}_copy")
            vals["active"] = False
        return vals_list

    def action_view_log(self):
        """Open what this rule has said.

        :return: window action
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_validation_log_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)]}

    def action_dry_run(self):
        """Open the dialog that tries the rule on the last orders.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on the Last Orders"),
            "res_model": "sales.validation.dry.run",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    def _check_system_kind(self, kind):
        """What runs code or calls out is for system administrators alone."""
        if kind in SYSTEM_KINDS and not self.env.is_system():
            raise AccessError(
                self.env._(
                    "Kind: only system administrators set up rules that call a "
                    "service or run a server action. Ask one of them."
                )
            )
