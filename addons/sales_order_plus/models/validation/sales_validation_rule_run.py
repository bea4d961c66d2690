import hashlib
import json
import logging
import re
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

from psycopg2 import Error as PgError
from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..seam.granted import granted
from ..seam.sales_guard_mixin import STOPPING
from .finding import Hit, RuleFinding, RuleRun, is_displaying, record_run

_logger = logging.getLogger(__name__)
_SAVEPOINT = ContextVar("sales_validation_savepoint", default=None)


class SalesValidationRule(models.Model):
    """One pass of the rules over a set of orders."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_findings(self, orders, operation):
        """Return {order id: [RuleFinding]} of the rules for ``operation``.

        :param orders: sale.order records, also unsaved ones
        :param str operation: such as confirm, amend, save, send, proforma, deliver
        """
        found = {}
        # Most writes concern no order that rules look at.
        rules = self._get_rules(operation) if orders else ()
        # sudo: a rule reads what it must, whoever acts. The user stays.
        orders = orders.sudo()
        with self._surviving(rules):
            for rule in rules:
                for order_id, finding in self._run(rule, orders, operation).findings:
                    found.setdefault(order_id, []).append(finding)
        return self.env["sales.validation.bypass"]._drop_bypassed(orders, found)

    @api.model
    @contextmanager
    def _surviving(self, rules):
        """Let a failing query of a check not end the transaction.

        One savepoint for all: a check only reads, there is nothing to lose.
        """
        if not any(rule.kind == "check" for rule in rules):
            yield
            return
        with self.env.cr.savepoint(flush=False) as savepoint:
            with granted(_SAVEPOINT, savepoint):
                yield

    @api.model
    def _run(self, rule, orders, operation):
        started, queries = perf_counter(), self.env.cr.sql_log_count
        run = RuleRun(rule.id, len(orders), 0.0, 0)
        hits = self._get_safe_hits(rule, orders, run)
        run.findings = [
            (order.id, self._prepare_finding(rule, order, hit, operation))
            for order, own in hits.items()
            for hit in own
        ]
        run.milliseconds = (perf_counter() - started) * 1000
        run.queries = self.env.cr.sql_log_count - queries
        record_run(run)
        return run

    @api.model
    def _get_safe_hits(self, rule, orders, run):
        """Return {order: [Hit]}; a rule that fails never takes the order with it."""
        try:
            scoped = self._filter_scope(rule, orders)
            run.orders = len(scoped)
            return self._get_hits(rule, scoped) if scoped else {}
        except OperationalError:
            # A collision with another transaction: Odoo starts again.
            raise
        except Exception as error:
            _logger.warning("Validation rule %s failed", rule.code, exc_info=True)
            run.failed = True
            if isinstance(error, PgError) and _SAVEPOINT.get():
                _SAVEPOINT.get().rollback()
            self._report_broken(rule, error)
            if rule.severity not in STOPPING:
                return {}
            return {order: [Hit(self._get_broken_message(error))] for order in orders}

    @api.model
    def _get_broken_message(self, error):
        return self.env._(
            "the rule cannot be checked (%(error)s), so it stops every order. Tell "
            "the owner of the rule.",
            error=error,
        )

    @api.model
    def _get_hits(self, rule, orders):
        if rule.kind == "domain":
            found = self._get_domain_hits(rule, orders)
            return {
                order: [Hit(line=line) for line in lines]
                for order, lines in found.items()
            }
        if rule.kind == "check":
            return getattr(orders, f"_check_rule_{rule.check_key}")(rule)
        if rule.kind == "webhook":
            return self._get_webhook_hits(rule, orders)
        return {} if is_displaying() else self._get_action_hits(rule, orders)

    @api.model
    def _get_action_hits(self, rule, orders):
        """Run the server action of ``rule``; what it writes is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            action = self.env["ir.actions.server"].sudo().browse(rule.server_action_id)
            answer = action.with_context(
                active_model="sale.order",
                active_ids=orders.ids,
                active_id=orders[:1].id,
            ).run()
        except UserError as error:
            return {order: [Hit(str(error))] for order in orders}
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
        return self._get_answer_hits(orders, (answer or {}).get("findings", ()))

    @api.model
    def _get_answer_hits(self, orders, answers):
        """Return {order: [Hit]} of findings given as plain data."""
        hits, by_id = {}, {order.id: order for order in orders}
        severities = dict(self._fields["severity"].selection)
        for answer in answers:
            order = by_id.get(answer.get("order_id"))
            if order:
                lines = order.order_line
                given = answer.get("severity")
                hit = Hit(
                    str(answer.get("message") or ""),
                    lines.filtered(lambda x, a=answer: x.id == a.get("line_id"))[:1],
                    severity=given if given in severities else None,
                )
                hits.setdefault(order, []).append(hit)
        return hits

    # === Findings === #

    @api.model
    def _prepare_finding(self, rule, order, hit, operation):
        line_id = hit.line.id if hit.line else False
        severity = hit.severity or rule.severity
        if operation in ("save", "edit") and severity in ("hold", "approve"):
            # Nobody can decide on what is not written yet.
            severity = "warn"
        return RuleFinding(
            code=rule.code,
            message=self._get_finding_message(rule, order, hit),
            severity=severity,
            rule_id=rule.id,
            line_id=line_id,
            bypassable=rule.is_bypassable,
            suggestions=tuple(
                {
                    "token": self._get_token(rule, line_id, one.key, one.args),
                    "label": one.label,
                    "key": one.key,
                    "args": one.args,
                }
                for one in hit.suggestions
            ),
            links=tuple(
                {"model": model, "id": id_, "label": label}
                for model, id_, label in hit.links
            ),
        )

    @api.model
    def _get_token(self, *parts):
        content = json.dumps([str(one) for one in parts])
        return hashlib.sha256(content.encode()).hexdigest()[:20]

    @api.model
    def _get_finding_message(self, rule, order, hit):
        """Return the text people read, with its placeholders filled."""
        template = rule.message or ("{detail}" if hit.detail else "")
        text = re.sub(
            r"\{(\w+)\}",
            lambda match: self._get_placeholder(match[1], rule, order, hit),
            template,
        )
        if hit.line and "{" not in (rule.message or "") and not hit.detail:
            product = hit.line.product_id.display_name or hit.line.name
            text = f"{text} ({product})" if text else product
        if rule.severity in STOPPING and not (rule.message or hit.detail):
            text = ". ".join(filter(None, (text, self._get_next_step(rule))))
        return f"{rule.name}: {text}" if text else rule.name

    @api.model
    def _get_next_step(self, rule):
        """Say what to do where the rule itself does not."""
        if rule.is_bypassable:
            return self.env._(
                "Change the order, or ask somebody who may let it pass (Bypass)."
            )
        return self.env._("Change the order; nobody can let it pass as it is.")

    @api.model
    def _get_placeholder(self, name, rule, order, hit):
        """Return one value of the fixed list; texts never name other fields."""
        line = hit.line or order.order_line.browse()
        getters = {
            "order": lambda: order.name,
            "customer": lambda: order.partner_id.display_name,
            "amount": lambda: self._format_amount(order.amount_total, order),
            "salesperson": lambda: order.user_id.name,
            "line": lambda: line.name,
            "product": lambda: line.product_id.display_name,
            "quantity": lambda: f"{line.product_uom_qty:g} {line.product_uom_id.name}",
            "price": lambda: self._format_amount(line.price_unit, order),
            "discount": lambda: f"{line.discount:g} %",
            "threshold": lambda: f"{rule.threshold:g}",
            "days": lambda: str(rule.days),
            "detail": lambda: hit.detail,
            "legal_reference": lambda: rule.legal_reference,
        }
        return str(getters[name]() or "") if name in getters else f"{{{name}}}"

    @api.model
    def _format_amount(self, amount, order):
        return format_amount(self.env, amount, order.currency_id)

    # === Broken rules === #

    @api.model
    def _report_broken(self, rule, error):
        """Tell the owner once, though the transaction may be rolled back."""
        summary = self._get_broken_summary()
        if self._has_activity(rule.id, summary):
            return
        try:
            with self.env.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                own = env[self._name].browse(rule.id).exists()
                own and own._tell_owner(summary, str(error))
        except Exception:
            _logger.exception("The owner of rule %s could not be told", rule.code)

    @api.model
    def _get_broken_summary(self):
        return "Validation rule is broken"

    @api.model
    def _has_activity(self, rule_id, summary):
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "=", rule_id),
            ("summary", "=", summary),
        ]
        # sudo: the activity is the owner's.
        return bool(self.env["mail.activity"].sudo().search_count(domain, limit=1))

    def _tell_owner(self, summary, note):
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self.user_id.id,
        )
