"""Confirmed orders of a company under change control change by request alone."""

from contextlib import contextmanager, nullcontext

from odoo import api, models

from ...exceptions import ChangeControlError
from ..intake.batch.scope import batch_scope
from ..seam.sale_order_line_guard import COMMERCIAL_FIELDS
from .change_notes import noting_together
from .grants import applying, creating_after, may_change

HEADER_FIELDS = frozenset(
    {
        "carrier_id",
        "commitment_date",
        "company_id",
        "currency_id",
        "fiscal_position_id",
        "incoterm",
        "incoterm_location",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "payment_term_id",
        "picking_policy",
        "preferred_payment_method_line_id",
        "pricelist_id",
        "requested_date",
        "requested_window_from",
        "requested_window_to",
        "warehouse_id",
    }
)
LINE_FIELDS = COMMERCIAL_FIELDS | {
    "customer_lead",
    "display_type",
    "is_delivery",
    "is_downpayment",
    "is_expense",
    "requested_date",
    "route_ids",
    "warehouse_id",
}


def _is_other(record, name, value):
    field = record._fields[name]
    old, new = (
        field.convert_to_cache(one, record, validate=False)
        for one in (record[name], value)
    )
    if field.type == "many2many":
        return set(old or ()) != set(new or ())
    return (old or None) != (new or None)


class SaleOrder(models.Model):
    """Neither user nor context nor sudo matter here: only an applied change writes."""

    _inherit = "sale.order"

    def _get_change_guarded(self):
        """Return the orders that nothing but a change request may alter."""
        # sudo: what is read to decide it may be hidden from who writes.
        return self.sudo().filtered(
            lambda order: not may_change(order.id) and order._is_change_controlled()
        )

    @contextmanager
    def _open_for_change(self):
        """Let the enclosed code change this confirmed order, also a locked one."""
        self.ensure_one()
        locked = self.locked
        with applying(self), batch_scope(), noting_together():
            if locked:
                # Odoo procures nothing for a locked order.
                self.locked = False
            yield
            if locked:
                self.locked = True
            self.env.flush_all()

    def _refuse_direct_change(self, label, field):
        order = self[:1]
        raise ChangeControlError(
            order._get_direct_change_text(label),
            field=field,
            rule="change_control",
            order=order.name,
        )

    def _get_direct_change_text(self, label):
        if self.state != "sale":
            return self.env._(
                "%(field)s: %(order)s was confirmed under change control and stays what "
                "it was. Confirm it again and use Request Change, or duplicate it for a "
                "new quotation.",
                field=label,
                order=self.name,
            )
        return self.env._(
            "%(field)s: %(order)s is confirmed and under change control. Use Request "
            "Change on the order (RPC: sales.order.api.request_change_of_order), look "
            "at its impact and apply it.",
            field=label,
            order=self.name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        if all(vals.get("state") in (None, "draft", "sent") for vals in vals_list):
            return super().create(vals_list)
        # Born confirmed: its first lines are no change.
        newest = self.sudo().with_context(active_test=False)
        newest = newest.search([], order="id desc", limit=1).id or 0
        with creating_after(newest):
            return super().create(vals_list)

    def write(self, vals):
        names = HEADER_FIELDS.intersection(vals)
        for order in self._get_change_guarded() if names else ():
            for name in names:
                if _is_other(order, name, vals[name]):
                    label = self._fields[name]._description_string(self.env)
                    order._refuse_direct_change(label, name)
        if vals.get("state") in ("draft", "sent", "cancel"):
            self._keep_what_was_confirmed(vals["state"])
        return super().write(vals)

    def _keep_what_was_confirmed(self, state):
        """Refuse to make a quotation of a confirmed order; keep one that is cancelled."""
        # sudo: as for what is guarded.
        for order in self.sudo().filtered(lambda one: one.state == "sale"):
            controlled = order._is_under_control("change")
            if state != "cancel" and (controlled or order._is_under_control("cancel")):
                raise ChangeControlError(
                    self.env._(
                        "Status: %s is confirmed. Use Request Change or Cancel on the "
                        "order instead of making it a quotation.",
                        order.name,
                    ),
                    field="state",
                    rule="change_control",
                    order=order.name,
                )
            if controlled:
                order._ensure_base_version()

    def _action_cancel(self):
        """Cancel; what Odoo and its addons take back on the way is no change."""
        with applying(self):
            return super()._action_cancel()

    def action_confirm(self):
        """Confirm; what Odoo and its addons add on the way is no change.

        :return: what Odoo's confirmation returns
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        with applying(quotations) if quotations else nullcontext():
            return super().action_confirm()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        guarded = self.env["sale.order"].browse(ids)._get_change_guarded()
        for vals in vals_list if guarded else ():
            order = guarded.filtered(lambda one, v=vals: one.id == v.get("order_id"))
            if order and not self._is_free_line(vals):
                order._refuse_direct_change(self.env._("Order Lines"), "order_line")
        return super().create(vals_list)

    @api.model
    def _is_free_line(self, vals):
        """Return whether a line is worth nothing: a heading, or Odoo's down payment."""
        return bool(vals.get("display_type")) or (
            bool(vals.get("is_downpayment")) and not vals.get("product_uom_qty")
        )

    def write(self, vals):
        names = LINE_FIELDS.intersection(vals)
        if names:
            self._check_change_control(names, vals)
        return super().write(vals)

    def _check_change_control(self, names, vals):
        orders = self.order_id
        if vals.get("order_id"):
            orders |= self.env["sale.order"].browse(vals["order_id"])
        guarded = orders._get_change_guarded()
        if not guarded:
            return
        for line in self.sudo():
            order = line.order_id & guarded or guarded.filtered(
                lambda one: one.id == vals.get("order_id")
            )
            for name in names if order else ():
                if not line._is_free_write(name) and _is_other(line, name, vals[name]):
                    label = self._fields[name]._description_string(self.env)
                    order._refuse_direct_change(label, name)

    def _is_free_write(self, name):
        """Return whether the price of a down payment follows its invoice."""
        self.ensure_one()
        kept = {"product_uom_qty", "order_id", "is_downpayment", "display_type"}
        return self.is_downpayment and not self.product_uom_qty and name not in kept

    def unlink(self):
        guarded = self.order_id._get_change_guarded()
        for line in self.sudo() if guarded else ():
            if line.order_id in guarded and not line._is_free_line(
                {name: line[name] for name in ("display_type", "is_downpayment")}
                | {"product_uom_qty": line.product_uom_qty}
            ):
                label = self.env._("Order Lines")
                line.order_id._refuse_direct_change(label, "order_line")
        return super().unlink()
