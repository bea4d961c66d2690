from odoo import fields, models


class SalesValidationDryRun(models.TransientModel):
    """What a rule would have stopped: tried on the last orders, before it is on."""

    _name = "sales.validation.dry.run"
    _description = "Try a Validation Rule on the Last Orders"

    rule_id = fields.Many2one(
        "sales.validation.rule",
        required=True,
        ondelete="cascade",
        help="The rule, as it is saved now; it need not be active.",
    )
    limit = fields.Integer(
        string="Last Orders",
        required=True,
        default=200,
        help="How many of the newest orders are looked at, without cancelled ones.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Orders of this company, amounts in its currency.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    looked_at = fields.Integer(readonly=True, help="Orders that were looked at.")
    hit_count = fields.Integer(
        string="Would Be Hit", readonly=True, help="Orders the rule says something to."
    )
    amount = fields.Monetary(
        readonly=True, help="Their totals with taxes, in company currency."
    )
    line_ids = fields.One2many(
        "sales.validation.dry.run.line",
        "dry_run_id",
        readonly=True,
        help="The orders, and what the rule says.",
    )

    _limit_sane = models.Constraint(
        'CHECK ("limit" BETWEEN 1 AND 5000)',
        "Last Orders: give a number between 1 and 5,000.",
    )

    def action_run(self):
        """Look at the orders; nothing is changed.

        :return: window action of this dialog with the result
        """
        self.ensure_one()
        orders = self._get_orders()
        findings = self.rule_id._try_on(orders)
        hit = orders.filtered(lambda order: order in findings)
        self.line_ids.unlink()
        self.write(
            {
                "looked_at": len(orders),
                "hit_count": len(hit),
                "amount": sum(hit.mapped("amount_total_company")),
                "line_ids": [
                    fields.Command.create(
                        {
                            "order_id": order.id,
                            "message": "\n".join(
                                one.message for one in findings[order]
                            ),
                        }
                    )
                    for order in hit
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on the Last Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_orders(self):
        return self.env["sale.order"].search(
            [("company_id", "=", self.company_id.id), ("state", "!=", "cancel")],
            order="date_order desc, id desc",
            limit=self.limit,
        )


class SalesValidationDryRunLine(models.TransientModel):
    _name = "sales.validation.dry.run.line"
    _description = "Order a Validation Rule Would Hit"

    dry_run_id = fields.Many2one(
        "sales.validation.dry.run", required=True, ondelete="cascade", help="The trial."
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", help="The order."
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    date_order = fields.Datetime(related="order_id.date_order")
    amount = fields.Monetary(
        related="order_id.amount_total_company",
        currency_field="currency_id",
        string="Total",
    )
    currency_id = fields.Many2one(related="dry_run_id.currency_id")
    message = fields.Text(readonly=True, help="What the rule says.")

    def action_open(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self.order_id.get_formview_action()
