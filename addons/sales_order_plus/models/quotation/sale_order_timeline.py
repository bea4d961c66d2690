from odoo import api, fields, models

# What the customer has lived through himself; everything else is internal.
CUSTOMER_EVENTS = frozenset(
    {
        "quotation.sent",
        "quotation.revised",
        "quotation.extended",
        "quotation.accepted",
        "quotation.declined",
        "quotation.counter_offer",
        "quotation.question",
        "order.confirmed",
    }
)


class SaleOrder(models.Model):
    """One story out of the logs: events, visits, reminders and decisions on offers."""

    _inherit = "sale.order"

    @api.readonly
    def get_quotation_timeline(self):
        """Return what happened between us and the customer, the oldest first.

        :return: list of dictionaries with ``date`` (UTC), ``kind`` (code of the event),
            ``label``, ``detail`` and ``by``
        """
        self.ensure_one()
        self.check_access("read")
        return self._get_timeline(customer=False)

    def _get_timeline(self, customer):
        """Return the timeline; for the customer without what is internal.

        :param bool customer: whether it is shown on the customer's page
        """
        # sudo: the logs of an order belong to whoever may read the order.
        order = self.sudo()
        entries = [
            *order._get_event_entries(customer),
            *order._get_view_entries(),
            *order._get_reminder_entries(),
            *order._get_offer_entries(),
        ]
        entries.sort(key=lambda entry: entry["date"])
        return [
            {**entry, "date": fields.Datetime.to_string(entry["date"])}
            for entry in entries
        ]

    def _get_event_entries(self, customer):
        events = self.env["sales.audit.event"].search(
            [("model", "=", self._name), ("res_id", "=", self.id)], order="id"
        )
        if customer:
            events = events.filtered(lambda event: event.code in CUSTOMER_EVENTS)
        return [
            {
                "date": event.date,
                "kind": event.code,
                "label": event.name,
                "detail": event._get_timeline_detail(),
                "by": (event.data or {}).get("by") or (event.user_id.name or ""),
            }
            for event in events
        ]

    def _get_view_entries(self):
        views = self.quotation_view_ids.filtered(lambda view: view.agent == "human")
        return [
            {
                "date": view.date,
                "kind": "quotation.viewed",
                "label": self.env._("Viewed"),
                "detail": self.env._("Revision %(number)s", number=view.revision),
                "by": view.partner_id.name or "",
            }
            for view in views
        ]

    def _get_reminder_entries(self):
        logs = self.env["sales.reminder.log"].search(
            [("order_id", "=", self.id), ("state", "=", "done")]
        )
        return [
            {
                "date": log.date,
                "kind": "quotation.reminder",
                "label": self.env._("Reminder"),
                "detail": log.rule_id.name,
                "by": "",
            }
            for log in logs
        ]

    def _get_offer_entries(self):
        decided = self.counter_offer_ids.filtered("decided_on")
        return [
            {
                "date": offer.decided_on,
                "kind": f"offer.{offer.state}",
                "label": self.env._("Counter-offer %(state)s", state=offer.state),
                "detail": offer.answer or "",
                "by": offer.decided_by_id.name or "",
            }
            for offer in decided
        ]
