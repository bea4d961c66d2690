from odoo import models

from ...exceptions import SelfServiceError


class SaleOrder(models.Model):
    """A customer asks for changes by himself.

    The order comes in sudo from who has checked that it is the customer's.
    """

    _inherit = "sale.order"

    def _request_change_as_customer(self, rows, note=""):
        """Ask for changes as the customer of this order.

        :param list rows: values of change lines, each with its ``kind``
        :param str note: what he wrote
        :return: the request
        :raise SalesError: names the ``field`` and the ``rule`` that stands against it
        """
        self.ensure_one()
        self._ensure_change_window()
        self._check_customer_kinds(rows)
        reason = (note or "").strip() or self.env._("Asked for by the customer")
        change = self.env["sales.order.change"]._create_own(
            [{"order_id": self.id, "channel": "portal", "reason": reason}]
        )
        self.env["sales.order.change.line"].create(
            [{**row, "change_id": change.id} for row in rows]
        )
        change.action_submit()
        return change

    def _ensure_change_window(self):
        window = self._get_change_window()
        if not window["open"]:
            raise SelfServiceError(window["text"], field="order_id", rule="window")

    def _check_customer_kinds(self, rows):
        policy = self.env["sales.change.policy"]._get_for(self)
        allowed = policy.change_kind_ids.filtered("is_for_customer").mapped("kind")
        if any(row["kind"] not in allowed for row in rows):
            raise SelfServiceError(
                self.env._("Changes: this is arranged with your salesperson."),
                field="kind",
                rule="customer",
            )
