from ast import literal_eval
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..seam.filters import looks_elsewhere
from ..seam.moments import get_local
from .sales_validation_rule import TRIGGERS

OPERATION_TRIGGERS = {"amend": "confirm", "deliver": "delivery"}


@dataclass(frozen=True)
class RuleData:
    """A rule as plain data: read once, kept until a rule changes."""

    id: int
    name: str
    code: str
    kind: str
    check_key: str
    target: str
    domain: tuple
    threshold: float
    days: int
    severity: str
    message: str
    is_bypassable: bool
    category: str
    legal_reference: str
    jurisdiction: str
    url: str
    timeout: float
    fail_policy: str
    cache_minutes: int
    triggers: frozenset
    server_action_id: int
    company_id: int
    order_type_ids: frozenset
    sales_channel_ids: frozenset
    customer_class: str
    partner_domain: str
    grade_ids: frozenset
    not_grade_ids: frozenset
    categ_ids: frozenset
    country_group_ids: frozenset
    exempt_group_ids: frozenset
    product_ids: tuple
    required_documents: list
    date_from: object
    date_to: object
    weekdays: str
    hour_from: float
    hour_to: float
    # Whether it may look at what others sell in the same moment.
    shared: bool

    @property
    def scoped(self):
        """Whether the rule is not for every order."""
        return bool(
            self.company_id
            or self.order_type_ids
            or self.sales_channel_ids
            or self.customer_class
            or self.partner_domain not in (False, "", "[]")
            or self.grade_ids
            or self.not_grade_ids
            or self.categ_ids
            or self.country_group_ids
        )

    @property
    def timed(self):
        """Whether the rule holds only at certain times."""
        return bool(
            self.date_from
            or self.date_to
            or self.weekdays
            or self.hour_from > 0
            or self.hour_to < 24
        )


class SalesValidationRule(models.Model):
    """The rules as cached data, and which orders they are for."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_rules(self, operation):
        """Return the rules for ``operation``, in their order; read once, then kept."""
        trigger = OPERATION_TRIGGERS.get(operation, operation)
        rules = self._get_all_rules(self.env.lang or "en_US")
        return [rule for rule in rules if trigger in rule.triggers]

    @api.model
    @ormcache("lang", "self._get_version()")
    def _get_all_rules(self, lang):
        # sudo: the rules hold for everybody, also for who may not read them.
        rules = (
            self.sudo()
            .with_context(lang=lang, active_test=True)
            .search([("active", "=", True)])
        )
        return tuple(rule._prepare_rule_data() for rule in rules)

    def _prepare_rule_data(self):
        """Return the rule as :class:`RuleData`."""
        self.ensure_one()
        values = {}
        for name, kind in RuleData.__annotations__.items():
            if name in ("domain", "triggers", "shared"):
                continue
            value = self[name]
            if isinstance(value, models.BaseModel):
                many = self._fields[name].type != "many2one"
                value = kind(value.ids) if many else value.id
            values[name] = value
        return RuleData(
            **values,
            domain=tuple(self._get_own_domain()),
            triggers=frozenset(one for one in TRIGGERS if self[f"on_{one}"]),
            shared=self._is_shared(),
        )

    def _is_shared(self):
        """Whether the rule may look at what others sell in the same moment."""
        self.ensure_one()
        if self.kind == "check":
            return self.check_key in self._get_shared_checks()
        model = "sale.order.line" if self.target == "line" else "sale.order"
        return self.kind != "domain" or looks_elsewhere(
            self.env[model], self._get_own_domain()
        )

    @api.model
    def _get_shared_checks(self):
        """Return the keys of checks that look at more than the order itself."""
        return {"stock", "duplicate"}

    def _get_own_domain(self):
        text = self.line_domain if self.target == "line" else self.domain
        try:
            return literal_eval(text or "[]")
        except (ValueError, SyntaxError):
            # A rule made by SQL or an old version: the pass reports it as broken.
            return [("broken rule", "=", text)]

    # === Scope === #

    @api.model
    def _filter_scope(self, rule, orders):
        """Return those of ``orders`` that ``rule`` is for."""
        if rule.scoped:
            orders = orders.filtered(lambda order: self._is_in_scope(rule, order))
        if rule.timed:
            orders = orders.filtered(lambda order: self._is_in_time(rule, order))
        if rule.exempt_group_ids and self._is_exempt(rule):
            return orders.browse()
        return orders

    @api.model
    def _is_in_scope(self, rule, order):
        grade = order.partner_id.commercial_partner_id.grade_id.id
        groups = rule.country_group_ids and frozenset(
            order.partner_shipping_id.country_id.country_group_ids.ids
        )
        return (
            (not rule.company_id or order.company_id.id == rule.company_id)
            and (
                not rule.order_type_ids or order.order_type_id.id in rule.order_type_ids
            )
            and (
                not rule.sales_channel_ids
                or order.sales_channel_id.id in rule.sales_channel_ids
            )
            and (not rule.customer_class or order.customer_class == rule.customer_class)
            and (not rule.grade_ids or grade in rule.grade_ids)
            and grade not in rule.not_grade_ids
            and (not rule.country_group_ids or bool(groups & rule.country_group_ids))
            and (not rule.categ_ids or bool(self._filter_lines(rule, order)))
        )

    @api.model
    def _filter_lines(self, rule, orders):
        """Return the lines with products the rule is for."""
        lines = orders.order_line.filtered(
            lambda line: line.product_id and not line.display_type
        )
        if not rule.categ_ids:
            return lines
        return lines.filtered(
            lambda line: line.product_id.categ_id._is_within(rule.categ_ids)
        )

    @api.model
    def _is_in_time(self, rule, order):
        now = get_local(fields.Datetime.now(), order.order_tz)
        hour = now.hour + now.minute / 60
        return (
            (not rule.date_from or now.date() >= rule.date_from)
            and (not rule.date_to or now.date() <= rule.date_to)
            and (not rule.weekdays or str(now.weekday()) in rule.weekdays)
            and rule.hour_from <= hour < rule.hour_to
        )

    @api.model
    def _is_exempt(self, rule):
        """Return whether the user is one the rule does not look at.

        The customer and the superuser never are: they act for nobody with a role.
        """
        user = self.env.user
        if user.id == api.SUPERUSER_ID or not user._is_internal():
            return False
        return not rule.exempt_group_ids.isdisjoint(user._get_group_ids())

    @api.model
    def _get_domain_hits(self, rule, orders):
        """Return {order: [line or None]} that the filter of ``rule`` finds."""
        domain = Domain(list(rule.domain))
        if rule.target == "order":
            return {order: [None] for order in orders.filtered_domain(domain)}
        lines = self._filter_lines(rule, orders).filtered_domain(domain)
        return {order: list(own) for order, own in lines.grouped("order_id").items()}
