from odoo import api, models

# (filter of the search view, tone); each counter is what its filter finds.
COUNTERS = (
    ("open", "info"),
    ("late", "danger"),
    ("no_supply", "warning"),
    ("due", "success"),
    ("urgent", "warning"),
)


class SalesBackorder(models.Model):
    """The counters above the backorders."""

    _inherit = "sales.backorder"

    @api.model
    @api.readonly
    def get_order_desk(self):
        """Return the counters above the list of backorders, in their order.

        :return: list of dicts with ``key``, ``label``, ``help``, ``count``, ``tone`` and
            ``filter`` (name of the filter that shows what was counted)
        :raise AccessError: for who may not read backorders
        """
        self.check_access("read")
        domains, texts = self._get_desk_domains(), self._get_desk_texts()
        return [
            {
                "key": key,
                "filter": key,
                "tone": tone,
                "label": texts[key][0],
                "help": texts[key][1],
                "count": self.search_count(domains[key]),
            }
            for key, tone in COUNTERS
        ]

    @api.model
    def _get_desk_domains(self):
        is_open = [("state", "=", "open")]
        unsupplied = ("none", "no_delivery", "lead_time")
        return {
            "open": is_open,
            "late": [*is_open, ("is_late", "=", True)],
            "no_supply": [*is_open, ("date_source", "in", unsupplied)],
            "due": [
                *is_open,
                ("date_source", "in", ("stock", "receipt")),
                ("date_expected", "<=", "today"),
            ],
            "urgent": [*is_open, ("priority", "in", ("2", "3"))],
        }

    @api.model
    def _get_desk_texts(self):
        return {
            "open": (self.env._("Waiting"), self.env._("Lines that lack something")),
            "late": (
                self.env._("Late"),
                self.env._("They cannot be there on the promised date"),
            ),
            "no_supply": (
                self.env._("Not Ordered"),
                self.env._("Nothing is on its way for them"),
            ),
            "due": (
                self.env._("There Today"),
                self.env._("What they lack is in stock or is received today"),
            ),
            "urgent": (
                self.env._("High Priority"),
                self.env._("High and critical ones"),
            ),
        }
