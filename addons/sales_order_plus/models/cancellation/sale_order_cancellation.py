from odoo import api, fields, models

from ...exceptions import CancellationError
from .grants import because

CANCEL_STATES = [
    ("none", "Not Cancelled"),
    ("pending", "Cancellation Pending"),
    ("partial", "Partially Cancelled"),
    ("full", "Cancelled"),
]


class SaleOrder(models.Model):
    """What is cancelled of an order, or is to be."""

    _inherit = "sale.order"

    cancellation_ids = fields.One2many(
        "sales.order.cancellation",
        "order_id",
        string="Cancellations",
        groups="base.group_user",
        help="What was to be cancelled of the order, and what became of it.",
    )
    cancellation_count = fields.Integer(
        compute="_compute_request_counts",
        groups="base.group_user",
        help="Number of cancellations that you may read.",
    )
    cancel_state = fields.Selection(
        selection=CANCEL_STATES,
        string="Cancellation",
        compute="_compute_cancel_state",
        store=True,
        index=True,
        groups="base.group_user",
        help="Whether the order is cancelled: not at all, in part, as a whole, or "
        "perhaps, when somebody has decided.",
        prefetch="sales_rare",
    )
    cancel_reason_id = fields.Many2one(
        "sales.cancel.reason",
        string="Cancellation Reason",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why it, or the last part of it, was cancelled.",
        prefetch="sales_rare",
    )
    cancelled_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the order was cancelled as a whole.",
        prefetch="sales_rare",
    )

    @api.depends("cancellation_ids")
    def _compute_request_counts(self):
        return super()._compute_request_counts()

    @api.model
    def _get_request_counters(self):
        return {
            **super()._get_request_counters(),
            "cancellation_count": "sales.order.cancellation",
        }

    @api.depends("state", "cancellation_ids.state", "cancellation_ids.kind")
    def _compute_cancel_state(self):
        none = self.env["sales.order.cancellation"]
        any_asked = none._has_records()
        for order in self:
            found = order.cancellation_ids if any_asked else none
            states = {one.state for one in found}
            partly = any(o.state == "applied" and o.kind == "lines" for o in found)
            if order.state == "cancel":
                order.cancel_state = "full"
            elif "submitted" in states:
                order.cancel_state = "pending"
            else:
                order.cancel_state = "partial" if partly else "none"

    # === What can be cancelled === #

    def _get_cancellable_quantities(self):
        """Return {order line id: quantity} of all that is still open."""
        self.ensure_one()
        quantities = {
            line.id: line._get_cancellable_quantity() for line in self.order_line
        }
        return {id_: quantity for id_, quantity in quantities.items() if quantity > 0}

    # === Asking for it === #

    def action_request_cancellation(
        self, lines: dict | None = None, reason=None, note: str | None = None
    ):
        """Cancel the order or lines of it, or ask for it where somebody has to decide.

        :param dict lines: {order line id: quantity in the unit of the line}; None: all
        :param reason: id or code of the reason; None opens the form instead
        :param str note: what there is to say about it
        :return: dict with ``id``, ``number``, ``state``, ``fee`` and ``refund``, or the
            action that opens the form where no reason is given
        :raise CancellationError: names the ``field`` and the ``rule``
        """
        self.ensure_one()
        self.check_access("write")
        if not reason and lines is None:
            return self._get_cancellation_form()
        cancellation = self._new_cancellation(lines, reason, note, "rpc")
        cancellation.action_cancel_now()
        return cancellation._prepare_data()

    def _get_cancellation_form(self):
        self.env["sales.order.cancellation"].new({"order_id": self.id})._check_order()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel %s", self.name),
            "res_model": "sales.order.cancellation",
            "views": [(False, "form")],
            "context": {"default_order_id": self.id},
        }

    def _new_cancellation(self, quantities, reason, note, channel):
        """Create a draft.

        :param quantities: {order line id: quantity}, or None for the whole order
        """
        self.ensure_one()
        found = self.env["sales.cancel.reason"]._get_by_name(reason)
        if reason and not found:
            raise CancellationError(
                self.env._("Reason: there is no reason %s.", reason),
                field="reason",
                rule="unknown",
            )
        records = self.env["sales.order.cancellation"]
        cancellation = records._create_own(
            [
                {
                    "order_id": self.id,
                    "kind": "full" if quantities is None else "lines",
                    "channel": channel,
                    "reason_id": found.id,
                    "note": note,
                }
            ]
        )
        for id_, quantity in (quantities or {}).items():
            # JSON has text for keys.
            vals = cancellation._prepare_line_vals({int(id_): quantity})
            cancellation.line_ids.create(vals)
        return cancellation

    def action_view_cancellations(self):
        """Open the cancellations of this order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_cancellation_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    def _cancel_because(self, reason, note="", channel="staff"):
        """Cancel these orders for a reason; those that are confirmed by the rules."""
        with because(reason, note, channel):
            return self._action_cancel()


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _prepare_data(self):
        """Return what a program wants to know of it."""
        self.ensure_one()
        return {
            "id": self.id,
            "number": self.name,
            "order": self.order_id.name,
            "order_state": self.order_id.state,
            "state": self.state,
            "kind": self.kind,
            "reason": self.reason_id.code or self.reason_id.name or "",
            "lines": {
                str(line.order_line_id.id): line.quantity for line in self.line_ids
            },
            "amount": self.amount,
            "fee": self.fee_amount,
            "refund": self.refund_amount,
            "requested_on": str(self.requested_on or ""),
            "effective_on": str(self.effective_on or ""),
            "impact": self.impact or {},
            "stops": self.guard_message or "",
        }
