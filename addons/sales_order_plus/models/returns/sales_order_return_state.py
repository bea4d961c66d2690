from odoo import fields, models

from ..seam.sales_guard_mixin import Finding
from .sales_order_return_line import INSPECTIONS, RESOLUTIONS


class SalesOrderReturn(models.Model):
    """How a return goes its way: asked for, authorised, received, settled or not."""

    _inherit = "sales.order.return"

    # === Public: each asks for the rights of the user === #

    def action_request(self):
        """Ask for drafts: whoever has to decide is asked, the customer is told.

        :return: True
        :raise ReturnError: if it is incomplete, or asks for more than can come back
        """
        for one in self:
            one._ensure_state("draft")
            one._request("user")
            one._tell_customer("requested")
        return True

    def action_authorise(self):
        """Authorise requested returns: the transfer that takes the goods is prepared.

        :return: True
        :raise ReturnError: if something of it came back meanwhile
        :raise GuardError: if a rule or an approval stands against it
        """
        for one in self:
            one._ensure_state("requested")
            one._authorise()
        return True

    def action_inspect(self, *, results: list | None = None):
        """Record what the inspection found, and settle the return.

        :param list results: dicts with ``line`` (id of a line of the return),
            ``inspection`` (good, damaged, wrong, missing), ``accepted`` (quantity; the
            rest goes back), ``resolution`` (refund, replacement, repair, none) and
            ``note``; lines that are not named are good, as far as they came
        :return: True
        :raise ReturnError: names the ``field`` and the ``rule`` that stands against it
        """
        for one in self:
            one._ensure_inspector()
            one._inspect(results or [])
            # sudo: who inspects need not read the order, nor what is credited.
            one.sudo()._settle()
        return True

    def action_refuse(self, *, reason: str):
        """Refuse requested returns.

        :param str reason: why; the customer reads it
        :return: True
        """
        self._decide("refused", ("requested",), reason)
        for one in self:
            one._tell_customer("refused")
        return True

    def action_withdraw(self, *, reason: str = ""):
        """Withdraw returns of which nothing came back; their transfers are cancelled.

        :param str reason: why; kept with the return
        :return: True
        """
        states = ("draft", "requested", "authorised")
        self._decide("withdrawn", states, reason or self.env._("Withdrawn"))
        for one in self:
            # sudo: whoever sells need not write transfers.
            pickings = one.sudo().picking_ids
            pickings.filtered(lambda p: p.state != "done").action_cancel()
        return True

    # === How === #

    def _ensure_inspector(self):
        """Refuse who has no right to returns; the warehouse need not write orders."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_turn(("received",))

    def _request(self, origin):
        """Check and keep a request, and ask who has to decide on it."""
        self._lock_order()
        self.line_ids.filtered(lambda line: not line.quantity).unlink()
        self._check_complete()
        self._write_own(self._prepare_request_vals())
        self._log_event(
            "return.requested", order=self.order_id.name, goods=self._get_goods_text()
        )
        self._guard_submit("return", origin)

    def _prepare_request_vals(self):
        order = self.order_id
        # sudo: who asks need not read transfers.
        moves = self.sudo().line_ids.order_line_id._get_delivered_moves()
        last = max(moves.mapped("date"), default=fields.Datetime.now())
        days = order._get_return_days()
        deadline = days and order._get_return_deadline(last, days)
        return {
            "state": "requested",
            "requested_by_id": self.env.uid,
            "requested_on": fields.Datetime.now(),
            "days_since_delivery": max(order._get_days_since(last), 0),
            "is_late": bool(deadline and fields.Datetime.now() > deadline),
        }

    def _get_goods_text(self):
        return ", ".join(
            f"{line.quantity:g} {line.product_id.display_name}"
            for line in self.sudo().line_ids
        )

    def _authorise(self):
        self.ensure_one()
        self._lock_order()
        # Somebody may have sent a part back without asking.
        self._check_quantities()
        self._write_own(
            {
                "state": "authorised",
                "authorised_by_id": self.env.uid,
                "authorised_on": fields.Datetime.now(),
            }
        )
        # sudo: who sells, or buys, need not write transfers.
        self.sudo()._prepare_return_pickings()
        self._log_event(
            "return.authorised", order=self.order_id.name, goods=self._get_goods_text()
        )
        self._tell_customer("authorised")

    def _is_auto_authorised(self):
        """Return whether the policy lets customers return this without being asked."""
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        if not policy.return_portal or not policy.return_auto_authorise or self.is_late:
            return False
        limit = policy.return_auto_amount
        if not limit:
            return True
        worth = self.currency_id._convert(
            self.amount,
            policy.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )
        return policy.currency_id.compare_amounts(worth, limit) <= 0

    # === Inspection === #

    def _inspect(self, results):
        rows = {row.get("line"): row for row in results if isinstance(row, dict)}
        if len(rows) != len(results) or not set(rows) <= set(self.line_ids.ids):
            raise self._get_error(
                "line_ids", "other_return", self.env._("name lines of this return.")
            )
        for line in self.line_ids:
            line._inspect(rows.get(line.id, {}))
        self._log_event(
            "return.inspected",
            found={
                line.product_id.display_name: line.inspection
                for line in self.sudo().line_ids
            },
        )

    # === Remarks === #

    def _get_guard_findings(self, operation, baseline=None):
        """Say where staff lets goods come back after the deadline."""
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "return":
            return findings
        for one in self.filtered("is_late"):
            days = one.order_id._get_return_days()
            text = self.env._(
                "Asked for %(days)s days after the delivery; customers have %(limit)s.",
                days=one.days_since_delivery,
                limit=days or one.days_since_delivery,
            )
            late = Finding("return_late", text, "warn")
            findings[one.id] = [*findings.get(one.id, []), late]
        return findings


class SalesOrderReturnLine(models.Model):
    _inherit = "sales.order.return.line"

    def _inspect(self, row):
        """Keep what the inspection found of these goods."""
        self.ensure_one()
        came = self.received_quantity
        found = row.get("inspection") or ("good" if came else "missing")
        resolution = row.get("resolution") or self.resolution
        accepted = row.get("accepted")
        if accepted is None:
            accepted = came if found in ("good", "damaged") else 0.0
        self._check_inspection(found, resolution, accepted)
        self._write_own(
            {
                "inspection": found,
                "inspection_note": row.get("note") or False,
                "accepted_quantity": accepted,
                "resolution": resolution,
            }
        )

    def _check_inspection(self, found, resolution, accepted):
        if found not in dict(INSPECTIONS):
            raise self._get_error(
                "inspection",
                "unknown",
                self.env._("give one of %s.", ", ".join(dict(INSPECTIONS))),
            )
        if resolution not in dict(RESOLUTIONS):
            raise self._get_error(
                "resolution",
                "unknown",
                self.env._("give one of %s.", ", ".join(dict(RESOLUTIONS))),
            )
        number = isinstance(accepted, int | float) and not isinstance(accepted, bool)
        if not number or not 0 <= accepted <= self.received_quantity:
            raise self._get_error(
                "accepted_quantity",
                "range",
                self.env._(
                    "enter 0 to %s: as much as came.", f"{self.received_quantity:g}"
                ),
            )
