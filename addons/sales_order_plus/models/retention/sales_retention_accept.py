"""How each kind of offer is carried out: by a change request of the order."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

from ...exceptions import OfferError


class SalesRetentionOffer(models.Model):
    _inherit = "sales.retention.offer"

    # === Whether, and for how much === #

    def _can_be_done(self, order):
        """Return whether there is anything in the order to offer this for."""
        self.ensure_one()
        if self.kind == "coupon":
            return True
        if self.kind == "reschedule":
            return any(line._is_open_for_offer() for line in order.order_line)
        return bool(self._get_lines(order))

    def _get_lines(self, order):
        """Return the lines of the order that the offer is about."""
        lines = order.order_line
        if self.kind == "free_delivery":
            return lines.filtered(
                lambda line: (
                    line.is_delivery and line.price_unit and not line.qty_invoiced
                )
            )
        lines = lines.filtered(lambda line: line._is_open_for_offer())
        if self.kind == "substitute":
            return lines.filtered(lambda line: line.product_id == self.product_id)[:1]
        return lines

    def _get_cost(self, order):
        """Return what the offer costs, in the currency of the company, without taxes."""
        self.ensure_one()
        lines = self._get_lines(order)
        amount = 0.0
        if self.kind == "discount":
            amount = sum(lines.mapped("price_subtotal")) * self.discount / 100
        elif self.kind == "free_delivery":
            amount = sum(lines.mapped("price_subtotal"))
        elif self.kind == "substitute":
            # At the price of what he ordered: what the other one would cost more.
            more = self.substitute_id.lst_price - self.product_id.lst_price
            return max(more, 0.0) * sum(lines.mapped("product_uom_qty"))
        return order.currency_id._convert(
            amount,
            self.currency_id,
            self.company_id,
            fields.Date.context_today(order),
        )

    # === Taken === #

    def _accept_for(self, cancellation):
        """Carry the offer out instead of the cancellation.

        :param cancellation: the draft or submitted cancellation that becomes retained
        :return: the change request, as superuser; empty for a coupon
        :raise OfferError: if it was not shown for this order, or is over
        """
        self.ensure_one()
        # sudo: the customer has no rights to what is done for him.
        order = cancellation.sudo().order_id
        proposal = self.env["sales.retention.proposal"]._get_of(order)
        self._check_valid(proposal, order)
        change = self.sudo()._carry_out(order, proposal)
        cost = self.sudo()._get_cost(order) if not change else proposal.cost
        proposal.write(self._prepare_accepted_vals(order, proposal, change, cost))
        cancellation.sudo()._write_own({"state": "retained"})
        cancellation.sudo()._log_event(
            "cancellation.retained", order=order.name, offer=self.sudo().name
        )
        order._log_event("order.retained", offer=self.sudo().name, cost=cost)
        return change

    def _check_valid(self, proposal, order):
        if proposal.offer_id == self.sudo() and proposal._is_valid():
            return
        raise OfferError(
            self.env._(
                "Offer: it is not open for %s any more. Ask your salesperson.",
                order.name,
            ),
            field="offer_id",
            rule="expired",
        )

    def _prepare_accepted_vals(self, order, proposal, change, cost):
        return {
            "state": "accepted",
            "decided_on": fields.Datetime.now(),
            "change_id": change.id,
            "cost": cost,
            "saved_amount": max(proposal.order_amount - cost, 0.0),
        }

    def _carry_out(self, order, proposal):
        if self.kind == "coupon":
            proposal.card_id = self._give_coupon(order)
            return self.env["sales.order.change"]
        rows = getattr(self, f"_prepare_{self.kind}_rows")(order)
        change = self.env["sales.order.change"]._create_own(
            [
                {
                    "order_id": order.id,
                    "channel": "portal",
                    "reason": self.env._(
                        "Offered instead of a cancellation: %s", self.name
                    ),
                    "line_ids": [Command.create(row) for row in rows],
                }
            ]
        )
        change.action_submit()
        self._apply_change(change)
        return change

    def _apply_change(self, change):
        """Apply it; where somebody has to approve it first, it waits for him."""
        if change.state == "submitted" and not change._get_guard_stops("change"):
            change.action_apply()

    def _give_coupon(self, order):
        """Return a coupon of the program for the customer."""
        return self.env["loyalty.card"].create(
            {
                "program_id": self.program_id.id,
                "partner_id": order.partner_id.id,
                "points": 1,
                "expiration_date": self.program_id.date_to,
            }
        )

    def _prepare_discount_rows(self, order):
        return [
            {
                "kind": "price",
                "line_id": line.id,
                "price_unit": line.price_unit,
                "discount": self._get_discount_with(line.discount),
            }
            for line in self._get_lines(order)
        ]

    def _get_discount_with(self, discount):
        return 100 - (100 - discount) * (100 - self.discount) / 100

    def _prepare_free_delivery_rows(self, order):
        return [
            {"kind": "price", "line_id": line.id, "price_unit": 0, "discount": 0}
            for line in self._get_lines(order)
        ]

    def _prepare_reschedule_rows(self, order):
        moment = fields.Datetime.now() + timedelta(days=self.days_later)
        return [{"kind": "date", "commitment_date": moment}]

    def _prepare_substitute_rows(self, order):
        return [
            {
                "kind": "substitute",
                "line_id": line.id,
                "product_id": self.substitute_id.id,
                "quantity": line.product_uom_qty,
                "keep_price": True,
            }
            for line in self._get_lines(order)
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_open_for_offer(self):
        """Return whether the goods are neither delivered nor invoiced, nor freight."""
        self.ensure_one()
        special = self.is_downpayment or self.is_delivery or self.is_expense
        done = self.qty_delivered or self.qty_invoiced
        return bool(
            self.product_id
            and not self.display_type
            and not special
            and not self.is_reward_line
            and not done
            and self.product_uom_qty
        )


class SaleOrder(models.Model):
    """What the customer is offered before he cancels."""

    _inherit = "sale.order"

    def _get_retention_offer(self, reason):
        """Return what the customer is offered when he is about to cancel.

        One offer for each order: the first call keeps that it was shown; as long as it
        is valid and he has not decided, it stays the same one.

        :param reason: ``sales.cancel.reason``, or the kind of a reason
        :return: ``sales.retention.offer``, as superuser; empty: none
        """
        self.ensure_one()
        # sudo: customers have no rights to offers.
        offers = self.env["sales.retention.offer"].sudo()
        if self.state != "sale":
            return offers.browse()
        proposal = self.env["sales.retention.proposal"]._get_of(self)
        if proposal:
            return proposal.offer_id if proposal._is_valid() else offers.browse()
        category = reason if isinstance(reason, str) else reason.sudo().category
        order = self.sudo()
        active = offers.browse(offers._get_active_ids(self.company_id.id))
        offer = next((one for one in active if one._fits(order, category)), None)
        if not offer:
            return offers.browse()
        order._keep_shown(offer, category)
        return offer

    def _keep_shown(self, offer, category):
        self.env["sales.retention.proposal"].create(
            {
                "offer_id": offer.id,
                "order_id": self.id,
                "reason_category": category,
                "valid_until": fields.Datetime.now() + timedelta(days=offer.valid_days),
                "cost": offer._get_cost(self),
                "order_amount": self.currency_id._convert(
                    self.amount_untaxed,
                    offer.currency_id,
                    self.company_id,
                    fields.Date.context_today(self),
                ),
            }
        )

    def _decline_retention_offer(self):
        """The customer cancels although he was offered something."""
        proposal = self.env["sales.retention.proposal"]._get_of(self)
        proposal.filtered(lambda one: one.state == "shown").write(
            {"state": "declined", "decided_on": fields.Datetime.now()}
        )
