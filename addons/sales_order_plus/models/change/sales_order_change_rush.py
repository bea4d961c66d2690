from odoo import api, fields, models

from ..order.sale_order_priority import URGENT


class SalesChangePolicy(models.Model):
    """What it costs to hurry."""

    _inherit = "sales.change.policy"

    rush_product_id = fields.Many2one(
        "product.product",
        string="Rush Fee",
        domain="[('type', '=', 'service'), ('sale_ok', '=', True)]",
        help="Service that is charged where an order becomes urgent; its taxes count. "
        "Empty: no fee.",
    )
    rush_fee = fields.Monetary(
        string="Amount of the Rush Fee",
        help="Proposed in a change of the priority; the salesperson may lower it.",
    )
    rush_carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Faster Carrier",
        help="Proposed where an order becomes urgent.",
    )

    _rush_fee_positive = models.Constraint(
        "CHECK(rush_fee >= 0)", "Rush Fee: give an amount of 0 or more."
    )


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    def _get_remarks(self, before, after):
        """Propose the faster carrier where the order becomes urgent."""
        remarks = super()._get_remarks(before, after)
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        carrier = policy.rush_carrier_id
        if (
            carrier
            and carrier != self.order_id.sudo().carrier_id
            and any(line._becomes_urgent() for line in self.line_ids)
            and "carrier" not in self.line_ids.mapped("kind")
        ):
            remarks.append(
                self.env._(
                    "%s is faster: change the carrier too, if it has to be.",
                    carrier.name,
                )
            )
        return remarks


class SalesOrderChangeLine(models.Model):
    """Who hurries may be charged for it: the fee is proposed, and one line more."""

    _inherit = "sales.order.change.line"

    fee = fields.Float(
        string="Rush Fee",
        digits="Product Price",
        compute="_compute_fee",
        store=True,
        readonly=False,
        precompute=True,
        help="What the customer pays for the hurry, before taxes, in the currency of "
        "the order; 0: nothing.",
    )

    @api.depends("kind", "order_priority")
    def _compute_fee(self):
        policies = self.env["sales.change.policy"]
        for line in self:
            order = line.change_id.order_id
            policy = policies._get_for(order) if order else policies
            proposed = policy.rush_product_id and line._becomes_urgent()
            line.fee = order._convert_rush_fee(policy) if proposed else 0.0

    def _becomes_urgent(self):
        """Return whether an order that did not hurry is to hurry."""
        self.ensure_one()
        base = (self.change_id.base_terms or {}).get("header", {})
        # sudo: who asks need not read the priority, such as the customer.
        old = (
            base.get("order_priority") or self.change_id.order_id.sudo().order_priority
        )
        urgent = self.order_priority in URGENT and old not in URGENT
        return self.kind == "priority" and urgent

    def _check_priority(self):
        self._check_number("fee")
        policy = self.env["sales.change.policy"]._get_for(self.change_id.order_id)
        if self.fee and not policy.rush_product_id:
            self._refuse(
                "fee",
                "service",
                self.env._("the change policy of this order names no service for it"),
            )

    def _apply_line_priority(self):
        result = super()._apply_line_priority()
        policy = self.env["sales.change.policy"]._get_for(self.change_id.order_id)
        if self.fee and policy.rush_product_id:
            self._add_line(
                {
                    "order_id": self.change_id.order_id.id,
                    "product_id": policy.rush_product_id.id,
                    "product_uom_qty": 1,
                    "price_unit": self.fee,
                }
            )
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _convert_rush_fee(self, policy):
        """Return the fee of ``policy`` in the currency of this order."""
        self.ensure_one()
        return policy.currency_id._convert(
            policy.rush_fee,
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )
