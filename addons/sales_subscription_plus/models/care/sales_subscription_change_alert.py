from odoo import models

from .alerting import alerting, holding_alerts


class SalesSubscriptionChange(models.Model):
    """What is changed at once is told by itself; what is arranged, when it is arranged."""

    _inherit = "sales.subscription.change"

    def action_confirm(self):
        for change in self:
            expected = change._get_expected_amount()
            with alerting(change.subscription_id):
                super(SalesSubscriptionChange, change).action_confirm()
            # A migration with a mail of its own tells its customers itself.
            told = change.sudo().migration_id.template_id
            if change.state == "scheduled" and not told:
                change._alert_arranged(expected)

    def action_undo(self):
        arranged = self.filtered(lambda change: change.state == "scheduled")
        result = super().action_undo()
        for change in arranged:
            lang = change.subscription_id._in_language().env
            text = lang._("Undone: %(change)s", change=change._get_alert_text())
            change.subscription_id._alert("change", [text])
        return result

    def preview(self):
        with holding_alerts():
            return super().preview()

    def _apply(self):
        with holding_alerts():
            return super()._apply()

    def _get_expected_amount(self):
        """Return what a period costs after it, where it is not made at once."""
        self.ensure_one()
        subscription = self.subscription_id
        if self.state != "draft" or self._get_refusal():
            return None
        if self._get_date() <= subscription._get_today():
            return None
        return self.preview()["amount_after"]

    def _alert_arranged(self, amount):
        self.ensure_one()
        texts = [self._get_alert_text()]
        self.subscription_id._alert("change", texts, self.date, amount)

    def _get_alert_text(self):
        self.ensure_one()
        # sudo: products of what was agreed, whoever changes it.
        change = self.sudo().with_context(
            lang=self.subscription_id._in_language().env.lang
        )
        text = change.display_name
        if change.kind == "quantity":
            text = f"{text}, {change.line_id.quantity:g} → {change.quantity:g}"
        return text
