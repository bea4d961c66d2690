from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """The counters above the list of orders."""

    _inherit = "sale.order"

    @api.model
    @api.readonly
    def get_order_desk(self):
        """Return the counters of the order desk for the current user.

        :return: list of dictionaries in the order of display with ``key``, ``label``,
            ``help``, ``count`` (records the user may read), ``tone`` (Bootstrap
            colour), and either ``filter`` (name of a filter of the order search view)
            or ``action`` (XML id of a window action)
        """
        counters = self._get_desk_counters()
        return sorted(counters, key=lambda counter: counter["sequence"])

    @api.model
    def _get_desk_counters(self):
        """Return the counters; satellites append theirs to ``super()``."""
        return [
            {
                "key": "on_hold",
                "sequence": 20,
                "label": self.env._("On Hold"),
                "help": self.env._("Accepted by the customer, waiting for a decision"),
                "count": self.search_count(self._get_on_hold_domain()),
                "tone": "warning",
                "filter": "on_hold",
            },
            {
                "key": "late",
                "sequence": 40,
                "label": self.env._("Late"),
                "help": self.env._("Deliveries that should have left before today"),
                "count": self.search_count(self._get_late_domain()),
                "tone": "danger",
                "filter": "late_delivery",
            },
        ]

    @api.model
    def _get_on_hold_domain(self):
        return Domain("hold_since", "!=", False)

    @api.model
    def _get_late_domain(self):
        """Orders with a delivery that should have left before today."""
        return Domain("state", "=", "sale") & Domain(
            "picking_ids",
            "any",
            [
                ("state", "not in", ("done", "cancel")),
                ("picking_type_code", "=", "outgoing"),
                ("scheduled_date", "<", "today"),
            ],
        )
