from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "quotation.sent": self.env._("Quotation sent"),
            "quotation.revised": self.env._("New revision"),
            "quotation.expired": self.env._("Quotation expired"),
            "quotation.extended": self.env._("Validity extended"),
            "quotation.renewed": self.env._("Quotation renewed"),
            "quotation.alternative": self.env._("Made as an alternative"),
            "quotation.accepted": self.env._("Accepted by the customer"),
            "quotation.declined": self.env._("Declined by the customer"),
            "quotation.counter_offer": self.env._("Counter-offer of the customer"),
            "quotation.question": self.env._("Question of the customer"),
            "quotation.lost": self.env._("Quotation lost"),
            "offer.accepted": self.env._("Counter-offer accepted"),
            "offer.refused": self.env._("Counter-offer refused"),
        }

    def _get_timeline_detail(self):
        """Return the details worth reading, without technical ones."""
        self.ensure_one()
        data = self.data or {}
        ways = (
            self.env["sale.order"]._fields["sent_via"]._description_selection(self.env)
        )
        parts = [
            dict(ways).get(data.get("via")),
            data.get("revision")
            and self.env._("Revision %(number)s", number=data["revision"]),
            *(data.get(key) for key in ("until", "reason", "question")),
        ]
        return ", ".join(part for part in parts if part)
