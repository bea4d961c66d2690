from datetime import timedelta

from odoo import models

from ..shipping.sale_order_shipping_charge import LOCAL_CARRIERS


class SalesOrderChangeLine(models.Model):
    """How each kind of change of the order's terms is made."""

    _inherit = "sales.order.change.line"

    def _get_open_pickings(self):
        # sudo: whoever sells need not write transfers.
        pickings = self.change_id.order_id.sudo().picking_ids
        return pickings.filtered(
            lambda one: (
                one.state not in ("done", "cancel")
                and one.location_id.usage != "customer"
            )
        )

    def _check_open(self):
        """Refuse what comes too late for goods that have left."""
        # sudo: whoever sells need not read transfers.
        pickings = self.change_id.order_id.sudo().picking_ids
        if "done" in pickings.mapped("state") and not self._get_open_pickings():
            self._refuse(
                "kind",
                "shipped",
                self.env._("everything has left already; call the carrier instead"),
            )

    # === When === #

    def _apply_line_date(self):
        self._check_open()
        order = self.change_id.order_id
        if self.requested_date:
            order.write(
                {
                    "requested_date": self.requested_date,
                    "requested_window_from": self.window_from,
                    "requested_window_to": self.window_to,
                }
            )
        if self.commitment_date:
            # Odoo moves the deadlines of what goes to the customer.
            order.commitment_date = self.commitment_date
        planned = self._get_planned_moment()
        self._get_open_pickings().write({"scheduled_date": planned})

    def _get_planned_moment(self):
        """Return when the goods leave to be there in time."""
        order = self.change_id.order_id.sudo()
        moment = self.commitment_date or order._get_requested_moment(
            self.requested_date, self.window_from
        )
        return moment - timedelta(days=order.company_id.security_lead)

    # === Where === #

    def _apply_line_delivery_address(self):
        self._check_open()
        order = self.change_id.order_id
        # Odoo would remind people to do what is done below.
        order = order.with_context(mail_activity_automation_skip=True)
        order.partner_shipping_id = self.partner_id
        # Not those that have left: they went to the old address.
        pickings = self._get_open_pickings()
        pickings.partner_id = self.partner_id
        pickings.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        ).partner_id = self.partner_id
        self._follow_fiscal_position()

    def _follow_fiscal_position(self):
        """Give the lines that are not invoiced the taxes of where they go."""
        lines = self.change_id.order_id.order_line
        lines.filtered(
            lambda line: not line.display_type and not line.invoice_lines.ids
        )._compute_tax_ids()

    def _apply_line_invoice_address(self):
        order = self.change_id.order_id
        # sudo: invoices are not the salesperson's.
        posted = order.sudo().invoice_ids.filtered(lambda one: one.state == "posted")
        if posted:
            self._refuse(
                "partner_id",
                "invoiced",
                self.env._(
                    "%s is issued to the old address; credit it and invoice again",
                    posted[0].name,
                ),
            )
        order.partner_invoice_id = self.partner_id

    # === What it costs, and who brings it === #

    def _apply_line_payment_term(self):
        order = self.change_id.order_id
        order.payment_term_id = self.payment_term_id
        # sudo: invoices are not the salesperson's; what is issued stays.
        drafts = order.sudo().invoice_ids.filtered(lambda one: one.state == "draft")
        drafts.invoice_payment_term_id = self.payment_term_id

    def _apply_line_carrier(self):
        self._check_open()
        order, carrier = self.change_id.order_id, self.carrier_id
        pickings = self._get_open_pickings()
        labelled = pickings.filtered("carrier_tracking_ref")
        if labelled:
            self._refuse(
                "carrier_id",
                "label",
                self.env._(
                    "%s has a label already; cancel its shipment first",
                    labelled[0].name,
                ),
            )
        price = self._get_freight()
        freight = order.order_line.filtered("is_delivery")
        if any(line.qty_invoiced for line in freight):
            self._refuse(
                "carrier_id",
                "invoiced",
                self.env._("the freight is invoiced; credit it first"),
            )
        order.carrier_id = carrier
        self._price_freight(freight, price)
        last = pickings.filtered(lambda one: one.picking_type_code == "outgoing")
        last.carrier_id = carrier

    def _get_freight(self):
        """Return what the customer pays, in the currency of the order.

        Services are not asked here: a trial must not reach one.
        """
        carrier = self.carrier_id.sudo()
        if carrier.delivery_type not in LOCAL_CARRIERS:
            return self.freight
        rate = carrier.rate_shipment(self.change_id.order_id)
        if not rate.get("success"):
            self._refuse(
                "carrier_id",
                "rate",
                rate.get("error_message") or self.env._("it does not go there"),
            )
        return rate["price"]

    def _price_freight(self, freight, price):
        order = self.change_id.order_id
        vals = order._prepare_delivery_line_vals(self.carrier_id, price)
        if not freight:
            # sudo: as Odoo's own wizard does it.
            freight.sudo().create(vals)
            return
        names = ("name", "price_unit", "tax_ids", "technical_price_unit")
        kept = {name: vals[name] for name in names if name in vals}
        freight[0].write(kept)
        if freight[0].product_id.id != vals["product_id"]:
            # Of another service: the line in place would keep the old product.
            freight[0].product_id = vals["product_id"]
            freight[0].write(kept)

    # === How urgent, and what to know === #

    def _apply_line_priority(self):
        # The order stars its open transfers by itself.
        self.change_id.order_id.order_priority = self.order_priority

    def _apply_line_instructions(self):
        # The order tells its open transfers by itself.
        self.change_id.order_id.delivery_instructions = self.text
