from odoo import api, fields, models


class SalesCurrencyChange(models.TransientModel):
    """Put a quotation into another currency without losing prices set by hand."""

    _name = "sales.currency.change"
    _description = "Change Currency"

    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        ondelete="cascade",
        help="The quotation to convert.",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    from_currency_id = fields.Many2one(
        related="order_id.currency_id", string="From", help="Currency now."
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="To",
        required=True,
        help="Currency the quotation shall be in.",
    )
    rate = fields.Float(
        compute="_compute_rate",
        store=True,
        readonly=False,
        digits=(16, 6),
        help="One unit of the old currency in the new one. Used for the prices set by "
        "hand; catalogue prices come from the pricelist.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        domain="[('currency_id', '=', currency_id)]",
        help="Pricelist in the new currency. Empty: a plain one is made.",
    )
    lock_rate = fields.Boolean(
        string="Keep this rate",
        help="The order keeps its rate when it is confirmed later.",
    )
    manual_count = fields.Integer(
        string="Prices set by hand",
        compute="_compute_manual_count",
        help="Lines whose price is converted instead of read from the pricelist.",
    )

    @api.depends("order_id", "currency_id")
    def _compute_rate(self):
        for wizard in self:
            order = wizard.order_id
            wizard.rate = wizard.currency_id and self.env[
                "res.currency"
            ]._get_conversion_rate(
                order.currency_id,
                wizard.currency_id,
                order.company_id,
                fields.Date.context_today(order, order.date_order),
            )

    @api.depends("currency_id")
    def _compute_pricelist_id(self):
        for wizard in self:
            wizard.pricelist_id = wizard.currency_id and self.env[
                "product.pricelist"
            ].search(
                [
                    ("currency_id", "=", wizard.currency_id.id),
                    ("company_id", "in", [False, wizard.order_id.company_id.id]),
                ],
                limit=1,
            )

    @api.depends("order_id")
    def _compute_manual_count(self):
        for wizard in self:
            wizard.manual_count = len(wizard.order_id.order_line._get_manual_priced())

    def action_apply(self):
        """Convert the quotation; see :meth:`sale.order._change_currency`."""
        self.ensure_one()
        self.order_id._change_currency(
            self.currency_id, self.rate, self.pricelist_id, lock=self.lock_rate
        )
        return {"type": "ir.actions.act_window_close"}
