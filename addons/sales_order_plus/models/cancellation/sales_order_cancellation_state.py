from odoo import fields, models

from ...exceptions import CancellationError
from .sales_order_cancellation import FINAL


class SalesOrderCancellation(models.Model):
    """How a cancellation goes its way: submitted, approved, applied or not."""

    _inherit = "sales.order.cancellation"

    # === Public: each asks for the right to write the order === #

    def action_preview(self):
        """Try the cancellation, undo it, and keep what it would bring about.

        :return: True
        :raise CancellationError: whatever stands against it
        """
        for one in self:
            one._ensure_state("draft", "submitted")
            one._fill_lines()
            one._store_impact()
        return True

    def action_submit(self):
        """Submit drafts: the impact is kept, and whoever has to decide is asked.

        :return: True
        :raise CancellationError: if it is incomplete, or cannot be done
        """
        self._submit()
        self._after_submission()
        return True

    def _submit(self):
        for one in self:
            one._ensure_state("draft")
            one._ensure_reason()
            one._fill_lines()
            one._store_impact()
            one._write_own(one._prepare_submit_vals())
            one._log_event(
                "cancellation.submitted",
                order=one.order_id.name,
                what=one.summary,
                reason=one.reason_id.name,
                note=one.note or "",
            )
            one._guard_submit("cancel", one.channel)

    def _after_submission(self):
        """Do what follows where it now waits, such as telling the customer."""

    def action_apply(self):
        """Cancel what was submitted, each as a whole.

        :return: True
        :raise GuardError: if a rule or an approval stands against it
        :raise CancellationError: whatever else does
        """
        for one in self:
            one._ensure_state("submitted")
            one._lock_order()
            # Before anything is credited; the gate asks again when it is applied.
            one._guard_ensure("cancel")
            one._apply()
        return True

    def action_cancel_now(self):
        """Submit drafts and apply those nothing stands against.

        :return: True
        """
        self.filtered(lambda one: one.state == "draft")._submit()
        stops = self._get_guard_stops("cancel")
        self.filtered(lambda one: one not in stops).action_apply()
        self._after_submission()
        return True

    def action_refuse(self, *, reason: str):
        """Refuse what was submitted; the order stays as it is.

        :param str reason: why; kept with the cancellation, told to the customer
        :return: True
        """
        return self._decide("refused", ("submitted",), reason)

    def action_withdraw(self, *, reason: str = ""):
        """Withdraw what is not decided.

        :param str reason: why; kept with the cancellation
        :return: True
        """
        states = ("draft", "submitted")
        return self._decide("withdrawn", states, reason or self.env._("Withdrawn"))

    # === How === #

    def _ensure_reason(self):
        reason = self.reason_id
        if not reason:
            raise CancellationError(
                self.env._("Reason: choose why %s is cancelled.", self.order_id.name),
                field="reason_id",
                rule="required",
            )
        if reason.requires_note and not (self.note or "").strip():
            raise CancellationError(
                self.env._("Note: say more about the reason “%s”.", reason.name),
                field="note",
                rule="required",
            )

    def _fill_lines(self):
        """A whole order is all of its lines; lines are what can be cancelled of them."""
        if self.state == "draft" and self._is_all_that_is_left():
            self.kind = "full"
        if self.kind == "full" and self.state == "draft":
            self.line_ids.unlink()
            quantities = self.order_id._get_cancellable_quantities()
            self.line_ids.create(self._prepare_line_vals(quantities))
        if self.kind == "lines" and not self.line_ids:
            raise CancellationError(
                self.env._("Lines: say which lines of %s.", self.order_id.name),
                field="line_ids",
                rule="required",
            )
        self._check_possible()

    def _is_all_that_is_left(self):
        """Return whether the lines are the whole order: freight alone is none."""
        lines = self.order_id.order_line
        if self.order_id.state != "sale" or any(lines.mapped("qty_delivered")):
            return False
        wanted = {one.order_line_id.id: one.quantity for one in self.line_ids}
        goods = lines.filtered(lambda line: not line.is_delivery)
        left = {line: line._get_cancellable_quantity() for line in goods}
        return bool(wanted) and all(
            line.product_uom_id.compare(wanted.get(line.id, 0), quantity) == 0
            for line, quantity in left.items()
            if quantity
        )

    def _check_possible(self):
        """Refuse what is delivered, in transit or not there at all."""
        if self.kind == "lines":
            self._check_confirmed()
            self.line_ids._check_cancellable()
            return
        delivered = self.order_id.order_line.filtered(
            lambda line: (
                not line.is_downpayment
                and not line.is_delivery
                and line.product_uom_id.compare(line.qty_delivered, 0) > 0
            )
        )
        if delivered:
            raise CancellationError(
                self.env._(
                    "Order: %(products)s of %(order)s are delivered already. Cancel the "
                    "lines that are still open, and let the customer return the rest "
                    "(Return on the order).",
                    products=", ".join(delivered.product_id.mapped("display_name")),
                    order=self.order_id.name,
                ),
                field="kind",
                rule="delivered",
            )

    def _check_confirmed(self):
        if self.order_id.state != "sale":
            raise CancellationError(
                self.env._(
                    "Order: %s is not confirmed. Edit its lines, or cancel all of it.",
                    self.order_id.name,
                ),
                field="kind",
                rule="confirmed",
            )

    def _prepare_submit_vals(self):
        now = fields.Datetime.now()
        partner = self.order_id.partner_id
        tz = self.env.user.tz if self.channel != "portal" else partner.tz
        return {
            "state": "submitted",
            "requested_by_id": self.env.uid,
            "requested_on": now,
            "requested_tz": self.env.context.get("tz") or tz or "UTC",
        }

    def _guard_release(self, operation):
        """The last approval is there: go on where the customer waits for it."""
        if operation == "cancel":
            # First: nothing is written on what is applied now.
            undecided = self.filtered(lambda one: one.state not in FINAL)
            undecided._write_own({"approved_on": fields.Datetime.now()})
        super()._guard_release(operation)
        if operation == "cancel":
            waiting = self.filtered(
                lambda one: one.state == "submitted" and one.channel == "portal"
            )
            for one in waiting:
                one._apply_released()

    def _apply_released(self):
        """Apply in a savepoint; tell the salesperson if that fails."""
        self.ensure_one()
        # sudo: who approves need not write orders; it was the customer's wish.
        go_on = self.sudo().action_apply
        summary = self.env._("Approved, but cancelling failed")
        self._try_released(go_on, self.order_id, summary)
