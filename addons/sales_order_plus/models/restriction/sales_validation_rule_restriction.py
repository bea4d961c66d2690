from odoo import api, fields, models

from ...exceptions import ValidationRuleError


class SalesValidationRule(models.Model):
    """Checks that belong to a list of restrictions come and go with the list."""

    _inherit = "sales.validation.rule"

    jurisdiction = fields.Char(
        help="Where the law holds, such as European Union; named with the law."
    )

    @api.model
    def _get_restriction_values(self):
        """Return {check: values of its rule, beside those of every such rule}."""
        return {}

    @api.model
    def _has_check(self, key):
        """Return whether orders are checked for ``key``, without a query."""
        return any(rule.check_key == key for rule in self._get_rules("confirm"))

    @api.model
    def _switch_on(self, key):
        """Have a rule with the check ``key``: the one there is, or a new one."""
        if self._has_check(key):
            return
        domain = [("check_key", "=", key), ("company_id", "=", False)]
        known = self.with_context(active_test=False).search(domain, limit=1)
        if known:
            known.active = True
        else:
            self.create(self._prepare_restriction_vals(key))

    @api.model
    def _prepare_restriction_vals(self, key):
        return {
            "name": self._get_check_methods()[key],
            "code": key,
            "kind": "check",
            "check_key": key,
            "severity": "block",
            **self._get_restriction_values().get(key, {}),
        }

    @api.constrains(
        "active",
        "check_key",
        "severity",
        "on_confirm",
        "is_bypassable",
        "exempt_group_ids",
    )
    def _check_embargo_strict(self):
        """An embargo is law: nobody lets an order pass it, nobody is exempt."""
        for rule in self.filtered(lambda one: one.check_key == "embargo"):
            if not rule.active:
                rule._ensure_no_embargo()
            elif not rule._is_strict():
                raise ValidationRuleError(
                    self.env._(
                        "“%s” is about embargoes: it blocks when an order is confirmed, "
                        "cannot be bypassed and holds for everybody.",
                        rule.name,
                    ),
                    field="is_bypassable",
                )

    def _is_strict(self):
        self.ensure_one()
        blocks = self.severity == "block" and self.on_confirm
        return blocks and not (self.is_bypassable or self.exempt_group_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_embargo(self):
        for rule in self.filtered(lambda one: one.check_key == "embargo"):
            rule._ensure_no_embargo()

    def _ensure_no_embargo(self):
        if self.env["sales.embargo"].sudo().search_count([], limit=1):
            raise ValidationRuleError(
                self.env._(
                    "“%s” cannot be switched off while there are embargoes. Archive "
                    "the embargoes instead.",
                    self.name,
                ),
                field="active",
            )

    # === What people read === #

    @api.model
    def _get_finding_message(self, rule, order, hit):
        """Name the law of a compliance rule, where its text does not."""
        text = super()._get_finding_message(rule, order, hit)
        law = rule.legal_reference
        if rule.category != "compliance" or not law or law in text:
            return text
        return f"{text} ({', '.join(filter(None, (law, rule.jurisdiction)))})"
