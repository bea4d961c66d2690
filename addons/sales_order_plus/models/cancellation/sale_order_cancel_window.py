from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import fields, models
from odoo.tools import format_datetime

from ...exceptions import CancellationError, SelfServiceError


class SaleOrder(models.Model):
    """Until when an order may be cancelled, as its policy says."""

    _inherit = "sale.order"

    # === The window === #

    def _get_cancel_window(self):
        """Return whether the customer may cancel by himself now: not unless allowed.

        :return: dict with ``open``, ``until`` (UTC or None) and ``text``, a translated
            sentence for his page
        """
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self)
        if self.state != "sale" or not policy.cancel_portal:
            text = self.env._("Cancellations are arranged with your salesperson.")
            return {"open": False, "until": None, "text": text}
        return self._get_policy_window(policy)

    def _get_policy_window(self, policy):
        """Return the window of ``policy``, whoever may use it."""
        until = self._get_cancel_until(policy)
        closed = self._get_cancel_closed_text(policy, until)
        return {
            "open": not closed,
            "until": until,
            "text": closed or self._get_cancel_open_text(until),
        }

    def _get_cancel_until(self, policy):
        """Return the last moment in UTC, or None where no time is set."""
        # sudo: dates of transfers are internal.
        order, moments = self.sudo(), []
        if policy.cancel_hours:
            moments.append(order.date_order + timedelta(hours=policy.cancel_hours))
        if policy.cancel_days_before:
            moments.append(order._get_day_before_delivery(policy.cancel_days_before))
        return min(moments, default=None)

    def _get_day_before_delivery(self, days):
        """Return the end of the day ``days`` before the delivery, in UTC."""
        warehouse = self.warehouse_id.partner_id or self.company_id.partner_id
        zone = timezone(warehouse.tz or self.company_id.partner_id.tz or "UTC")
        open_pickings = self.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        planned = [one for one in open_pickings.mapped("scheduled_date") if one]
        delivery = self.commitment_date or min(planned, default=self.date_order)
        day = UTC.localize(delivery).astimezone(zone).date() - timedelta(days=days)
        end = zone.localize(datetime.combine(day, time.max.replace(microsecond=0)))
        return end.astimezone(UTC).replace(tzinfo=None)

    def _get_cancel_closed_text(self, policy, until):
        """Return why it is too late, or an empty text."""
        # sudo: transfers are internal.
        moves = self.sudo().order_line.move_ids
        if any(move.state == "done" for move in moves):
            return self.env._(
                "Your goods are on their way. You can send them back when they are there."
            )
        if policy.cancel_until == "picked" and self._is_being_prepared():
            return self.env._(
                "Your goods are being packed already. Please ask your salesperson."
            )
        if until and fields.Datetime.now() > until:
            return self.env._(
                "It could be cancelled until %s. Please ask your salesperson.",
                self._format_customer_time(until),
            )
        return ""

    def _is_being_prepared(self):
        """Return whether somebody has begun with the goods that have not left."""
        # sudo: transfers are internal.
        pickings = self.sudo().picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        return any(
            one.printed or any(one.move_ids.mapped("picked")) for one in pickings
        )

    def _get_cancel_open_text(self, until):
        if not until:
            return self.env._("You can cancel until we begin to pack your goods.")
        return self.env._(
            "You can cancel until %s, unless your goods are packed before.",
            self._format_customer_time(until),
        )

    def _format_customer_time(self, moment):
        # sudo: the zone is an internal field.
        return format_datetime(
            self.env, moment, tz=self.sudo().order_tz or "UTC", dt_format="short"
        )

    # === Who uses it === #

    def _request_cancellation_as_customer(self, quantities, reason, note=""):
        """Cancel as the customer of this order, or ask for it.

        The order comes in sudo from who has checked that it is the customer's.

        :param dict quantities: {order line id: quantity}; None: the whole order
        :param reason: a reason that customers may choose
        :param str note: what he wrote
        :return: the cancellation
        :raise SelfServiceError: when it is too late, or not for customers
        """
        self.ensure_one()
        self._ensure_customer_window(self._get_cancel_window())
        one = self._new_cancellation(quantities, reason, note, "portal")
        one.action_cancel_now()
        return one

    def _ensure_customer_window(self, window):
        if not window["open"]:
            raise SelfServiceError(window["text"], field="order_id", rule="window")

    def _ensure_staff_window(self):
        """Refuse a salesperson when the time is over that his policy sets.

        :raise CancellationError: says until when it was possible, and who can
        """
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self)
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        if not policy.cancel_staff or manager or self.state != "sale":
            return
        window = self._get_policy_window(policy)
        if not window["open"]:
            raise CancellationError(
                self.env._(
                    "Order: the time to cancel %(order)s is over (policy “%(policy)s”). "
                    "Submit the cancellation and have a sales administrator apply it.",
                    order=self.name,
                    policy=policy.name,
                ),
                field="order_id",
                rule="window",
            )


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _lock_order(self):
        result = super()._lock_order()
        self.order_id._ensure_staff_window()
        return result
