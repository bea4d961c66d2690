from odoo import api, fields, models
from odoo.tools import float_compare

from ..exceptions import ShipmentRuleError

SHIPMENT_FIELDS = (
    "shipment_complete",
    "shipment_partial_max",
    "shipment_first_percent",
)


class ShipmentRuleMixin(models.AbstractModel):
    """In how many parts a customer takes his goods."""

    _name = "sales.shipment.rule.mixin"
    _description = "Partial Deliveries"

    shipment_complete = fields.Boolean(
        string="Complete Only",
        groups="base.group_user",
        help="The customer takes an order only as a whole.",
    )
    shipment_partial_max = fields.Integer(
        string="Partial Deliveries",
        groups="base.group_user",
        help="Partial deliveries the customer takes at most; the one after them has to "
        "complete the order. 0: any number.",
    )
    shipment_first_percent = fields.Float(
        string="First Delivery (%)",
        groups="base.group_user",
        help="At least so much of the ordered quantity is in the first delivery; 0: "
        "any part.",
    )


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "sales.shipment.rule.mixin"]

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), *SHIPMENT_FIELDS]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "sales.shipment.rule.mixin"]

    shipment_complete = fields.Boolean(
        compute="_compute_shipment_rules", store=True, readonly=False, precompute=True
    )
    shipment_partial_max = fields.Integer(
        compute="_compute_shipment_rules", store=True, readonly=False, precompute=True
    )
    shipment_first_percent = fields.Float(
        compute="_compute_shipment_rules", store=True, readonly=False, precompute=True
    )

    _shipment_rules_range = models.Constraint(
        "CHECK(shipment_partial_max >= 0 AND shipment_first_percent BETWEEN 0 AND 100)",
        "Partial Deliveries: give a number of 0 or more, and a percentage up to 100.",
    )

    @api.depends("partner_id")
    def _compute_shipment_rules(self):
        for order in self:
            if order.state in ("draft", "sent", False):
                # sudo: how he takes goods is internal, the order may be anybody's.
                customer = order.partner_id.sudo()
                for name in SHIPMENT_FIELDS:
                    order[name] = customer[name]

    def _get_shipment_texts(self):
        """Return in which parts the goods come, for the customer."""
        self.ensure_one()
        order, texts = self.sudo(), []
        if order.shipment_complete:
            return [self.env._("We send this order when all of it is there.")]
        if count := order.shipment_partial_max:
            texts.append(self.env._("Partial deliveries: %s at most.", count))
        if percent := order.shipment_first_percent:
            texts.append(
                self.env._(
                    "The first delivery has at least %s %% of it.", f"{percent:g}"
                )
            )
        return texts

    # === Enforcing === #

    def _has_shipment_rules(self):
        return any(self[name] for name in SHIPMENT_FIELDS)

    def _check_shipment(self, shipping):
        """Refuse a delivery that is smaller than the customer takes.

        :param dict shipping: {order line: quantity in its unit} that leaves now
        :raise ShipmentRuleError: names the rule
        """
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line._has_fulfilment())
        shipped = {line: line._get_fulfilment()["shipped"] for line in lines}
        leaving = sum(shipping.get(line, 0.0) for line in lines)
        ordered = sum(lines.mapped("product_uom_qty"))
        left = sum(
            max(line.product_uom_qty - shipped[line] - shipping.get(line, 0.0), 0.0)
            for line in lines
        )
        if float_compare(left, 0, precision_digits=6) <= 0:
            return
        if self.shipment_complete:
            raise self._get_shipment_error("shipment_complete")
        earlier = self._count_shipments()
        if self.shipment_partial_max and earlier >= self.shipment_partial_max:
            raise self._get_shipment_error("shipment_partial_max")
        percent = 100 * leaving / ordered if ordered else 100.0
        if not earlier and percent < self.shipment_first_percent:
            raise self._get_shipment_error("shipment_first_percent")

    def _count_shipments(self):
        return len(self._get_shipments().filtered(lambda one: one.state == "done"))

    def _get_shipment_error(self, name):
        reasons = {
            "shipment_complete": self.env._(
                "Complete Only: %s is delivered as a whole. Wait for the rest, or lift "
                "the rule on the order.",
                self.name,
            ),
            "shipment_partial_max": self.env._(
                "Partial Deliveries: %(order)s had %(count)s of %(count)s already. Wait "
                "for the rest, or raise the number on the order.",
                order=self.name,
                count=self.shipment_partial_max,
            ),
            "shipment_first_percent": self.env._(
                "First Delivery: at least %(percent)s %% of %(order)s leave first. Wait "
                "for more, or lower the share on the order.",
                order=self.name,
                percent=f"{self.shipment_first_percent:g}",
            ),
        }
        return ShipmentRuleError(reasons[name], field=name, rule=name, order=self.name)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _pre_action_done_hook(self):
        # sudo: who delivers need not read orders.
        leaving = self.sudo().filtered(lambda one: one.picking_type_code == "outgoing")
        for order in leaving.move_ids.sale_line_id.order_id:
            if order._has_shipment_rules():
                order._check_shipment(leaving._get_leaving(order))
        return super()._pre_action_done_hook()

    def _get_leaving(self, order):
        """Return {order line: quantity in its unit} of ``order`` that leaves now."""
        found = {}
        for picking in self:
            rests = picking._get_rests()
            for move in picking.move_ids:
                line = move.sale_line_id
                if line.order_id == order and move.state not in ("done", "cancel"):
                    done = max(move.product_uom_qty - rests.get(move, 0.0), 0.0)
                    quantity = move.product_uom._compute_quantity(
                        done, line.product_uom_id, round=False
                    )
                    found[line] = found.get(line, 0.0) + quantity
        return found
