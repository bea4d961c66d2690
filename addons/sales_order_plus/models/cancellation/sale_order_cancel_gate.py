"""However a confirmed order is cancelled: there is a reason, and the rules are kept."""

from odoo import api, fields, models

from ...exceptions import CancellationError
from .grants import cancelling, get_because, may_cancel


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_cancel_controlled = fields.Boolean(
        string="Cancelled With a Reason",
        compute="_compute_is_cancel_controlled",
        groups="base.group_user",
        help="The confirmed order is cancelled only through a cancellation.",
    )

    @api.depends("state", "company_id")
    def _compute_is_cancel_controlled(self):
        for order in self:
            order.is_cancel_controlled = order._is_cancel_controlled()

    def _is_cancel_controlled(self):
        """Return whether this order is cancelled only through a cancellation."""
        self.ensure_one()
        return self.state == "sale" and self._is_under_control("cancel")

    def _is_under_control(self, operation):
        # sudo: a setting of the company.
        return super()._is_under_control(operation) or (
            operation == "cancel" and self.company_id.sudo().sales_cancel_control
        )

    def _action_cancel(self):
        """Cancel: with a cancellation where they are controlled, or have a reason.

        The mass wizard, the customer's page and programs all come here.
        """
        pending = self._begin_cancellations()
        with cancelling(self):
            result = super()._action_cancel()
        for cancellation, known in pending:
            cancellation._finish(known)
        return result

    def _begin_cancellations(self):
        """Return (cancellation, known) of those that need one, looked at and credited."""
        pending = []
        for order in self:
            if may_cancel(order.id) or order.state != "sale":
                continue
            if order._is_cancel_controlled() or get_because():
                pending.append(order._begin_cancellation())
        return pending

    def _begin_cancellation(self):
        """Submit a cancellation of this order and check that nothing stops it."""
        self.ensure_one()
        why = get_because()
        reason = self._get_cancel_reason()
        if not reason:
            raise self._get_no_reason_error()
        note = why.note if why else self.env._("Cancelled without saying more.")
        channel = why.channel if why else "rpc"
        cancellation = self._new_cancellation(None, reason, note, channel)
        cancellation._submit()
        cancellation._lock_order()
        cancellation._guard_ensure("cancel")
        self._ensure_base_version()
        known = self._get_cancel_known()
        cancellation._begin_full()
        return cancellation, known

    def _get_cancel_reason(self):
        """Return the reason the running code gives, or that of the company."""
        self.ensure_one()
        why = get_because()
        if why:
            return self.env["sales.cancel.reason"].browse(why.reason_id)
        # sudo: a setting of the company.
        return self.company_id.sudo().sales_cancel_reason_id

    def _get_no_reason_error(self):
        return CancellationError(
            self.env._(
                "Reason: %s is confirmed. Use Cancel on the order and choose a reason "
                "(RPC: sale.order.action_request_cancellation).",
                self.name,
            ),
            field="reason",
            rule="required",
            order=self.name,
        )

    def write(self, vals):
        if vals.get("state") == "cancel":
            for order in self:
                if order._is_cancel_controlled() and not may_cancel(order.id):
                    raise order._get_no_reason_error()
        return super().write(vals)

    def _after_state(self, state):
        """Keep when, and why, they were cancelled."""
        super()._after_state(state)
        if state == "cancel":
            for order in self:
                order._write_own(
                    {
                        "cancel_reason_id": order._get_cancel_reason().id,
                        "cancelled_on": fields.Datetime.now(),
                    }
                )
        elif state == "draft":
            self._write_own({"cancel_reason_id": False, "cancelled_on": False})

    def _get_cancel_known(self):
        """Return ids of what has a name now, and of documents a trial would make."""
        self.ensure_one()
        # sudo: transfers and invoices are not the salesperson's.
        order = self.sudo()
        return {"pickings": order.picking_ids.ids, "invoices": order.invoice_ids.ids}

    def _get_cancel_figures(self, known):
        """Return what the order means for goods and money; names nothing of a trial.

        :param dict known: what :meth:`_get_cancel_known` gave before
        """
        self.ensure_one()
        figures = self._get_change_figures(known["pickings"])
        return {**figures, "state": self.state}
