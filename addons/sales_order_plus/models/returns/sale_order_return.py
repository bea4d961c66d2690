from datetime import time, timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...exceptions import ReturnError
from ..seam.moments import get_local, get_moment
from .sales_order_return import OPEN


class SaleOrder(models.Model):
    """What of an order may come back, and until when."""

    _inherit = "sale.order"

    return_ids = fields.One2many(
        "sales.order.return",
        "order_id",
        string="Returns",
        groups="base.group_user",
        help="What comes back of the order.",
    )
    return_count = fields.Integer(
        compute="_compute_request_counts",
        groups="base.group_user",
        help="Number of returns that you may read.",
    )

    @api.depends("return_ids")
    def _compute_request_counts(self):
        return super()._compute_request_counts()

    @api.model
    def _get_request_counters(self):
        return {**super()._get_request_counters(), "return_count": "sales.order.return"}

    # === How much === #

    def _get_returnable_quantities(self, within=None):
        """Return what was delivered and neither came back nor is about to.

        :param int within: only what was delivered at most so many days ago
        :return: {id of the order line: quantity in its unit}, without lines that have
            nothing to return
        """
        self.ensure_one()
        found = {}
        # sudo: who sells, or buys, need not read transfers.
        for line in self.sudo().order_line.filtered("move_ids"):
            quantity = line._get_returnable_quantity(within)
            if line.product_uom_id.compare(quantity, 0) > 0:
                found[line.id] = line.product_uom_id.round(quantity)
        return found

    # === Until when === #

    def _get_return_days(self):
        """Return the days the policy gives, or None: no limit."""
        policy = self.env["sales.change.policy"]._get_for(self)
        return policy.return_days or None

    def _get_return_deadline(self, delivered_on, days):
        """Return the last moment of the last day in the customer's zone, in UTC."""
        # sudo: the zone is an internal field.
        tz = self.sudo().order_tz
        last = get_local(delivered_on, tz).date() + timedelta(days=days)
        return get_moment(last, time(23, 59, 59), tz)

    def _get_days_since(self, delivered_on):
        """Return how many days ago that was, by the customer's calendar."""
        zoned = self.with_context(tz=self.sudo().order_tz or "UTC")
        day = fields.Datetime.context_timestamp(zoned, delivered_on).date()
        return (fields.Date.context_today(zoned) - day).days

    def _get_return_window(self):
        """Return whether a customer may ask for a return now.

        :return: dict with ``open``, ``until`` (UTC, None: no limit) and ``text``, a
            translated sentence for his page
        """
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self)
        if self.state != "sale" or not policy.return_portal:
            text = self.env._("Returns are arranged with your salesperson.")
            return {"open": False, "until": None, "text": text}
        if not self._get_returnable_quantities():
            text = self.env._("Nothing was delivered yet that could come back.")
            return {"open": False, "until": None, "text": text}
        if not policy.return_days:
            text = self.env._("You may return what was delivered.")
            return {"open": True, "until": None, "text": text}
        until = self._get_last_return_deadline(policy.return_days)
        return {
            "open": fields.Datetime.now() <= until,
            "until": until,
            "text": self._get_return_window_text(until, policy.return_days),
        }

    def _get_last_return_deadline(self, days):
        # sudo: customers do not read transfers.
        moves = self.sudo().order_line._get_delivered_moves()
        return self._get_return_deadline(max(moves.mapped("date")), days)

    def _get_return_window_text(self, until, days):
        zoned = self.with_context(tz=self.sudo().order_tz or "UTC")
        day = fields.Datetime.context_timestamp(zoned, until).date()
        shown = format_date(self.env, day)
        if fields.Datetime.now() <= until:
            return self.env._("You may return what was delivered until %s.", shown)
        return self.env._(
            "Returns were possible for %(days)s days, until %(day)s. Please ask your "
            "salesperson.",
            days=days,
            day=shown,
        )

    # === By staff === #

    def action_request_return(
        self,
        *,
        lines: dict | None = None,
        reason: int | None = None,
        note: str | None = None,
        resolution: str = "refund",
    ):
        """Ask for a return of what was delivered.

        :param dict lines: {id of an order line: quantity in its unit}; without it the
            form of a new return opens
        :param int reason: id of a ``sales.return.reason``, or the record
        :param str note: what the customer says
        :param str resolution: refund, replacement, repair or none
        :return: window action of the return; ``res_id`` is its id
        :raise ReturnError: names the ``field`` and the ``rule`` that stands against it
        """
        self.ensure_one()
        self.check_access("write")
        self.env["sales.order.return"].new({"order_id": self.id})._check_order()
        if lines is None:
            return self._get_new_return_action()
        one = self._create_return(lines, reason, note, resolution, "staff")
        one.action_request()
        return one._get_records_action()

    def _get_new_return_action(self):
        if not self._get_returnable_quantities():
            raise self._get_nothing_to_return_error()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return of %s", self.name),
            "res_model": "sales.order.return",
            "views": [(False, "form")],
            "context": {"default_order_id": self.id},
        }

    def _get_nothing_to_return_error(self):
        return ReturnError(
            self.env._(
                "Goods: nothing of %s is with the customer that is not on its way back "
                "already.",
                self.name,
            ),
            field="line_ids",
            rule="nothing",
        )

    def _create_return(self, quantities, reason, note, resolution, channel):
        """Create a draft of a return.

        :param dict quantities: {id of an order line: quantity}
        :param reason: id of a reason, or the record
        """
        self.ensure_one()
        reasons = self.env["sales.return.reason"]
        reason = (
            reason if isinstance(reason, models.BaseModel) else reasons.browse(reason)
        )
        one = self.env["sales.order.return"]._create_own(
            [
                {
                    "order_id": self.id,
                    "channel": channel,
                    "reason_id": reason.exists().id,
                    "note": note or False,
                }
            ]
        )
        self.env["sales.order.return.line"].create(
            [
                {
                    "return_id": one.id,
                    "order_line_id": line_id,
                    "quantity": quantity,
                    "resolution": resolution,
                }
                for line_id, quantity in self._read_return_quantities(quantities)
            ]
        )
        return one

    def _read_return_quantities(self, quantities):
        """Return (id, quantity) of what was given, and refuse lines of other orders."""
        rows = []
        own = set(self.order_line.ids)
        for key, value in (quantities or {}).items():
            # Keys of JSON objects are texts.
            id_ = int(key) if str(key).isdigit() else None
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if id_ not in own or not number:
                raise ReturnError(
                    self.env._(
                        "Goods: %s names no line of this order, or no quantity.", key
                    ),
                    field="line_ids",
                    rule="other_order",
                )
            rows.append((id_, value))
        return rows

    def action_view_returns(self):
        """Open the returns of this order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_return_action"
        )
        action |= {"domain": [("order_id", "=", self.id)], "context": {}}
        if self.return_count == 1:
            action |= {"views": [(False, "form")], "res_id": self.return_ids.id}
        return action

    # === What follows from it === #

    def _get_open_returns(self):
        # sudo: those of others as well.
        return self.sudo().return_ids.filtered(lambda one: one.state in OPEN)

    @api.depends("picking_ids.sales_return_id")
    def _compute_delivery_status(self):
        """What comes back does not make an order less delivered."""
        super()._compute_delivery_status()
        for order in self:
            pickings = order.picking_ids
            back = pickings.filtered(lambda one: one._is_customer_return())
            ours = pickings - back
            waiting = back.filtered(lambda one: one.state not in ("done", "cancel"))
            if waiting and all(one.state in ("done", "cancel") for one in ours):
                order.delivery_status = "full"

    def _get_invoicing_domain(self):
        """What waits for its inspection is credited when it was looked at."""
        waiting = self.env["sales.order.return"]._search([("state", "=", "received")])
        return super()._get_invoicing_domain() & fields.Domain(
            "return_ids", "not in", waiting
        )
