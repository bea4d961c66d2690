from odoo import api, fields, models

HOLD_ORIGIN = "sales_guard_hold"
STATE_EVENTS = {
    "sale": "order.confirmed",
    "cancel": "order.cancelled",
    "draft": "order.reset",
}


class SaleOrder(models.Model):
    """The gate of the sales order: confirmed only when nothing stands against it."""

    _name = "sale.order"
    _inherit = ["sale.order", "sales.guard.mixin"]

    hold_since = fields.Datetime(
        string="On Hold Since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The customer accepted, but the order waits for a decision since then.",
    )
    hold_reason = fields.Text(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Why the accepted order is not confirmed yet.",
        prefetch="sales_rare",
    )

    # === Seam === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "sale": "confirm"}

    def _get_guard_operation(self):
        self.ensure_one()
        # An empty form is nothing to check yet.
        begun = self._origin or self.order_line
        return "confirm" if begun and self.state in ("draft", "sent") else False

    def _guard_hold(self, operation, origin):
        stops = self._get_guard_stops(operation)
        for order in self:
            order._write_own(
                {
                    "hold_since": order.hold_since or fields.Datetime.now(),
                    "hold_reason": "\n".join(f.message for f in stops.get(order, [])),
                    # A draft would vanish from the customer's list of quotations.
                    "state": "sent",
                }
            )
        self._log_event("order.held", operation=operation, origin=origin)
        return super()._guard_hold(operation, origin)

    def _guard_release(self, operation):
        super()._guard_release(operation)
        if operation != "confirm":
            return
        for order in self.filtered(lambda o: o._is_accepted_by_customer()):
            order._confirm_released()

    def _is_accepted_by_customer(self):
        """Return whether the customer did all that was asked of him."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return False
        # sudo: who decides on an order need not see its payments.
        order = self.sudo()
        if order.require_payment and order._is_confirmation_amount_reached():
            return bool(order.transaction_ids)
        return bool(order.signature) and not order._has_to_be_paid()

    def _confirm_released(self):
        """Confirm in a savepoint; tell the salesperson if that fails."""
        self.ensure_one()
        summary = self.env._("Approved, but confirming failed")
        self._try_released(self._log_and_validate, self, summary)

    def _log_and_validate(self):
        self._log_event("guard.released", operation="confirm")
        self._validate_order()

    # === Paths into the gate === #

    def action_confirm(self):
        """Confirm the orders nothing stands against.

        :return: what Odoo's confirmation returns (True or an action)
        :raise GuardError: if anything stands against one of the orders; none is
            confirmed then. On the customer's paths (portal, payment) the stopped
            orders are put on hold instead and the others are confirmed.
        """
        held = self._guard_hold_stopped()
        orders = self - held
        # Before super(): sale_loyalty spends points before it confirms.
        orders._guard_ensure("confirm")
        return super(SaleOrder, orders).action_confirm() if orders else True

    def _guard_hold_stopped(self):
        """Put stopped orders on hold where the customer is the one who acts.

        The context key chooses between holding and refusing; it lets nothing pass.
        """
        origin = self.env.context.get(HOLD_ORIGIN)
        held = self.browse()
        if origin:
            quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
            held = held.union(*quotations._get_guard_stops("confirm"))
        if held:
            held._guard_hold("confirm", origin)
        return held

    def _validate_order(self):
        """Confirm for the customer: what is stopped is held, never an error page."""
        origin = self.env.context.get(HOLD_ORIGIN, "portal")
        orders = self.with_context(**{HOLD_ORIGIN: origin})
        return super(SaleOrder, orders)._validate_order()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # The gate let them pass: told like any other confirmation.
        if confirmed := orders.filtered(lambda order: order.state == "sale"):
            confirmed._log_event(STATE_EVENTS["sale"])
        return orders

    def write(self, vals):
        state = vals.get("state")
        if not state:
            return super().write(vals)
        moving = self.filtered(lambda order: order.state != state)
        # sudo: the field is internal, the customer may be the one who confirms.
        if state in STATE_EVENTS and (held := self.sudo().filtered("hold_since")):
            held._end_hold()
        result = super().write(vals)
        if moving:
            moving._after_state(state)
        return result

    def _end_hold(self):
        """Leave the hold: the orders wait for no decision any more."""
        self._write_own({"hold_since": False, "hold_reason": False})

    def _after_state(self, state):
        """Do what follows from the state the orders have come into.

        Called when the gate let them pass, for those that were in another one.
        """
        if state in STATE_EVENTS:
            self._log_event(STATE_EVENTS[state])
