from odoo import api, fields, models


class SalesQuotationBatch(models.TransientModel):
    """Do something with many quotations, each by itself, and say what became of each."""

    _name = "sales.quotation.batch"
    _description = "Confirm or Renew Quotations"

    operation = fields.Selection(
        selection=[("confirm", "Confirm"), ("renew", "Renew")],
        required=True,
        default=lambda self: self.env.context.get("quotation_operation", "confirm"),
        help="What is done with each of them.",
    )
    order_ids = fields.Many2many(
        "sale.order",
        string="Quotations",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        help="The quotations.",
    )
    days = fields.Integer(default=30, help="Days from today the renewed ones stand.")
    reprice = fields.Boolean(
        string="Prices of Today", help="Fetch today's prices into the renewed ones."
    )
    clone = fields.Boolean(
        string="As New Quotations",
        help="Make a new quotation of each, linked as its renewal, instead of a new "
        "revision of the same one.",
    )
    send = fields.Boolean(
        string="Mail to Customers", help="Mail each renewed quotation to its customer."
    )
    done = fields.Boolean(help="Whether the result is shown.")
    line_ids = fields.One2many(
        "sales.quotation.batch.line", "batch_id", readonly=True, help="The result."
    )
    summary = fields.Char(compute="_compute_summary", help="How many of how many.")

    @api.depends("line_ids.success", "done")
    def _compute_summary(self):
        for batch in self:
            batch.summary = self.env._(
                "%(done)s of %(all)s done",
                done=len(batch.line_ids.filtered("success")),
                all=len(batch.line_ids),
            )

    def action_run(self):
        """Do it, and show what became of each quotation.

        :return: window action of the result
        """
        self.ensure_one()
        # Taken once: their order in the field changes with the date of the order.
        orders = self.order_ids
        if self.operation == "confirm":
            results = orders.action_confirm_each()
        else:
            results = orders.action_renew_quotation(
                days=self.days, reprice=self.reprice, clone=self.clone, send=self.send
            )
        self.write(
            {
                "done": True,
                "line_ids": [
                    fields.Command.create(self._prepare_line_vals(order, result))
                    for order, result in zip(orders, results, strict=True)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_line_vals(self, order, result):
        return {
            "order_id": order.id,
            "success": result.get("confirmed") or result.get("renewed") or False,
            "difference": result.get("difference", 0.0),
            "reason": result["reason"],
        }
