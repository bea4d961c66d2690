from odoo import models


class SaleOrder(models.Model):
    """What a customer is offered on his page; the order comes in sudo."""

    _inherit = "sale.order"

    def _show_offer_to_customer(self, reason):
        """Return what the customer reads of the offer, or None.

        :return: dict with ``name``, ``description``, ``kind`` and ``until``, in words
        """
        self.ensure_one()
        offer = self._get_retention_offer(reason)
        return self._prepare_offer(offer) if offer else None

    def _prepare_offer(self, offer):
        proposal = self.env["sales.retention.proposal"]._get_of(self)
        offer = offer.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "name": offer.name,
            "description": offer.description or "",
            "kind": offer.kind,
            "until": self._format_for_customer(proposal.valid_until),
        }

    def _keep_as_customer(self, quantities, reason, note=""):
        """The customer keeps his order for what he was offered.

        :param dict quantities: what he wanted to cancel; None: the whole order
        :param reason: why he wanted to
        :param str note: what he wrote
        :return: the cancellation, retained
        :raise OfferError: if nothing is offered any more
        """
        self.ensure_one()
        one = self._new_cancellation(quantities, reason, note, "portal")
        one._accept_offer()
        return one
