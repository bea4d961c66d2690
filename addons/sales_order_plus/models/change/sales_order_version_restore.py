from odoo import fields, models
from odoo.fields import Command

from ...exceptions import ChangeError

# Terms that one kind of change sets: kind, field of the order, field of the change.
TERM_KINDS = (
    ("delivery_address", "partner_shipping_id", "partner_id"),
    ("invoice_address", "partner_invoice_id", "partner_id"),
    ("payment_term", "payment_term_id", "payment_term_id"),
    (
        "payment_method",
        "preferred_payment_method_line_id",
        "payment_method_line_id",
    ),
    ("carrier", "carrier_id", "carrier_id"),
    ("priority", "order_priority", "order_priority"),
    ("instructions", "delivery_instructions", "text"),
)
# Fields of the order, and those of a change of the kind ``date``.
DATE_FIELDS = {
    "commitment_date": "commitment_date",
    "requested_date": "requested_date",
    "requested_window_from": "window_from",
    "requested_window_to": "window_to",
}


class SalesOrderVersion(models.Model):
    """Going back to a version is one more change: seen, decided, applied, kept."""

    _inherit = "sales.order.version"

    def action_restore(self):
        """Ask for a change back to this version; the order stays as it is till then.

        What has left or is invoiced since stays ordered.

        :return: window action of the request, a draft
        :raise ChangeError: if there is nothing to go back to, or the order is not
            confirmed
        """
        self.ensure_one()
        self.check_access("read")
        change = self.env["sales.order.change"].new({"order_id": self.order_id.id})
        change._check_order()
        rows = self._prepare_restore_rows()
        if not rows:
            raise ChangeError(
                self.env._("Version: the order is what %s says already.", self.name),
                field="version",
                rule="same",
            )
        change = change.create(
            {
                "order_id": self.order_id.id,
                "reason": self.env._("Back to %s", self.name),
                "line_ids": [Command.create(row) for row in rows],
            }
        )
        return change._get_records_action()

    def _prepare_restore_rows(self):
        """Return the values of the changes that lead back to this version."""
        return [
            *self._prepare_restore_line_rows(),
            *self._prepare_restore_term_rows(),
            *self._prepare_restore_date_rows(),
        ]

    # === Lines === #

    def _prepare_restore_line_rows(self):
        """Return what lines were, what is gone, and what came since."""
        was = {one["id"]: one for one in self.snapshot["lines"] if one["product_id"]}
        lines = self.order_id.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and not line.is_delivery
                and not line.is_expense
            )
        )
        rows = []
        for line in lines:
            rows += line._prepare_restored_rows(was.get(line.id))
        gone = [
            one for id_, one in was.items() if id_ not in self.order_id.order_line.ids
        ]
        return rows + [self._prepare_gone_row(one) for one in gone if one["quantity"]]

    def _prepare_gone_row(self, was):
        names = ("product_id", "quantity", "price_unit", "discount")
        return {"kind": "add", **{name: was[name] for name in names}}

    # === Terms === #

    def _prepare_restore_term_rows(self):
        was, now = self._get_restored_terms()
        return [
            {"kind": kind, value: was[field]}
            for kind, field, value in TERM_KINDS
            if field in was
            and was[field] != now[field]
            and (was[field] or kind == "instructions")
        ]

    def _prepare_restore_date_rows(self):
        """Return the day it was promised for, or wanted on, unless that has passed."""
        was, now = self._get_restored_terms()
        given = {name: was[name] for name in DATE_FIELDS if was.get(name)}
        if all(given.get(name, now[name]) == now[name] for name in DATE_FIELDS):
            return []
        promised = fields.Datetime.to_datetime(given.get("commitment_date"))
        wanted = fields.Date.to_date(given.get("requested_date"))
        if promised and promised < fields.Datetime.now():
            del given["commitment_date"]
        if wanted and wanted < fields.Date.context_today(self):
            given = {"commitment_date": given.get("commitment_date")}
        if not (given.get("commitment_date") or given.get("requested_date")):
            return []
        return [{"kind": "date", **{DATE_FIELDS[name]: v for name, v in given.items()}}]

    def _get_restored_terms(self):
        """Return the terms of this version, {} of one that kept none, and those now."""
        now = self.order_id._get_change_terms()["header"]
        return self.snapshot.get("terms", {}), now


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_restored_rows(self, was):
        """Return the changes that make the line what it was; ``was``: None, not there.

        What is delivered or invoiced stays ordered.
        """
        self.ensure_one()
        bound = max(self.qty_delivered, self.qty_invoiced, 0)
        if was and was["product_id"] != self.product_id.id:
            return []
        quantity = max(was["quantity"] if was else 0, bound)
        rows = []
        if self.product_uom_id.compare(quantity, self.product_uom_qty):
            kind = "quantity" if quantity else "remove"
            rows.append({"kind": kind, "line_id": self.id, "quantity": quantity})
        names = ("price_unit", "discount")
        if was and any(was[name] != self[name] for name in names):
            price = {name: was[name] for name in names}
            rows.append({"kind": "price", "line_id": self.id, **price})
        return rows
