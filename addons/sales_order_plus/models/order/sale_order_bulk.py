from odoo import api, fields, models

CLASSIFICATIONS = [
    ("standard", "Standard"),
    ("promotional", "Promotional"),
    ("bulk", "Bulk"),
    ("custom", "Custom"),
]


class SaleOrder(models.Model):
    """Standard, promotional, bulk or custom: told from the lines, unless by hand."""

    _inherit = "sale.order"

    order_classification = fields.Selection(
        selection=CLASSIFICATIONS,
        string="Classification",
        compute="_compute_order_classification",
        inverse="_inverse_order_classification",
        store=True,
        readonly=False,
        copy=False,
        groups="base.group_user",
        help="Promotional with a reward, bulk above the amounts of the settings, "
        "custom with made-to-measure lines. What you choose by hand stays; empty it "
        "to have it told from the lines again.",
        prefetch="sales_rare",
    )
    classification_given = fields.Selection(
        selection=CLASSIFICATIONS,
        string="Classification by Hand",
        groups="base.group_user",
        help="What somebody chose; goes before what the lines say.",
        prefetch="sales_rare",
    )

    @api.depends(
        "classification_given",
        "amount_untaxed",
        "order_line.product_uom_qty",
        "order_line.reward_id",
        "order_line.product_custom_attribute_value_ids",
    )
    def _compute_order_classification(self):
        for order in self:
            order.order_classification = (
                order.classification_given or order._get_classification()
            )

    def _inverse_order_classification(self):
        for order in self:
            given, told = order.order_classification, order._get_classification()
            order.classification_given = False if given == told else given
            if not given:
                order.order_classification = told

    @api.onchange("order_classification")
    def _onchange_order_classification(self):
        """Keep what is chosen while lines are still being typed."""
        chosen = self.order_classification
        given = False if chosen == self._get_classification() else chosen
        if given != self.classification_given:
            self.classification_given = given

    def _get_classification(self):
        self.ensure_one()
        if self.order_line.product_custom_attribute_value_ids:
            return "custom"
        # sudo: what a reward is need not be readable by who looks at the order.
        if self.order_line.sudo().reward_id:
            return "promotional"
        return "bulk" if self._is_bulk() else "standard"

    def _is_bulk(self):
        # sudo: the limits are of the company, the user may be a customer.
        company = self.company_id.sudo()
        limit_quantity, limit = company.bulk_order_quantity, company.bulk_order_amount
        if limit_quantity:
            lines = self.order_line.filtered(lambda line: not line.display_type)
            if sum(lines.mapped("product_uom_qty")) >= limit_quantity:
                return True
        if not limit:
            return False
        amount = self.currency_id._convert(
            self.amount_untaxed,
            company.currency_id,
            company,
            self.date_order or fields.Datetime.now(),
        )
        return company.currency_id.compare_amounts(amount, limit) >= 0
