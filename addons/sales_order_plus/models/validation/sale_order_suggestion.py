from odoo import api, models
from odoo.fields import Command

from ...exceptions import SuggestionError


class SaleOrder(models.Model):
    """What a click on a suggestion does, and the way to a bypass."""

    _inherit = "sale.order"

    @api.model
    def _get_suggestion_methods(self):
        """Return {key: name of the method}; nothing else is ever called."""
        return {
            "set_quantity": "_suggest_set_quantity",
            "set_discount": "_suggest_set_discount",
            "set_taxes": "_suggest_set_taxes",
            "set_carrier": "_suggest_set_carrier",
            "add_product": "_suggest_add_product",
        }

    def action_apply_suggestion(self, *, token: str):
        """Do what a suggestion of a current finding says.

        :param str token: ``token`` of one of the suggestions in ``rule_findings``
        :return: True
        :raise SuggestionError: if no current finding suggests it any more
        """
        self.ensure_one()
        self.check_access("write")
        suggestion = self._get_suggestion(token)
        method = self._get_suggestion_methods().get(suggestion and suggestion["key"])
        if not method:
            raise SuggestionError(
                self.env._(
                    "Suggestion: %(order)s has changed, this is no longer suggested. "
                    "Load the order again.",
                    order=self.name,
                ),
                field="token",
            )
        undo = getattr(self, method)(**suggestion["args"])
        self._log_event("rule.suggestion", key=suggestion["key"])
        self.message_post(
            body=self.env._(
                "%(label)s (before: %(before)s)",
                label=suggestion["label"],
                before=undo,
            )
        )
        return True

    def _get_suggestion(self, token):
        return next(
            (
                one
                for finding in self._get_current_findings()
                for one in finding.suggestions
                if one["token"] == token
            ),
            None,
        )

    def _get_suggested_line(self, line_id):
        return self.order_line.filtered(lambda line: line.id == line_id)

    def _suggest_set_quantity(self, line_id, quantity):
        line = self._get_suggested_line(line_id)
        before, line.product_uom_qty = line.product_uom_qty, quantity
        return f"{before:g}"

    def _suggest_set_discount(self, line_id, discount):
        line = self._get_suggested_line(line_id)
        before, line.discount = line.discount, discount
        return f"{before:g} %"

    def _suggest_set_taxes(self, line_id, tax_ids):
        line = self._get_suggested_line(line_id)
        before = ", ".join(line.tax_ids.mapped("name")) or "-"
        line.tax_ids = [Command.set(tax_ids)]
        return before

    def _suggest_set_carrier(self, carrier_id):
        before = self.carrier_id.name or "-"
        carrier = self.env["delivery.carrier"].browse(carrier_id)
        rate = carrier.rate_shipment(self)
        if not rate["success"]:
            raise SuggestionError(rate["error_message"], field="carrier_id")
        self.set_delivery_line(carrier, rate["price"])
        return before

    def _suggest_add_product(self, product_id, quantity):
        values = {"product_id": product_id, "product_uom_qty": quantity}
        self.order_line = [Command.create(values)]
        return self.env._("not on the order")

    def action_ask_bypass(self, *, rule_id: int):
        """Open the dialog that asks for a bypass of one rule.

        :param int rule_id: the rule
        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Let This Order Pass"),
            "res_model": "sales.validation.bypass.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id, "default_rule_id": rule_id},
        }

    def action_view_bypasses(self):
        """Open the bypasses of this order.

        :return: window action
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_validation_bypass_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}
