from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare


class SaleOrderLine(models.Model):
    """Lines sold on a plan."""

    _name = "sale.order.line"
    _inherit = ["sales.billing.line.mixin", "sale.order.line"]

    product_recurring_ok = fields.Boolean(related="product_id.recurring_ok")
    sales_plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="Plan",
        compute="_compute_sales_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        help="The line is sold again each period of this plan: confirming the order "
        "starts a subscription. Empty: it is sold once.",
    )

    sales_subscription_role = fields.Selection(
        selection=[("agreement", "Agreed only"), ("adjustment", "Money only")],
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Agreed only: the subscription orders and bills it. Money only: it is "
        "invoiced, and nothing is delivered.",
    )
    sales_period_ids = fields.Many2many(
        "sales.subscription.period",
        string="Billed Periods",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Periods of a subscription that this line bills.",
    )

    @api.depends("product_id", "company_id")
    def _compute_sales_plan_id(self):
        for line in self:
            # sudo: the plan proposed is internal; portal users may add products.
            product = line.product_id.sudo()
            plan = product.recurring_ok and product.sales_plan_id
            fits = plan and plan.company_id in (
                line.company_id,
                plan.company_id.browse(),
            )
            line.sales_plan_id = plan if fits else False

    @api.constrains("sales_plan_id", "product_id")
    def _check_sales_plan_product(self):
        for line in self:
            if line.sales_plan_id and not line.product_id.recurring_ok:
                raise ValidationError(
                    self.env._(
                        "Plan: %(product)s is not sold as a subscription. Tick "
                        "Subscription on the product or leave the plan empty.",
                        product=line.product_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        added = lines.filtered(lambda line: line.sales_plan_id and line.state == "sale")
        added.order_id._start_subscriptions()
        return lines

    def write(self, vals):
        if "sales_plan_id" in vals:
            self._check_sales_plan_open(vals["sales_plan_id"])
        return super().write(vals)

    @api.model
    def _get_billing_fields(self):
        return super()._get_billing_fields() | {
            "sales_service_from",
            "sales_service_to",
            "sales_subscription_role",
        }

    def _check_sales_plan_open(self, plan_id):
        for line in self:
            if line.state == "sale" and line.sales_plan_id.id != (plan_id or False):
                raise UserError(
                    self.env._(
                        "Plan: order %(order)s is confirmed, its subscription has "
                        "started. Change or cancel the subscription instead.",
                        order=line.order_id.name,
                    )
                )

    @api.depends("sales_plan_id")
    def _compute_price_unit(self):
        super()._compute_price_unit()

    def _get_display_price_ignore_combo(self):
        """The plan's price table comes before the pricelist."""
        # sudo: prices of plans are internal; portal users may add products.
        plan = self.sudo().sales_plan_id
        price = plan and plan.price_ids._find(plan, self.product_id, self.currency_id)
        if not price:
            return super()._get_display_price_ignore_combo()
        quantity = self.product_uom_qty or 1.0
        return price._rate(quantity) / quantity

    # === Lines that are not delivered, or not invoiced, by their order === #

    @api.depends("sales_subscription_role")
    def _compute_qty_to_invoice(self):
        super()._compute_qty_to_invoice()
        for line in self:
            # sudo: whoever sees the order sees what is invoiced.
            role = line.sudo().sales_subscription_role
            if role == "agreement":
                line.qty_to_invoice = 0.0
            elif role and line.state == "sale":
                line.qty_to_invoice = line.product_uom_qty - line.qty_invoiced

    def _action_launch_stock_rule(self, **kwargs):
        """Nothing is delivered for what is only agreed, or only money."""
        # sudo: whoever confirms; the role is code's.
        delivered = self.filtered(lambda line: not line.sudo().sales_subscription_role)
        return super(SaleOrderLine, delivered)._action_launch_stock_rule(**kwargs)

    def _is_fully_invoiced_by(self, moves):
        """Return whether these invoices cover the ordered quantity."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        invoiced, ordered = self._get_quantity_invoiced_by(moves), self.product_uom_qty
        return float_compare(invoiced, ordered, precision_digits=digits) >= 0

    def _get_quantity_invoiced_by(self, moves):
        """Return what these invoices charge less what they give back.

        :return: quantity in the unit of the line
        """
        return sum(
            -item.move_id.direction_sign
            * item.product_uom_id._compute_quantity(item.quantity, self.product_uom_id)
            for item in self.invoice_lines
            if item.move_id in moves
        )

    def _prepare_subscription_line_vals(self):
        """Return the values of the subscription line sold on this order line."""
        self.ensure_one()
        return {
            "origin_line_id": self.id,
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": self.product_uom_qty,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": self.tax_ids.ids,
        }
