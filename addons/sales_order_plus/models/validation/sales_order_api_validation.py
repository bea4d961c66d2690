from odoo import api, models

from ...exceptions import BypassError


class SalesOrderApi(models.AbstractModel):
    """Rules over RPC: look before you confirm."""

    _inherit = "sales.order.api"

    @api.model
    def validate_order(self, *, name: str):
        """Say what stands against confirming one quotation, without trying it.

        :param str name: number of the order
        :return: dict with ``id``, ``name``, ``guard_state`` and ``findings``: what
            ``rule_findings`` of the order gives
        :raise UserError: if there is no such order that the user may read
        """
        order = self._get_order_by_name(name)
        return {
            "id": order.id,
            "name": order.name,
            "guard_state": order.guard_state,
            "findings": order.rule_findings or [],
        }

    @api.model
    def ask_bypass(self, *, name: str, rule: str, reason: str, days: int = 7):
        """Let one order pass one rule, or ask who may decide.

        :param str name: number of the order
        :param str rule: code of the rule
        :param str reason: why
        :param int days: how long it holds
        :return: dict with ``id`` and ``state`` (granted or asked)
        :raise BypassError: names what is missing
        """
        order = self._get_order_by_name(name)
        codes = {one.code: one.rule_id for one in order._get_current_findings()}
        if rule not in codes:
            raise BypassError(
                self.env._(
                    "rule: “%(rule)s” says nothing against %(order)s. Findings: "
                    "%(codes)s.",
                    rule=rule,
                    order=name,
                    codes=", ".join(sorted(codes)) or "-",
                ),
                field="rule",
            )
        own = self.env["sales.validation.rule"].browse(codes[rule])
        bypass = self.env["sales.validation.bypass"]._ask(order, own, reason, days)
        return {"id": bypass.id, "state": bypass.state}

    @api.model
    def apply_suggestion(self, *, name: str, token: str):
        """Do what a suggestion of a finding says.

        :param str name: number of the order
        :param str token: of the suggestion, as ``validate_order`` gives it
        :return: what ``validate_order`` gives afterwards
        :raise SuggestionError: if it is no longer suggested
        """
        self._get_order_by_name(name).action_apply_suggestion(token=token)
        return self.validate_order(name=name)
