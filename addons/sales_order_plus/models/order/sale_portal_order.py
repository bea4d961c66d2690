from odoo import api, fields, models

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")
# Bootstrap colour and icon of a stage.
LOOKS = {
    "pending": ("warning", "fa-hourglass-half"),
    "approved": ("primary", "fa-check"),
    "processing": ("info", "fa-cubes"),
    "shipped": ("info", "fa-truck"),
    "delivered": ("success", "fa-check-circle"),
    "returned": ("warning", "fa-undo"),
}
OTHER_LOOK = ("secondary", "fa-file-text-o")


class SaleOrder(models.Model):
    """What the customer sees of his orders, and does with them, in the portal."""

    _inherit = "sale.order"

    # The customer's own doing: he may read it.
    reordered_on = fields.Datetime(
        string="Ordered Again On",
        copy=False,
        readonly=True,
        help="When the customer asked for this quotation with “Order again”.",
    )

    # === Status === #

    @api.model
    def _get_customer_stages(self):
        """Return the stages in words for the customer."""
        return {
            "draft": self.env._("Quotation"),
            "pending": self.env._("Under review"),
            "approved": self.env._("Confirmed"),
            "processing": self.env._("In preparation"),
            "shipped": self.env._("Partly delivered"),
            "delivered": self.env._("Delivered"),
            "returned": self.env._("Returned"),
            "canceled": self.env._("Cancelled"),
        }

    def _get_customer_badges(self):
        """Return {order id: (words, Bootstrap colour, icon)} of the stages."""
        words = self._get_customer_stages()
        badges = {
            stage: (words[stage], *LOOKS.get(stage, OTHER_LOOK)) for stage in words
        }
        return {order.id: badges[order.lifecycle_stage] for order in self}

    def _get_tracking_links(self):
        """Return {order id: [(words, address)]} of what is sent by parcel.

        The address may be empty. Orders without a parcel are left out.
        """
        links = {}
        # sudo: transfers are internal; only number and link of the parcel are shown.
        # Without the status there is none, or it was cancelled.
        for picking in self.sudo().filtered("delivery_status").picking_ids:
            if found := picking._get_tracking_links():
                links.setdefault(picking.sale_id.id, []).extend(found)
        return links

    # === Order again === #

    def _can_order_again(self):
        self.ensure_one()
        return self.state in ("sale", "cancel")

    def _order_again(self):
        """Return a draft of the same at today's prices, made or still open from today.

        Called with sudo, for the customer, once access was checked.

        :raise CloneError: if nothing of it is sold any more
        """
        self.ensure_one()
        # Two clicks are one wish.
        self.lock_for_update(allow_referencing=True)
        if made := self._get_open_reorder():
            return made
        order = self.with_company(self.company_id)
        quotation, _left_out = order._clone(partner=self.partner_id, copy_notes=False)
        quotation._write_own({"reordered_on": fields.Datetime.now()})
        quotation._tell_reorder(self)
        return quotation

    def _get_open_reorder(self):
        links = self.env["sales.order.link"].search(
            [
                ("order_id", "=", self.id),
                ("kind", "=", "clone"),
                ("linked_id.state", "=", "draft"),
                ("linked_id.reordered_on", ">=", "today"),
            ],
            limit=1,
        )
        return links.linked_id

    def _tell_reorder(self, source):
        """Put the quotation on the list of who looks after the customer."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        text = self.env._(
            "The customer ordered %s again in the portal: check it and send it.",
            source.name,
        )
        self.message_post(body=text)
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=user.id
            )

    def _get_reorder_left_out(self):
        """Return the names of what was ordered before and is not sold any more."""
        self.ensure_one()
        if not self.reordered_on:
            return []
        # sudo: links are internal; the names are of the customer's own order.
        links = self.env["sales.order.link"].sudo()
        link = links.search(
            [("linked_id", "=", self.id), ("kind", "=", "clone")], limit=1
        )
        gone = link.order_id._get_plain_lines().filtered(
            lambda line: line._has_archived_product()
        )
        return gone.product_id.mapped("display_name")

    # === Related orders === #

    def _get_portal_relations(self):
        """Return [(relation in words, order)] of the same customer's orders.

        Without tokens: who was shown this order must sign in to see the others.
        """
        self.ensure_one()
        order = self.sudo()
        customer = order.partner_id.commercial_partner_id
        links = self.env["sales.order.link"]
        found = {}
        for relation in order._get_order_relations()[order.id]:
            other = relation.order
            shown = other.state in ("sent", "sale") or other.reordered_on
            if shown and other.partner_id.commercial_partner_id == customer:
                label = links._get_relation_label(relation.kind, relation.is_origin)
                found.setdefault(other, []).append(label)
        return [(", ".join(labels), other) for other, labels in found.items()]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_portal_delivery(self):
        """Return what the customer reads about the delivery of this line, or False.

        :return: dict with ``delivered``, ``open``, ``expected`` (a date, or False if
            there is none that still holds) and ``tracking``
        """
        self.ensure_one()
        if (
            self.state != "sale"
            or self.display_type
            or self.is_delivery
            or self.is_downpayment
            or self.product_id.type != "consu"
            or self.product_uom_qty <= 0
        ):
            return False
        left = max(
            self.product_uom_id.round(self.product_uom_qty - self.qty_delivered), 0
        )
        return {
            "delivered": self.qty_delivered,
            "open": left,
            "expected": left and self._get_expected_delivery(),
            "tracking": [
                link
                # sudo: as for the order, number and link of the parcel only.
                for picking in self.sudo().move_ids.picking_id
                for link in picking._get_tracking_links()
            ],
        }

    def _get_expected_delivery(self):
        """Return the day by which the rest of this line can be on its way.

        In the time zone of who reads it. False if supply for it is not planned, or
        the day is over: neither is a promise.
        """
        self.ensure_one()
        # sudo: transfers are internal.
        moves = self.sudo().move_ids.filtered(lambda m: m.state in OPEN_STATES)
        dates = [move._get_promised_date() for move in moves]
        if not dates or not all(dates):
            return False
        day = fields.Datetime.context_timestamp(self, max(dates)).date()
        return day if day >= fields.Date.context_today(self) else False


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_promised_date(self):
        """Return when this open move can go, or False if nothing is there for it."""
        self.ensure_one()
        if self.state == "assigned" or not self.product_id.is_storable:
            return self.date
        unit = self.product_id.uom_id
        if unit.compare(self.forecast_availability, self.product_qty) < 0:
            return False
        return max(self.date, self.forecast_expected_date or self.date)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _get_tracking_links(self):
        """Return [(words, address)] of the parcels of this delivery."""
        self.ensure_one()
        if not self.carrier_tracking_ref or self.state == "cancel":
            return []
        if several := self.get_multiple_carrier_tracking():
            return [(words, address) for words, address in several]
        return [(self.carrier_tracking_ref, self.carrier_tracking_url or "")]
