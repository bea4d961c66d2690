from odoo import models

from ...exceptions import ChangeError


class SaleOrder(models.Model):
    """Changes that customers ask for on their page; the order comes in sudo."""

    _inherit = "sale.order"

    def _request_change_as_customer(self, rows, note=""):
        """Ask for changes as the customer of this order.

        :param list rows: values of change lines, each with its ``kind``
        :param str note: what he wrote
        :return: the request
        :raise ChangeError: names the ``field`` and the ``rule`` that stands against it
        """
        self.ensure_one()
        window = self._get_change_window()
        if not window["open"]:
            raise ChangeError(window["text"], field="order_id", rule="window")
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

    def _check_customer_kinds(self, rows):
        policy = self.env["sales.change.policy"]._get_for(self)
        allowed = policy.change_kind_ids.filtered("is_for_customer").mapped("kind")
        if any(row["kind"] not in allowed for row in rows):
            raise ChangeError(
                self.env._("Changes: this is arranged with your salesperson."),
                field="kind",
                rule="customer",
            )


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    def _accept_as_customer(self, name, signature):
        """Take the customer's signature under what the change costs him."""
        self.ensure_one()
        if not (name or "").strip() or not signature:
            raise ChangeError(
                self.env._("Signature: write your name and sign."),
                field="signature",
                rule="required",
            )
        image = signature.rpartition(",")[2]
        self.env["ir.attachment"].create(
            {
                "name": self.env._("Signature of %s", name),
                "datas": image,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.action_accept(accepted_by=name[:200], evidence=self.env._("Signed online"))
