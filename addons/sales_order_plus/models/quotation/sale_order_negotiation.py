from odoo import fields, models


class SaleOrder(models.Model):
    """Counter-offers of the customer, and what becomes of them."""

    _inherit = "sale.order"

    counter_offer_ids = fields.One2many(
        "sales.counter.offer",
        "order_id",
        string="Counter-Offers",
        groups="base.group_user",
        help="What the customer proposed instead, the newest first.",
    )
    send_when_released = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The accepted counter-offer is sent as soon as its approval is given.",
        prefetch="sales_rare",
    )

    # === What the customer may do === #

    def _get_negotiable_lines(self):
        """Return the lines a customer may propose another quantity or price for."""
        self.ensure_one()
        return self.order_line.filtered(lambda line: line._can_be_negotiated())

    def _get_negotiation_refusal(self):
        """Return why no counter-offer can be made now, or an empty text."""
        self.ensure_one()
        # sudo: settings and offers are not shown to customers.
        order = self.sudo()
        if not order.company_id.portal_negotiation:
            return self.env._("We do not take counter-offers online. Please call us.")
        if order.is_expired:
            return self.env._("This quotation has expired. Ask us for a new one.")
        if order.hold_since or order.signature:
            return self.env._("You have accepted this quotation already.")
        if order._is_being_revised():
            return self.env._("We are revising this quotation. Wait for the new one.")
        tries = order.counter_offer_ids.filtered(
            lambda offer: offer.revision == order.revision_number
        )
        limit = order.company_id.counter_offer_limit
        if limit and len(tries) >= limit:
            return self.env._(
                "You have made %(limit)s offers for this quotation, that is the most. "
                "Please call us.",
                limit=limit,
            )
        return ""

    def _can_negotiate(self):
        """Return whether the customer's page offers to negotiate."""
        self.ensure_one()
        return self.state in ("draft", "sent") and not self._get_negotiation_refusal()

    def _get_pending_offer(self):
        self.ensure_one()
        # sudo: shown on the customer's own page.
        offers = self.sudo().counter_offer_ids
        return offers.filtered(lambda offer: offer.state == "pending")[:1]

    def _close_offers(self, state):
        """Close the offers that still wait for an answer.

        :param str state: withdrawn or expired
        """
        # sudo: nobody writes offers by hand.
        offers = self.env["sales.counter.offer"].sudo()
        if not offers._has_records():
            return
        offers = offers.search(
            [("order_id", "in", self.ids), ("state", "=", "pending")]
        )
        offers.write({"state": state})
        # Before a new one is inserted: the database allows one pending offer.
        offers.flush_recordset(["state"])

    def action_view_counter_offers(self):
        """Open the counter-offers of this quotation.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_counter_offer_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        offers = self.counter_offer_ids
        pending = offers.filtered(lambda offer: offer.state == "pending")
        if one := pending or (offers if len(offers) == 1 else offers.browse()):
            action.update(res_id=one.id, views=[(False, "form")])
        return action

    # === Sending what was agreed on === #

    def _send_or_submit(self):
        """Send the revision; where something stands against it, ask for that first.

        :return: dict with ``sent`` and ``waiting_for`` (messages)
        """
        self.ensure_one()
        stops = self._get_guard_stops("confirm").get(self, [])
        if not stops:
            self._send_revision()
            return {"sent": True, "waiting_for": []}
        self._write_own({"send_when_released": True})
        self._guard_submit("confirm", "user")
        return {"sent": False, "waiting_for": [finding.message for finding in stops]}

    def _guard_release(self, operation):
        super()._guard_release(operation)
        if operation == "confirm":
            self._send_released()

    def _send_released(self):
        """Send the revisions that only waited for a decision."""
        # sudo: who decides on an order need not be its salesperson.
        waiting = self.sudo().filtered("send_when_released")
        stops = waiting._get_guard_stops("confirm") if waiting else {}
        for order in waiting:
            if order not in stops:
                order._send_revision()

    def _send_revision(self):
        """Mail the link and the document of the current revision to the customer."""
        self.ensure_one()
        self._write_own({"send_when_released": False})
        template = self.env.ref("sale.email_template_edi_sale", False)
        order = self.with_context(mark_so_as_sent=True)
        if template:
            order.message_post_with_source(
                template,
                email_layout_xmlid=(
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                subtype_xmlid="mail.mt_comment",
            )
        elif self.state == "draft":
            order.write({"state": "sent"})
