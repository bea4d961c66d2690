from odoo import api, fields, models

from ..seam.hashing import get_hash

CAUSES = {"sent": "sent", "sale": "confirmed"}


class SaleOrder(models.Model):
    """Versions of an order under change control: sent, confirmed, changed."""

    _inherit = "sale.order"

    version_ids = fields.One2many(
        "sales.order.version",
        "order_id",
        string="Versions",
        groups="base.group_user",
        help="The order as it was when it was sent, confirmed and changed.",
    )
    version_count = fields.Integer(
        compute="_compute_version_count",
        groups="base.group_user",
        help="Number of versions that you may read.",
    )

    @api.depends("version_ids")
    def _compute_version_count(self):
        for order in self:
            # Others have no versions: nobody asks.
            kept = order._is_under_control("change") or order.change_count
            order.version_count = len(order.version_ids) if kept else 0

    def _after_state(self, state):
        super()._after_state(state)
        if state in CAUSES:
            for order in self.filtered(lambda one: one._is_under_control("change")):
                order._add_version(CAUSES[state])

    def _add_version(self, cause, change=None):
        """Keep the order as it is now.

        :param str cause: see ``sales.order.version``
        :param change: the request that led to it
        :return: the version
        """
        self.ensure_one()
        # sudo: rows come from code alone.
        versions = self.env["sales.order.version"].sudo()
        last = versions.search([("order_id", "=", self.id)], limit=1)
        version = versions.create(
            self._prepare_version_vals(last.number + 1, cause, change)
        )
        self._log_event("order.version", number=version.number, sha256=version.sha256)
        return version

    def _prepare_version_vals(self, number, cause, change):
        snapshot = self._get_version_snapshot()
        return {
            "order_id": self.id,
            "number": number,
            "cause": cause,
            "change_id": change.id if change else False,
            "user_id": self.env.uid,
            "currency_id": self.currency_id.id,
            "amount_total": self.amount_total,
            "snapshot": snapshot,
            "sha256": get_hash(snapshot),
        }

    def _was_confirmed(self):
        """Return whether a version tells that the order is, or was, confirmed."""
        self.ensure_one()
        # sudo: versions of the order, whoever may read them.
        return any(one.cause != "sent" for one in self.sudo().version_ids)

    def _ensure_base_version(self):
        """Keep what the order was before its first change, if nobody has yet."""
        if not self._was_confirmed():
            self._add_version("base")

    def _get_version_snapshot(self):
        """Return the order as plain data, with how and when it is delivered.

        Under ``terms`` is what a change back to it needs.
        """
        snapshot = self._get_quotation_snapshot()
        snapshot["terms"] = self._get_change_terms()["header"]
        # sudo: the carrier is part of the paper.
        order = self.sudo().with_context(lang=self.partner_id.lang or self.env.lang)
        priorities = dict(
            order._fields["order_priority"]._description_selection(order.env)
        )
        snapshot["header"] |= {
            "requested_date": fields.Date.to_string(order.requested_date) or "",
            "window": self._get_window_text(order),
            "carrier": order.carrier_id.name or "",
            "priority": priorities.get(order.order_priority, ""),
            "instructions": order.delivery_instructions or "",
        }
        return snapshot

    @api.model
    def _get_window_text(self, order):
        start, end = order.requested_window_from, order.requested_window_to
        return f"{start:g}-{end:g}" if start or end else ""

    @api.model
    def _get_header_labels(self):
        return {
            **super()._get_header_labels(),
            "requested_date": self.env._("Requested delivery"),
            "window": self.env._("Delivery hours"),
            "carrier": self.env._("Carrier"),
            "priority": self.env._("Priority"),
            "instructions": self.env._("Delivery instructions"),
        }

    def action_view_versions(self):
        """Open the versions of this order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_version_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)]}
