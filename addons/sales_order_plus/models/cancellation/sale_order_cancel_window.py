"""How long an order may be cancelled without asking anybody."""

from datetime import time, timedelta

from odoo import fields, models
from odoo.tools import format_datetime

from ...exceptions import CancellationError
from ..seam.moments import get_local, get_moment


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_cancel_window(self):
        """Return whether the customer may cancel by himself now.

        :return: dict with ``open``, ``until`` (UTC, or None where only the warehouse
            ends it) and ``text``, a translated sentence for his page
        """
        self.ensure_one()
        # sudo: policies and transfers are not the customer's.
        order = self.sudo()
        policies = order.env["sales.change.policy"]
        policy = policies._get_for(order) if order.state == "sale" else policies
        if not policy.cancel_until:
            return self._prepare_cancel_window(
                self.env._("Cancellations are arranged with your salesperson.")
            )
        until = order._get_cancel_deadline(policy)
        closed = order._get_cancel_closed_text(policy, until)
        if closed:
            return self._prepare_cancel_window(closed, until)
        return self._prepare_cancel_window(
            order._get_cancel_open_text(until), until, is_open=True
        )

    def _prepare_cancel_window(self, text, until=None, *, is_open=False):
        return {"open": is_open, "until": until, "text": text}

    def _get_cancel_deadline(self, policy):
        """Return the moment (UTC) the window closes; None: no clock closes it."""
        if policy.cancel_until == "hours":
            return self.date_order + timedelta(hours=policy.cancel_hours)
        planned = self.commitment_date or self.expected_date
        if policy.cancel_until == "scheduled" and planned:
            return self._get_cancel_cutoff(planned, policy)
        return None

    def _get_cancel_cutoff(self, planned, policy):
        """Return the time of the day at which the warehouse has to know, in UTC."""
        tz = self._get_warehouse_tz()
        day = get_local(planned, tz).date() - timedelta(days=policy.cancel_days)
        minutes = round(policy.cancel_time * 60)
        return get_moment(day, time(minutes // 60 % 24, minutes % 60), tz)

    def _get_warehouse_tz(self):
        """Return the time zone of the warehouse that ships the order."""
        partners = (self.warehouse_id.partner_id, self.company_id.partner_id)
        return next((one.tz for one in partners if one.tz), "UTC")

    def _get_cancel_closed_text(self, policy, until):
        """Return why the window is closed, or False."""
        if until is not None and fields.Datetime.now() > until:
            return self.env._(
                "%(order)s could be cancelled until %(until)s. Please ask your "
                "salesperson.",
                order=self.name,
                until=self._format_for_customer(until),
            )
        if self._is_cancel_closed_by_stock(policy.cancel_closed_by):
            return self.env._(
                "%s is being prepared for shipping already. Please ask your "
                "salesperson.",
                self.name,
            )
        return False

    def _is_cancel_closed_by_stock(self, closed_by):
        """Return whether the warehouse is too far."""
        going = self.picking_ids.filtered(lambda one: one.state != "cancel")
        shipped = any(one.state == "done" for one in going)
        printed = shipped or any(going.mapped("printed"))
        picked = printed or any(going.move_ids.mapped("picked"))
        far = {"shipped": shipped, "printed": printed, "picked": picked}
        return far.get(closed_by, False)

    def _get_cancel_open_text(self, until):
        if until is None:
            return self.env._(
                "You can cancel %s as long as it is not prepared for shipping.",
                self.name,
            )
        return self.env._(
            "You can cancel %(order)s until %(until)s.",
            order=self.name,
            until=self._format_for_customer(until),
        )

    def _format_for_customer(self, moment):
        """Return a moment as the customer reads it: his zone, and its name."""
        # sudo: the zone of the order is not for customers to read.
        tz = self.sudo().order_tz or "UTC"
        return f"{format_datetime(self.env, moment, tz=tz, dt_format='short')} ({tz})"

    def _ensure_cancel_window(self):
        """Refuse where the window is closed.

        :raise CancellationError: with the sentence of the window
        """
        window = self._get_cancel_window()
        if not window["open"]:
            raise CancellationError(
                window["text"], field="order_id", rule="window", order=self.name
            )


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _ensure_reason(self):
        """Salespeople keep to the window where the policy says so."""
        super()._ensure_reason()
        order = self.order_id
        policy = self.env["sales.change.policy"]._get_for(order)
        bound = policy.cancel_until and policy.cancel_binds_staff
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        if order.state == "sale" and bound and not self.env.su and not manager:
            order._ensure_cancel_window()
