from odoo import api, fields, models

from ...exceptions import OfferError


class SalesOrderCancellation(models.Model):
    """What the customer is offered before he cancels, and that he takes it."""

    _inherit = "sales.order.cancellation"

    offer_id = fields.Many2one(
        "sales.retention.offer",
        compute="_compute_offer",
        help="What the customer is offered for keeping the order; once for each order.",
    )
    offer_text = fields.Text(
        string="About the Offer",
        compute="_compute_offer",
        help="What more there is to say about the offer.",
    )
    offer_until = fields.Datetime(
        compute="_compute_offer", help="Until when he may take it."
    )

    @api.depends("order_id", "state")
    @api.depends_context("lang")
    def _compute_offer(self):
        for one in self:
            proposal = one._get_open_proposal()
            one.offer_id = proposal.offer_id.sudo(False)
            one.offer_text = proposal.offer_id.description
            one.offer_until = proposal.valid_until

    def _get_open_proposal(self):
        """Return what the customer was shown and may still take, as superuser."""
        proposals = self.env["sales.retention.proposal"]
        if self.state not in ("draft", "submitted") or not self.order_id:
            return proposals.sudo()
        proposal = proposals._get_of(self.order_id._origin)
        return proposal.filtered(lambda one: one._is_valid())

    # === Shown === #

    def action_preview(self):
        """Try it, and find what the customer can be offered before he cancels.

        :return: True
        :raise CancellationError: whatever stands against it
        """
        result = super().action_preview()
        for one in self.filtered("reason_id"):
            one.order_id._get_retention_offer(one.reason_id)
        self.invalidate_recordset(["offer_id", "offer_text", "offer_until"])
        return result

    # === Decided === #

    def action_accept_offer(self):
        """The customer keeps the order for what he is offered.

        :return: True
        :raise OfferError: if nothing is offered any more
        """
        for one in self:
            one._ensure_state("draft", "submitted")
            one._accept_offer()
        return True

    def action_decline_offer(self):
        """The customer wants to cancel all the same.

        :return: True
        """
        for one in self:
            one._ensure_state("draft", "submitted")
            # sudo: what was offered is written by code alone.
            one.sudo().order_id._decline_retention_offer()
            one.invalidate_recordset(["offer_id", "offer_text", "offer_until"])
        return True

    def _accept_offer(self):
        """Keep the order, and why it was to be cancelled."""
        self.ensure_one()
        self._lock_order()
        offer = self._get_open_proposal().offer_id
        if not offer:
            raise OfferError(
                self.env._(
                    "Offer: nothing is offered for %s any more.", self.order_id.name
                ),
                field="offer_id",
                rule="expired",
            )
        self._fill_lines()
        self._store_amounts()
        asked = {} if self.requested_on else self._prepare_submit_vals()
        asked.pop("state", None)
        self._write_own({**asked, **self._prepare_decided_vals(), "fee_amount": 0})
        offer._accept_for(self)
        self._after_decision()

    def _finish(self, known):
        """Who cancels has declined what he was offered."""
        # sudo: what was offered is written by code alone.
        self.sudo().order_id._decline_retention_offer()
        return super()._finish(known)
