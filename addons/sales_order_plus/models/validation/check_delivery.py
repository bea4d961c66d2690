import re

from odoo import api, fields, models

from ...exceptions import DeliveryError
from .finding import Hit, Suggestion

PO_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*box|post\s*office\s*box|postfach|bo[iî]te postale|apartado)\b",
    re.IGNORECASE,
)
MAX_CARRIERS = 3


class SalesValidationRule(models.Model):
    """Checks of how goods get to the customer."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "carrier_fit": self.env._("Delivery method does not fit"),
            "po_box": self.env._("P.O. box as delivery address"),
            "foreign_address": self.env._("Delivery address of somebody else"),
        }


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    refuses_po_boxes = fields.Boolean(
        string="No P.O. Boxes", help="Delivers only to where somebody can sign."
    )


class SaleOrder(models.Model):
    """Checks of how goods get to the customer."""

    _inherit = "sale.order"

    def _check_rule_carrier_fit(self, rule):
        """Ask the chosen carrier again: lines may have changed since."""
        hits = {}
        for order in self.filtered("carrier_id"):
            gaps = order._get_carrier_gaps(order.carrier_id)
            if gaps:
                detail = self.env._(
                    "%(carrier)s does not fit: %(gaps)s. Choose another one.",
                    carrier=order.carrier_id.name,
                    gaps=", ".join(gaps),
                )
                hits[order] = [Hit(detail, suggestions=order._suggest_carriers())]
        return hits

    def _get_carrier_gaps(self, carrier):
        """Return why ``carrier`` does not take this order."""
        self.ensure_one()
        address = self.partner_shipping_id
        if carrier._match(address, self):
            return []
        reasons = (
            (carrier._match_address(address), self.env._("the address")),
            (
                carrier._match_weight(self),
                self.env._("more than %s kg", f"{carrier.max_weight:g}"),
            ),
            (
                carrier._match_volume(self),
                self.env._("more than %s m³", f"{carrier.max_volume:g}"),
            ),
            (carrier._match_hazmat(self), self.env._("dangerous goods")),
            (carrier._match_temperature(self), self.env._("the temperature")),
        )
        return [text for fits, text in reasons if not fits] or [
            self.env._("the kind of goods")
        ]

    def _suggest_carriers(self, keep=lambda carrier: True):
        """Return the carriers that take this order, the first few."""
        self.ensure_one()
        carriers = self.env["delivery.carrier"].search(
            [
                ("company_id", "in", (self.company_id.id, False)),
                ("id", "!=", self.carrier_id.id),
            ]
        )
        fitting = carriers.filtered(
            lambda one: keep(one) and one._match(self.partner_shipping_id, self)
        )
        return tuple(
            Suggestion(
                "set_carrier",
                self.env._("Use %s", carrier.name),
                {"carrier_id": carrier.id},
            )
            for carrier in fitting[:MAX_CARRIERS]
        )

    def _check_rule_po_box(self, rule):
        hits = {}
        for order in self:
            address, carrier = order.partner_shipping_id, order.carrier_id
            text = f"{address.street or ''} {address.street2 or ''}"
            if not PO_BOX.search(text) or (carrier and not carrier.refuses_po_boxes):
                continue
            detail = self.env._(
                "%(address)s is a P.O. box. Change the address or the delivery method.",
                address=address.display_name,
            )
            mends = order._suggest_carriers(lambda one: not one.refuses_po_boxes)
            link = ("res.partner", address.id, address.display_name)
            hits[order] = [Hit(detail, suggestions=mends, links=(link,))]
        return hits

    def _check_rule_foreign_address(self, rule):
        hits = {}
        for order in self:
            address = order.partner_shipping_id
            if address.commercial_partner_id != order.partner_id.commercial_partner_id:
                detail = self.env._(
                    "%(address)s does not belong to %(customer)s.",
                    address=address.display_name,
                    customer=order.partner_id.display_name,
                )
                hits[order] = [Hit(detail)]
        return hits


class ResPartner(models.Model):
    """In how many deliveries a customer takes an order."""

    _inherit = "res.partner"

    split_policy = fields.Selection(
        selection=[
            ("allow", "Any number of deliveries"),
            ("max", "Up to a number of deliveries"),
            ("complete", "Complete orders only"),
        ],
        groups="base.group_user",
        help="In how many deliveries the customer takes an order; empty: any number.",
        prefetch="sales_rare",
    )
    max_shipments = fields.Integer(
        string="Deliveries per Order",
        default=2,
        groups="base.group_user",
        help="Most deliveries of one order.",
        prefetch="sales_rare",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "split_policy", "max_shipments"]


class StockPicking(models.Model):
    """Partial deliveries only as often as the customer takes them."""

    _inherit = "stock.picking"

    split_reason = fields.Char(
        string="Reason to Split",
        copy=False,
        groups="stock.group_stock_manager",
        help="Why the order is delivered in more parts than the customer wants; an "
        "inventory manager gives it.",
    )

    def _create_backorder(self, backorder_moves=None):
        """Refuse a rest the customer does not take; called by validating alone."""
        backorders = super()._create_backorder(backorder_moves)
        for backorder in backorders:
            backorder.backorder_id._ensure_split_allowed()
        return backorders

    def _ensure_split_allowed(self):
        """Refuse one delivery more than the customer of the order takes.

        :raise DeliveryError: names the customer and what he wants
        """
        self.ensure_one()
        # sudo: who ships need not read orders or partners.
        picking = self.sudo()
        order = picking.sale_id
        partner = order.partner_id.commercial_partner_id
        limits = {"complete": 1, "max": partner.max_shipments}
        limit = limits.get(partner.split_policy)
        if not limit or picking.picking_type_code != "outgoing":
            return
        shipped = order.picking_ids.filtered(
            lambda one: (
                one.picking_type_code == "outgoing"
                and one.state == "done"
                and one != picking
            )
        )
        # This one, and at least one for the rest.
        if len(shipped) + 2 <= limit:
            return
        if picking.split_reason:
            order._log_event("order.split_allowed", reason=picking.split_reason)
            return
        raise DeliveryError(
            self.env._(
                "%(partner)s takes %(order)s in %(limit)s delivery(s). Deliver all, or "
                "ask an inventory manager to give a reason to split.",
                partner=partner.display_name,
                order=order.name,
                limit=limit,
            ),
            field="split_reason",
        )
