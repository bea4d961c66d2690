from odoo import api, fields, models


class SalesValidationBypassWizard(models.TransientModel):
    """Ask for the reason to let one order pass one rule."""

    _name = "sales.validation.bypass.wizard"
    _description = "Let an Order Pass a Rule"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order."
    )
    rule_id = fields.Many2one(
        "sales.validation.rule", required=True, readonly=True, help="The rule."
    )
    finding = fields.Text(compute="_compute_finding", help="What stands against it.")
    may_decide = fields.Boolean(
        compute="_compute_finding",
        help="You may let the order pass yourself; else somebody who may is asked.",
    )
    reason = fields.Text(required=True, help="Why it may pass; kept for good.")
    days = fields.Integer(
        string="Holds (days)",
        default=7,
        help="The bypass ends after these days, or when the order changes.",
    )

    @api.depends("order_id", "rule_id")
    def _compute_finding(self):
        for wizard in self:
            findings = [
                one
                for one in wizard.order_id._get_current_findings()
                if one.rule_id == wizard.rule_id.id
            ]
            wizard.finding = "\n".join(one.message for one in findings) or False
            stopping = any(one.stops for one in findings)
            may = wizard.rule_id._may_bypass(self.env.user)
            wizard.may_decide = may or not stopping

    def action_bypass(self):
        """Let the order pass, or ask who may decide.

        :return: window action that closes the dialog and tells what happened
        :raise BypassError: names what is missing
        """
        self.ensure_one()
        bypass = self.env["sales.validation.bypass"]._ask(
            self.order_id, self.rule_id, self.reason, self.days
        )
        granted = bypass.state == "granted"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if granted else "info",
                "message": self.env._("The order may pass.")
                if granted
                else self.env._("Somebody who may decide was asked."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
