from odoo import api, fields, models

from ...exceptions import DeliveryError


class SaleOrder(models.Model):
    """What the warehouse and the driver must know; kept up to date until it left."""

    _inherit = "sale.order"

    delivery_instructions = fields.Text(
        compute="_compute_delivery_instructions",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        groups="base.group_user",
        help="Printed on the delivery slip; from the address, may be changed until "
        "the goods have left.",
    )
    handling_tag_ids = fields.Many2many(
        "sales.handling.tag",
        string="Handling",
        groups="base.group_user",
        help="How the parcels must be handled; printed on the delivery slip.",
    )
    is_shipped = fields.Boolean(
        compute="_compute_is_shipped",
        compute_sudo=True,
        groups="base.group_user",
        help="All deliveries have left: nothing about them can be changed.",
    )

    @api.depends("partner_shipping_id")
    def _compute_delivery_instructions(self):
        for order in self:
            order.delivery_instructions = (
                order.partner_shipping_id.delivery_instructions
                or order.delivery_instructions
            )

    @api.depends("picking_ids.state")
    def _compute_is_shipped(self):
        for order in self:
            states = set(order._get_outgoing_pickings().mapped("state"))
            order.is_shipped = "done" in states and states <= {"done", "cancel"}

    def _get_outgoing_pickings(self):
        return self.picking_ids.filtered(
            lambda picking: picking.picking_type_code in ("outgoing", "dropship")
        )

    def write(self, vals):
        if "delivery_instructions" in vals or "handling_tag_ids" in vals:
            self._check_not_shipped()
        result = super().write(vals)
        if not vals.keys().isdisjoint(
            {"delivery_instructions", "handling_tag_ids", "partner_shipping_id"}
        ):
            self._update_open_pickings()
        return result

    def _check_not_shipped(self):
        for order in self.filtered("is_shipped"):
            raise DeliveryError(
                self.env._(
                    "Delivery Instructions: everything of %(order)s has left already. "
                    "Call the carrier instead.",
                    order=order.name,
                ),
                order=order.name,
                field="delivery_instructions",
            )

    def _update_open_pickings(self):
        """Tell the transfers that have not left yet."""
        for order in self.filtered(lambda order: order.state == "sale"):
            # sudo: salespeople and customers may not write transfers.
            pickings = order.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            for picking in pickings:
                vals = picking.sale_id._prepare_picking_delivery_vals()
                if vals["delivery_instructions"] != picking.delivery_instructions:
                    picking.message_post(
                        body=self.env._(
                            "Delivery instructions changed: %(text)s",
                            text=vals["delivery_instructions"] or "-",
                        )
                    )
                picking.write(vals)

    def _prepare_picking_delivery_vals(self):
        """Return what transfers take over from one or several orders."""
        orders = self.sudo()
        texts = [text for text in orders.mapped("delivery_instructions") if text]
        tags = self.env["sales.handling.tag"].sudo()
        if tags._has_records():
            tags = orders.handling_tag_ids
        return {
            "delivery_instructions": "\n".join(dict.fromkeys(texts)) or False,
            "handling_tag_ids": [fields.Command.set(tags.ids)],
        }

    def _set_customer_instructions(self, text):
        """Write what the customer typed on his page, and say so in the chatter."""
        self.ensure_one()
        text = (text or "").strip()
        if len(text) > 1000:
            raise DeliveryError(
                self.env._("Delivery Instructions: use at most 1000 characters."),
                field="delivery_instructions",
            )
        if text == (self.delivery_instructions or ""):
            return
        self.delivery_instructions = text or False
        self.message_post(
            body=self.env._(
                "Delivery instructions from the customer: %(text)s", text=text or "-"
            )
        )
