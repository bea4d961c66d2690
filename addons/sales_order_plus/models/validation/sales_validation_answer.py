import json
import logging
import time
from datetime import timedelta

import requests

from odoo import SUPERUSER_ID, api, fields, models

from .finding import Hit, is_displaying

_logger = logging.getLogger(__name__)
MAX_ANSWER = 1024 * 1024
CACHE = "sales_validation_answers"


class SalesValidationAnswer(models.Model):
    """What an outside service said about an order as it was; kept for a while.

    The order is named without a foreign key: the row is written by a connection of
    its own, so that a refused confirmation need not ask again.
    """

    _name = "sales.validation.answer"
    _description = "Answer of a Validation Service"
    _log_access = False

    rule_id = fields.Integer(required=True, help="Rule that asked.")
    order_id = fields.Integer(required=True, help="Order it was about.")
    fingerprint = fields.Char(required=True, help="What the order was like.")
    findings = fields.Json(help="What the service found.")
    expires = fields.Datetime(required=True, index=True, help="Ask again after it.")

    _asked_idx = models.Index("(order_id, rule_id, fingerprint)")

    @api.autovacuum
    def _gc_expired(self):
        self.sudo().search([("expires", "<", fields.Datetime.now())]).unlink()

    @api.model
    def _get_known(self, rule, prints):
        """Return {order: findings} of the answers that still hold."""
        known = {
            order: findings
            for order, seal in prints.items()
            if (findings := self._get_memory().get((rule.id, order.id, seal)))
            is not None
        }
        rows = self.sudo().search(
            [
                ("rule_id", "=", rule.id),
                ("order_id", "in", [id_ for order in prints for id_ in order.ids]),
                ("expires", ">", fields.Datetime.now()),
            ]
        )
        stored = {(row.order_id, row.fingerprint): row.findings or [] for row in rows}
        for order, seal in prints.items():
            if order not in known and (order.id, seal) in stored:
                known[order] = stored[order.id, seal]
        return known

    @api.model
    def _get_memory(self):
        """Return the answers of this transaction: its snapshot misses their rows."""
        return self.env.cr.cache.setdefault(CACHE, {})

    @api.model
    def _keep(self, rule, prints, answers):
        expires = fields.Datetime.now() + timedelta(minutes=rule.cache_minutes)
        rows = [
            {
                "rule_id": rule.id,
                "order_id": order.id,
                "fingerprint": seal,
                "findings": [one for one in answers if one["order_id"] == order.id],
                "expires": expires,
            }
            for order, seal in prints.items()
        ]
        for row in rows:
            key = (row["rule_id"], row["order_id"], row["fingerprint"])
            self._get_memory()[key] = row["findings"]
        with self.env.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})[self._name].create(rows)


class SalesValidationRule(models.Model):
    """Rules that ask an outside service."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_webhook_hits(self, rule, orders):
        """Return {order: [Hit]}; while displaying only what is known already."""
        prints = {order: order._get_validation_fingerprint() for order in orders}
        answers = self.env["sales.validation.answer"]
        known = answers._get_known(rule, prints)
        asked = {o: seal for o, seal in prints.items() if o not in known}
        hits = {}
        if asked and not is_displaying():
            given = self._ask_service(rule, list(asked))
            if given is None:
                severity = "info" if rule.fail_policy == "open" else None
                hit = Hit(self._get_no_answer_message(rule), severity=severity)
                hits = {order: [hit] for order in asked}
            else:
                answers._keep(rule, asked, given)
                known.update(
                    (o, [one for one in given if one["order_id"] == o.id])
                    for o in asked
                )
        for order, findings in known.items():
            hits.update(self._get_answer_hits(order, findings))
        return hits

    @api.model
    def _get_no_answer_message(self, rule):
        if rule.fail_policy == "open":
            return self.env._("the service did not answer; the order may go on.")
        return self.env._("the service did not answer. Try again in a few minutes.")

    @api.model
    def _ask_service(self, rule, orders):
        """Return the list of findings, or None if there was no usable answer."""
        payload = {
            "rule": rule.code,
            "orders": [order._prepare_validation_payload() for order in orders],
        }
        try:
            answer = self._post_service(rule, payload)
            return [
                one
                for one in answer["findings"]
                if isinstance(one, dict) and isinstance(one.get("order_id"), int)
            ]
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            _logger.info("Validation service of rule %s: %s", rule.code, error)
            return None

    @api.model
    def _post_service(self, rule, payload):
        """Return the decoded answer; a slow drip does not outlast the time-out."""
        deadline, body = time.monotonic() + rule.timeout, b""
        with requests.post(
            rule.url,
            json=payload,
            timeout=rule.timeout,
            stream=True,
            allow_redirects=False,
        ) as response:
            response.raise_for_status()
            for chunk in response.iter_content(8192):
                body += chunk
                if time.monotonic() > deadline or len(body) > MAX_ANSWER:
                    raise requests.Timeout("the answer is too slow or too long")
        return json.loads(body)

    @api.model
    def _ask_services(self, orders, operation):
        """Ask before anything is written or locked; the answers are kept."""
        for rule in self._get_rules(operation):
            if rule.kind == "webhook":
                self._run(rule, orders.sudo(), operation)
