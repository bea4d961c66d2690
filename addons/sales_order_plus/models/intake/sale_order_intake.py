from odoo import fields, models


class SaleOrder(models.Model):
    """Orders that came in by file or by RPC."""

    _inherit = "sale.order"

    intake_key = fields.Char(
        string="Order Number of Origin",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The number the order had where it came from. A company takes an order "
        "in once under each number.",
        prefetch="sales_rare",
    )
    intake_date = fields.Datetime(
        string="Date of Origin",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When the order was placed, as told by where it came from. Confirming "
        "keeps it as the order date.",
    )
    import_id = fields.Many2one(
        "sales.order.import",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The bulk import this order came in with.",
        prefetch="sales_rare",
    )

    _intake_key_uniq = models.UniqueIndex(
        "(company_id, intake_key) WHERE intake_key IS NOT NULL",
        "An order with this number was taken in before.",
    )

    def action_confirm(self):
        # One dictionary of values serves a whole confirmation: keep them apart.
        dated = self.filtered(lambda order: order.sudo().intake_date)
        if not dated or dated == self:
            return super().action_confirm()
        super(SaleOrder, self - dated).action_confirm()
        return super(SaleOrder, dated).action_confirm()

    def _prepare_confirmation_values(self):
        """Keep the date an order came in with: it was not placed today."""
        values = super()._prepare_confirmation_values()
        # sudo: the field is internal, the customer may be the one who confirms.
        if self and all(order.sudo().intake_date for order in self):
            values.pop("date_order", None)
        return values
